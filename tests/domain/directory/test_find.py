"""The directory finds people by what this viewer may see of them, and by nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.orm import Session

from app.domain.directory.find import PAGE_SIZE, Question, count_here, find_listed, industries
from app.domain.messaging.blocks import block
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.profile.visible import visible_people, visible_profile
from app.kernel.errors import NotFound
from app.models import CheckIn, Person, PersonSkill
from app.tenancy import tenant_session
from tests.support.directory import WIDE, OpenSession, describe
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
FACTS: dict[ProfileField, dict[str, Any]] = {
    ProfileField.COMPANY: {"company": "Zinnober"},
    ProfileField.JOB_TITLE: {"job_title": "Zinnober"},
    ProfileField.INDUSTRY: {"industry": "Zinnober"},
    ProfileField.BIO: {"bio": "I make zinnober."},
    ProfileField.SKILLS: {"skills": ("Zinnober",)},
}
VIEWERS = {"member": True, "contact": False, "desk": False}
NOT_SEARCHED: dict[str, Any] = {
    "phone": "+44 131 496 0999",
    "website": "https://zinnober.example",
    "street": "Zinnober 5",
}


def _names(session: Session, tenant: TenantWorld, who: str, words: str = "", **more: Any) -> list[str]:
    found = find_listed(session, tenant.actor(who), Question(words, **more), NOW)
    assert found.total == len(found.people)
    return [each.name for each in found.people]


@pytest.mark.parametrize("field", FACTS)
def test_a_field_is_found_by_whom_it_is_meant_for(
    open_session: OpenSession, world: World, field: ProfileField
) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        for choice in Visibility:
            session.execute(delete(PersonSkill))
            describe(session, north, "colleague", visibility=WIDE | {str(field): str(choice)}, **FACTS[field])
            for who, member in VIEWERS.items():
                meant = choice is Visibility.SIGNED_IN or (choice is Visibility.MEMBERS and member)
                # By the name they are found in any case, so that it is the field that decides.
                assert _names(session, north, who, "colin") == ["Colin Colleague"]
                assert _names(session, north, who, "zinno") == (["Colin Colleague"] if meant else [])


def test_what_is_no_word_of_the_directory_is_not_found(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague", **NOT_SEARCHED)
        for words in ("zinnober", "0999", "example.test"):
            assert _names(session, north, "member", words) == []


FOUND = ("jose", "JOSÉ", "José MUÑ", "munoz jos", "lodz", "łódź", "kite&loom", "weissbrot", "jose!!!")
NOT_FOUND = ("ose", "jose wawel", "%", "_", "j_se", "%ose", "m%z", "\\", "' OR 1=1 --", "🙂", "\u202e")


def test_words_are_found_by_how_they_begin_without_case_and_accents(
    open_session: OpenSession, world: World
) -> None:
    north = world.northlight
    facts: dict[str, Any] = {"first_name": "José", "last_name": "Muñoz", "company": "Kite & Loom"}
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague", **facts, bio="From Łódź, bakes Weißbrot.")
        for words in FOUND:
            assert _names(session, north, "member", words) == ["José Muñoz"], words
        for words in NOT_FOUND:
            assert _names(session, north, "member", words) == [], words


def test_names_of_other_scripts_are_found(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague", first_name="Ελένη", last_name="Δήμου")
        describe(session, north, "contact", first_name="شیرین", last_name="بهرامی")
        assert _names(session, north, "member", "δημου") == ["Ελένη Δήμου"]
        assert _names(session, north, "member", "شیرین") == ["شیرین بهرامی"]


def test_nobody_is_found_who_did_not_agree_or_is_locked_out(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague", listed=False)
        describe(session, north, "contact")
        describe(session, north, "desk")
        assert _names(session, north, "member") == ["Conny Contact", "Dora Desk"]
        # Behind the index's back, so that it is the door that keeps them away.
        session.get_one(Person, north.people["desk"]).suspended_at = NOW
        session.flush()
        assert [
            each.name for each in find_listed(session, north.actor("member"), Question(), NOW).people
        ] == ["Conny Contact"]


def test_the_other_tenants_people_are_not_counted_or_found(open_session: OpenSession, world: World) -> None:
    north, harbour = world.northlight, world.harbour
    with tenant_session(open_session, harbour.id) as session:
        describe(session, harbour, "colleague", company="Zinnober", industry="Pigment")
    with tenant_session(open_session, harbour.id) as session:
        assert _names(session, harbour, "member", "zinnober") == ["Colin Colleague"]
    with tenant_session(open_session, north.id) as session:
        found = find_listed(session, north.actor("member"), Question(), NOW)
        assert (found.total, found.people) == (0, ())
        assert count_here(session, north.actor("member"), NOW) == 0
        assert industries(session, north.actor("member")) == []


def test_filters_are_held_to_what_the_viewer_may_see(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    for_members = {
        str(each): str(Visibility.MEMBERS)
        for each in (ProfileField.SKILLS, ProfileField.LOCATION, ProfileField.INDUSTRY, ProfileField.HERE)
    }
    with tenant_session(open_session, north.id) as session:
        describe(
            session,
            north,
            "colleague",
            visibility=WIDE | for_members,
            skills=("Welding",),
            industry="Glass & Lead",
            location_id=north.locations["Porto"],
        )
        session.add(
            CheckIn(
                person_id=north.people["colleague"],
                location_id=north.locations["Porto"],
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(hours=1),
            )
        )
        session.flush()
        for more in (
            {"skill_ids": (north.skills["Welding"],)},
            {"location_id": north.locations["Porto"]},
            {"industry": "glass lead"},
            {"here": True},
        ):
            assert _names(session, north, "member", **more) == ["Colin Colleague"], more
            assert _names(session, north, "contact", **more) == [], more
        assert _names(session, north, "member", skill_ids=(north.skills["Bookkeeping"],)) == []
        assert _names(session, north, "member", location_id=north.locations["Leith Walk"]) == []
        assert industries(session, north.actor("member")) == [("glass lead", "Glass & Lead")]
        assert industries(session, north.actor("contact")) == []
        seen, unseen = (
            find_listed(session, north.actor(who), Question(), NOW) for who in ("member", "contact")
        )
        assert (seen.here, unseen.here) == (frozenset({north.people["colleague"]}), frozenset())
        assert [count_here(session, north.actor(who), NOW) for who in ("member", "contact")] == [1, 0]


def test_a_check_in_that_is_over_is_no_more(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague")
        session.add(
            CheckIn(
                person_id=north.people["colleague"],
                location_id=north.locations["Porto"],
                starts_at=NOW - timedelta(hours=2),
                ends_at=NOW,
            )
        )
        session.flush()
        ask = Question(here=True)
        before = find_listed(session, north.actor("member"), ask, NOW - timedelta(seconds=1))
        assert [each.name for each in before.people] == ["Colin Colleague"]
        after = find_listed(session, north.actor("member"), ask, NOW)
        assert (after.people, after.here) == ((), frozenset())
        assert count_here(session, north.actor("member"), NOW) == 0


def test_pages_are_whole_and_one_beyond_the_last_is_the_last(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    count = PAGE_SIZE + 3
    with tenant_session(open_session, north.id) as session:
        for number in range(count):
            letter = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"
            person = add_person(
                session, NOW, PersonDetails(f"p{number}@example.test", f"Mia {letter}", "Many")
            )
            north.people[f"many{number}"] = person.id
            describe(session, north, f"many{number}")

        def page(number: int, words: str = "") -> list[str]:
            found = find_listed(session, north.actor("member"), Question(words, page=number), NOW)
            assert (found.total, found.pages) == (count, 2)
            assert found.page == min(max(number, 1), 2)
            return [each.name for each in found.people]

        assert len(page(1)) == PAGE_SIZE
        assert page(1) + page(2) == sorted(page(1) + page(2))
        assert len(set(page(1) + page(2))) == count
        for beyond in (3, 10**6):
            assert page(beyond) == page(2) == page(beyond, "many")
        assert page(0) == page(-5) == page(1)


def test_who_is_blocked_is_not_found_and_not_told(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    colleague = north.people["colleague"]

    def found(viewer: str) -> list[int]:
        return [each.person_id for each in find_listed(session, north.actor(viewer), Question(), NOW).people]

    with tenant_session(open_session, north.id) as session:
        for who in ("member", "colleague"):
            describe(session, north, who)
        session.commit()
        assert colleague in found("member")
        block(session, north.actor("member"), colleague, NOW)
        session.commit()
        assert colleague not in found("member")
        assert visible_people(session, north.actor("member"), [colleague]) == []
        with pytest.raises(NotFound):
            visible_profile(session, north.actor("member"), colleague)
        assert north.people["member"] in found("colleague")


def test_a_slip_is_forgiven_where_trigrams_can_tell(
    open_session: OpenSession, world: World, engine: str
) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague", first_name="Katharina", last_name="Zieliński")
        describe(session, north, "contact", first_name="Bob", last_name="Marsh")
        session.commit()
        right = find_listed(session, north.actor("member"), Question("katharina zielinski"), NOW)
        wrong = find_listed(session, north.actor("member"), Question("kathrina zelinski"), NOW)
        assert ([each.name for each in right.people], right.close) == (["Katharina Zieliński"], False)
        known = engine == "postgres" and bool(
            session.connection()
            .exec_driver_sql("SELECT to_regprocedure('word_similarity(text, text)')")
            .scalar()
        )
        assert [each.name for each in wrong.people] == (["Katharina Zieliński"] if known else [])
        assert wrong.close is known


@pytest.mark.parametrize("engine", ["postgres"])
def test_a_slip_is_forgiven_by_a_function_of_that_name(
    open_session: OpenSession, world: World, database: str
) -> None:
    """Where the test's PostgreSQL has no pg_trgm, a stand-in of the same signature shows that it is asked, and how."""
    owner = create_engine(database)
    with owner.begin() as connection:
        missing = connection.scalar(text("SELECT to_regprocedure('word_similarity(text, text)') IS NULL"))
        if missing:
            connection.execute(
                text(
                    "CREATE FUNCTION word_similarity(a text, b text) RETURNS real LANGUAGE sql IMMUTABLE AS "
                    "$$ SELECT CASE WHEN position(left(a, 4) in b) > 0 THEN 1::real ELSE 0::real END $$"
                )
            )
    owner.dispose()
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(
            session,
            north,
            "colleague",
            first_name="Katharina",
            visibility=WIDE | {str(ProfileField.COMPANY): str(Visibility.ONLY_ME)},
            company="Zinnober",
        )
        found = find_listed(session, north.actor("member"), Question("kathrina"), NOW)
        assert ([each.name for each in found.people], found.close) == (["Katharina Colleague"], True)
        # What is hidden is not there to come close to.
        assert find_listed(session, north.actor("member"), Question("zinnobr"), NOW).people == ()
