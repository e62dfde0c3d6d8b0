"""Whoever looks for people finds those whom a plain comparison, one by one, would find."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.directory.words import words_in
from app.domain.messaging import people as picker
from app.domain.messaging.blocks import block, blocking
from app.domain.messaging.people import MOST_FOUND, check_may_write_to
from app.domain.messaging.start import start_direct
from app.domain.people import listing
from app.domain.people.details import add_person
from app.domain.people.listing import PeopleFilter
from app.domain.people.terms import PersonDetails
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.profile.visible import visible_profile
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.models import Person
from app.tenancy import tenant_session
from tests.support.directory import OpenSession, describe
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PEOPLE = 60
FIRST = ("Anna", "Ána", "Bo", "Łukasz", "Zoë", "Ean")
LAST = ("Anders", "O’Neil", "Weiß", "de la Cruz", "100%")
COMPANY = ("Kite & Loom", "Anders_Weiss", "")
JOB = ("Weaver", "Glass artist", "")
TYPED = ("", "a", "an", "nders", "bo", "bo an", "weis", "wea glas", "kite&loom", "o’neil", "%", "_", "&", "plain1", "@example", "zzz")  # fmt: skip


def _fill(session: Session, north: TenantWorld) -> None:
    random = Random(5)
    for number in range(PEOPLE):
        details = PersonDetails(f"plain{number}@example.test", random.choice(FIRST), "Last")
        person, who = add_person(session, NOW, details), f"plain{number}"
        north.people[who] = person.id
        person.last_name = random.choice(LAST)  # also one that no form lets through
        shown = {str(each): str(random.choice(list(Visibility))) for each in ProfileField}
        describe(
            session,
            north,
            who,
            listed=random.random() < 0.6,
            visibility=shown,
            company=random.choice(COMPANY),
            job_title=random.choice(JOB),
        )
    session.commit()
    for number in (3, 14, 15):
        block(session, north.actor("member"), north.people[f"plain{number}"], NOW)
        session.commit()
    unlisted = start_direct(session, north.actor("desk"), north.people["member"], NOW)
    session.commit()
    assert unlisted


def _sees(session: Session, north: TenantWorld, viewer: str, person: Person, word: str) -> bool:
    """Whether a word is in the name, or begins one of what the viewer sees of who is listed."""
    if word in fold(person.name):
        return True
    try:
        seen = visible_profile(session, north.actor(viewer), person.id)
    except NotFound:
        return False
    texts = (seen.name, seen.company, seen.job_title, seen.industry, seen.bio, *seen.skills)
    shown, wanted = words_in(" ".join(texts)), words_in(word)
    return bool(wanted) and all(any(each.startswith(one) for each in shown) for one in wanted)


def _may_write_to(session: Session, north: TenantWorld, viewer: str, person: Person) -> bool:
    try:
        check_may_write_to(session, north.actor(viewer), frozenset({person.id}))
    except NotFound:
        return False
    return person.id != north.people[viewer]


@pytest.mark.parametrize("viewer", ["member", "contact", "owner"])
def test_the_picker_finds_whom_a_plain_comparison_finds(
    open_session: OpenSession, world: World, viewer: str
) -> None:
    north, sizes = world.northlight, set()
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
        actor = north.actor(viewer)
        order = (Person.first_name, Person.last_name, Person.id)
        everybody = [
            each
            for each in session.scalars(select(Person).order_by(*order))
            if _may_write_to(session, north, viewer, each)
        ]
        hidden = blocking(session, actor.person_id)
        for typed in TYPED:
            wanted = [
                each.id
                for each in everybody
                if each.id not in hidden
                and all(_sees(session, north, viewer, each, word) for word in fold(typed).split())
            ]
            found = [each.person_id for each in picker.find_people(session, actor, typed)]
            assert found == wanted[:MOST_FOUND], typed
            sizes.add(len(wanted))
    assert {0, *sizes} == sizes
    assert len(sizes) > 5


def test_the_picker_tells_nobodys_address(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague")
        session.commit()
        assert picker.find_people(session, north.actor("owner"), "colin")
        assert not picker.find_people(session, north.actor("owner"), "ague@exam")
        # The front desk looks for people by it.
        assert listing.find_people(session, north.actor("owner"), TODAY, "ague@exam")


def test_staffs_lists_find_whom_a_plain_comparison_finds(open_session: OpenSession, world: World) -> None:
    north, sizes = world.northlight, set()
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
        actor = north.actor("owner")
        everybody = listing.every_person(session, actor, TODAY, "", PeopleFilter.ALL)
        for typed in TYPED:
            wanted = [
                each.id
                for each in everybody
                if all(
                    word in fold(f"{each.name} {each.email} {each.company}") for word in fold(typed).split()
                )
            ]
            found = listing.every_person(session, actor, TODAY, typed, PeopleFilter.ALL)
            page = listing.list_people(session, actor, TODAY, typed)
            few = listing.find_people(session, actor, TODAY, typed)
            assert [each.id for each in found] == wanted, typed
            assert [each.id for each in page.rows] == wanted[: len(page.rows)]
            assert [each.id for each in few] == [
                each.id for each in found if each.id in wanted and not each.suspended
            ][: len(few)]
            sizes.add(len(wanted))
    assert {0, *sizes} == sizes
    assert len(sizes) > 5


def test_thousands_of_words_are_no_error(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        for typed in ("a " * 5000, "ab" * 50_000):
            assert picker.find_people(session, north.actor("owner"), typed) is not None
            assert listing.find_people(session, north.actor("owner"), TODAY, typed) is not None
