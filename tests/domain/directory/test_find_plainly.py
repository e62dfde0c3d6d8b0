"""A search finds whom a plain comparison of what the viewer sees of each person would find, in the same order."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from app.domain.directory.find import PAGE_SIZE, Found, Question, count_here, find_listed, industries
from app.domain.directory.here import presences
from app.domain.directory.words import words_in
from app.domain.messaging.blocks import block
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.profile.visible import VisibleProfile, visible_profile
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.models import CheckIn
from app.tenancy import tenant_session
from tests.support.directory import OpenSession, describe
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
PEOPLE, QUESTIONS = 75, 120
FIRST = ("Anna", "Ána", "Bo", "Łukasz", "Zoë", "Ean")
LAST = ("Anders", "O’Neil", "Weiß", "de la Cruz", "Bo")
COMPANY = ("Kite & Loom", "Anders Weiss", "")
JOB = ("Weaver", "Glass artist", "")
INDUSTRY = ("Glass", "gláss", "Print & Paper", "")
BIO = ("I weave anagrams.", "Zoologist, by night.", "")
SKILLS = ("Welding", "Bookkeeping", "Anvil work")
TYPED = (
    "a",
    "an",
    "ana",
    "anders",
    "bo",
    "bo bo",
    "we",
    "weis",
    "glas",
    "kite loo",
    "zo",
    "wel an",
    "%",
    "_",
    "",
)


def _somebody(session: Session, north: TenantWorld, number: int, random: Random) -> None:
    details = PersonDetails(f"plain{number}@example.test", random.choice(FIRST), random.choice(LAST))
    who = f"plain{number}"
    person = add_person(session, NOW, details)
    north.people[who] = person.id
    describe(
        session,
        north,
        who,
        listed=random.random() < 0.9,
        visibility={
            str(each): str(random.choice(list(Visibility))) for each in ProfileField if random.random() < 0.8
        },
        skills=tuple(random.sample(SKILLS, random.randrange(3))),
        company=random.choice(COMPANY),
        job_title=random.choice(JOB),
        industry=random.choice(INDUSTRY),
        bio=random.choice(BIO),
        location_id=random.choice([None, *north.locations.values()]),
    )
    if random.random() < 0.4:
        hours = random.choice((-1, 2))
        session.add(
            CheckIn(
                person_id=person.id,
                location_id=north.locations["Porto"],
                starts_at=NOW - timedelta(hours=3),
                ends_at=NOW + timedelta(hours=hours),
            )
        )


def _everybody(session: Session, north: TenantWorld, viewer: str) -> list[VisibleProfile]:
    """All whom the viewer sees, as one page about each would show them, by name."""
    seen = []
    for person_id in set(north.people.values()):
        try:
            profile = visible_profile(session, north.actor(viewer), person_id)
        except NotFound:
            continue
        if profile.listed:
            seen.append(_as_others_do(session, north, viewer, profile))
    return sorted(seen, key=lambda each: (fold(each.name), each.person_id))


def _as_others_do(
    session: Session, north: TenantWorld, viewer: str, profile: VisibleProfile
) -> VisibleProfile:
    """Somebody comes across themselves by what others of their sort see of them."""
    if profile.person_id != north.people[viewer]:
        return profile
    member = north.actor(viewer).is_member
    other = next(
        who
        for who in ("colleague", "member", "contact", "desk")
        if who != viewer and north.actor(who).is_member == member
    )
    return visible_profile(session, north.actor(other), profile.person_id)


def _answers(
    north: TenantWorld, profile: VisibleProfile, question: Question, here: set[int], names: dict[int, str]
) -> bool:
    texts = (
        profile.name,
        profile.company,
        profile.job_title,
        profile.industry,
        profile.bio,
        *profile.skills,
    )
    words = words_in(" ".join(texts))
    wanted = words_in(question.words)
    return (
        all(any(word.startswith(each) for word in words) for each in wanted)
        and (bool(wanted) or not question.words.strip())
        and (question.location_id is None or profile.location == names[question.location_id])
        and (not question.industry or " ".join(words_in(profile.industry)) == question.industry)
        and all(name in profile.skills for name, skill in north.skills.items() if skill in question.skill_ids)
        and (not question.here or (profile.shows_here and profile.person_id in here))
    )


def _question(north: TenantWorld, random: Random) -> Question:
    return Question(
        random.choice(TYPED),
        random.choice([None, None, *north.locations.values()]),
        tuple(
            random.sample([north.skills["Welding"], north.skills["Bookkeeping"]], random.choice((0, 0, 1)))
        ),
        random.choice(("", "", "glass", "print paper")),
        random.random() < 0.2,
        random.choice((1, 1, 2, 9)),
    )


@pytest.mark.parametrize("viewer", ["member", "contact"])
def test_it_finds_whom_a_plain_comparison_finds(open_session: OpenSession, world: World, viewer: str) -> None:
    north, random = world.northlight, Random(11)
    with tenant_session(open_session, north.id) as session:
        for number in range(PEOPLE):
            _somebody(session, north, number, random)
        describe(session, north, viewer, bio="I weave.")
        session.commit()
        for number in (3, 14, 15):
            block(session, north.actor(viewer), north.people[f"plain{number}"], NOW)
        session.commit()
        everybody = _everybody(session, north, viewer)
        here = set(presences(session, list(north.people.values()), NOW))
        names = {location_id: name for name, location_id in north.locations.items()}
        sizes = set()
        for _ in range(QUESTIONS):
            question = _question(north, random)
            wanted = [each for each in everybody if _answers(north, each, question, here, names)]
            found = find_listed(session, north.actor(viewer), question, NOW)
            _is_page_of(found, wanted, question)
            sizes.add(found.total)
        # Nobody, some, and more than a page: the questions tell people apart.
        assert 0 in sizes
        assert len(sizes) > 10
        assert max(sizes) > PAGE_SIZE
        actor = north.actor(viewer)
        seen_here = [each for each in everybody if each.shows_here and each.person_id in here]
        assert count_here(session, actor, NOW) == len(seen_here) > 0
        keys = {" ".join(words_in(each.industry)) for each in everybody if each.industry}
        assert {key for key, _name in industries(session, actor)} == keys == {"glass", "print paper"}


def _is_page_of(found: Found, wanted: list[VisibleProfile], question: Question) -> None:
    pages = max(1, -(-len(wanted) // PAGE_SIZE))
    page = min(question.page, pages)
    shown = [each.person_id for each in wanted[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    assert [each.person_id for each in found.people] == shown, question
    assert (found.total, found.page, found.pages) == (len(wanted), page, pages), question
