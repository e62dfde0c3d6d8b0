"""Whom an announcement reaches: any within a kind, all kinds together, and the count beforehand says the same."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.announcements.audience import reach_of
from app.domain.announcements.sending import send_now
from app.domain.announcements.terms import Aim, LocationNeeded, NobodyToTell
from app.domain.portal import for_whom_open, read_portal, section_is_open_to, touch
from app.kernel.errors import NotFound
from app.models import CheckIn, Contract, Notice, Person, SectionSetting, Team, TeamMember
from app.sections import Audience
from app.tenancy import tenant_session
from tests.domain.announcements.conftest import EVERYBODY, NOW, Office
from tests.support.world import World

MEMBERS = {"member", "colleague"}


@pytest.fixture
def spread(office: Office) -> Office:
    """The member at Leith Walk, the colleague in Porto, the desk in Porto, the others at home nowhere. Residents: the
    contact. A team of member and contact. The member and the owner are checked in at Leith Walk, the desk in Porto."""
    north, session = office.tenant, office.session
    office.move("member", "Leith Walk")
    office.move("colleague", "Porto")
    office.move("desk", "Porto")
    session.add(
        Contract(
            person_id=north.people["contact"], plan_id=north.plans["Residents"], starts_on=date(2027, 1, 1)
        )
    )
    team = Team(name="Tidewater", created_at=NOW)
    gone = Team(name="Gone", created_at=NOW, retired_at=NOW)
    session.add_all([team, gone])
    session.flush()
    for each, who in ((team, "member"), (team, "contact"), (gone, "owner")):
        session.add(TeamMember(team_id=each.id, person_id=north.people[who], joined_at=NOW))
    for who, place in (("member", "Leith Walk"), ("owner", "Leith Walk"), ("desk", "Porto")):
        session.add(
            CheckIn(
                person_id=north.people[who],
                location_id=north.locations[place],
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(hours=8),
            )
        )
    session.add(
        CheckIn(
            person_id=north.people["contact"],
            location_id=north.locations["Leith Walk"],
            starts_at=NOW - timedelta(hours=3),
            ends_at=NOW - timedelta(hours=1),
        )
    )
    session.commit()
    return office


def _aim(office: Office, words: dict[str, Any]) -> dict[str, Any]:
    """The ids of what the words name."""
    north = office.tenant
    teams = {row.name: row.id for row in office.session.scalars(select(Team))}
    known: dict[str, dict[str, int]] = {
        "location_ids": north.locations,
        "plan_ids": north.plans,
        "team_ids": teams,
    }
    return {
        name: frozenset(known[name][each] for each in value) if name in known else value
        for name, value in words.items()
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, EVERYBODY),
        ({"audience": Audience.MEMBERS}, MEMBERS),
        ({"audience": Audience.CONTACTS}, EVERYBODY - MEMBERS),
        ({"location_ids": ["Leith Walk"]}, {"member"}),
        ({"location_ids": ["Leith Walk", "Porto"]}, {"member", "colleague", "desk"}),
        ({"location_ids": ["Porto"], "audience": Audience.MEMBERS}, {"colleague"}),
        ({"location_ids": ["Porto"], "audience": Audience.CONTACTS}, {"desk"}),
        ({"plan_ids": ["Studio"]}, MEMBERS),
        ({"plan_ids": ["Studio", "Residents"]}, MEMBERS),
        ({"plan_ids": ["Studio"], "location_ids": ["Porto"]}, {"colleague"}),
        ({"team_ids": ["Tidewater"]}, {"member", "contact"}),
        ({"team_ids": ["Tidewater", "Gone"]}, {"member", "contact"}),
        ({"team_ids": ["Tidewater"], "audience": Audience.CONTACTS}, {"contact"}),
        ({"here_now": True}, {"member", "owner", "desk"}),
        ({"here_now": True, "location_ids": ["Leith Walk"]}, {"member"}),
        ({"here_now": True, "team_ids": ["Tidewater"]}, {"member"}),
    ],
)
def test_each_audience_is_counted_and_told_alike(
    spread: Office, words: dict[str, Any], expected: set[str]
) -> None:
    aim = _aim(spread, words)
    reach = reach_of(spread.session, Aim(**aim), NOW)
    assert spread.sent_to(**aim) == expected
    assert reach.count == len(expected)
    assert len(reach.names) == min(6, len(expected))


@pytest.mark.parametrize(
    "words",
    [
        {"plan_ids": ["Residents"]},
        {"team_ids": ["Gone"]},
        {"audience": Audience.CONTACTS, "plan_ids": ["Studio"]},
    ],
)
def test_where_nobody_belongs_nothing_is_sent(spread: Office, words: dict[str, Any]) -> None:
    aim = _aim(spread, words)
    assert reach_of(spread.session, Aim(**aim), NOW).count == 0
    made = spread.write(**aim)
    with pytest.raises(NobodyToTell):
        send_now(spread.session, spread.staff(), made, NOW)
    spread.session.rollback()
    spread.later(days=60)  # the contract of the contact runs by then
    if "Residents" in str(words):
        assert spread.sent_to(**aim) == {"contact"}


def test_who_cannot_sign_in_is_neither_counted_nor_told(spread: Office) -> None:
    assert spread.sent_to() == EVERYBODY
    north = spread.tenant
    spread.session.get_one(Person, north.people["colleague"]).suspended_at = NOW
    gone = spread.session.get_one(Person, north.people["contact"])
    gone.suspended_at = gone.anonymised_at = NOW
    spread.session.commit()
    assert reach_of(spread.session, Aim(), NOW).count == len(EVERYBODY) - 2
    assert spread.sent_to() == EVERYBODY - {"colleague", "contact"}


def test_another_tenants_people_are_never_reached(spread: Office, world: World) -> None:
    spread.sent_to()
    with tenant_session(spread.open_session, world.harbour.id) as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == len(EVERYBODY)


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("audience", [None, Audience.MEMBERS, Audience.CONTACTS])
@pytest.mark.parametrize("place", [None, "Leith Walk", "Porto"])
def test_a_section_is_open_to_the_same_people_by_either_question(
    spread: Office,
    *,
    enabled: bool,
    audience: Audience | None,
    place: str | None,
) -> None:
    """One asks of some people, the other is a condition on all of them."""
    north, session = spread.tenant, spread.session
    session.add(
        SectionSetting(
            section="announcements",
            location_id=north.locations[place] if place else None,
            enabled=enabled,
            audience=audience,
        )
    )
    touch(session)
    session.commit()
    everybody = list(north.people.values())
    member = Person.id.in_([north.people[who] for who in MEMBERS])
    found = set(
        session.scalars(select(Person.id).where(for_whom_open(read_portal(session), "announcements", member)))
    )
    assert found == section_is_open_to(session, "announcements", everybody, NOW)
    # And some of these questions do leave somebody out.
    assert (len(found) == len(everybody)) == (enabled and audience is None)
    if found:
        assert {north.people[who] for who in spread.sent_to()} == found


def test_who_works_in_some_places_tells_only_people_of_these(spread: Office) -> None:
    porto, leith = (frozenset([spread.tenant.locations[name]]) for name in ("Porto", "Leith Walk"))
    teams = frozenset(spread.session.scalars(select(Team.id)))
    limited = spread.staff("desk", "Porto")
    cases: tuple[tuple[dict[str, Any], type[Exception]], ...] = (
        ({}, LocationNeeded),
        ({"location_ids": leith}, NotFound),
        ({"location_ids": leith | porto}, NotFound),
        ({"location_ids": porto, "team_ids": teams}, NotFound),
    )
    for aim, refusal in cases:
        with pytest.raises(refusal):
            spread.write(limited, **aim)
        spread.session.rollback()
        spread.write(spread.staff("desk"), **aim)
    mine = spread.write(limited, location_ids=porto)
    spread.send(mine)
    spread.work()
    assert spread.told(mine) == {"colleague", "desk"}


def test_ids_of_another_tenant_are_not_there(spread: Office, world: World) -> None:
    theirs, ours = (world.harbour.locations["Porto"], spread.tenant.locations["Porto"])
    with pytest.raises(NotFound):
        spread.write(location_ids=frozenset([theirs]))
    spread.session.rollback()
    spread.write(location_ids=frozenset([ours]))
    with pytest.raises(NotFound):
        spread.write(plan_ids=frozenset([world.harbour.plans["Studio"]]))
