"""Rules as staff keep them, and how they are explained."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules import explaining
from app.domain.booking.house_rules.explaining import Standing, Topic
from app.domain.booking.house_rules.keeping import (
    DaysBackwards,
    NobodyNamed,
    NoRoomNamed,
    SetsNothing,
    ShortestAboveLongest,
    copy_rule,
    create_rule,
    edit_rule,
    put_rules_in_order,
    remove_rule,
    switch_rule,
)
from app.domain.booking.house_rules.listing import house_rules
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, Sets, When, Whom
from app.domain.booking.minutes import stretch_of
from app.domain.booking.terms import Reason, RoomQuery
from app.domain.spaces.terms import NameTaken
from app.kernel.errors import NotFound
from app.models import AuditEntry, BookingRule, Resource
from tests.domain.booking.conftest import NOW, Desk, StandingClock, span
from tests.domain.booking.house_rules.conftest import AddRule
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

HOUR = Sets(max_minutes=60)
TEN, LONG = span("10:00", "11:00"), span("10:00", "12:00")


@pytest.fixture
def owner(northlight: TenantWorld) -> Actor:
    return northlight.actor("owner")


def _names(session: Session) -> list[tuple[int, str]]:
    return [(rule.number, rule.name) for rule in house_rules(session)]


def test_a_rule_is_read_as_it_was_written(
    session: Session, northlight: TenantWorld, add_rule: AddRule
) -> None:
    when = When(frozenset({0, 4}), 600, 720, NOW.date(), NOW.date())
    more: dict[str, Any] = {
        "sentence": "No.",
        "location_id": northlight.locations["Porto"],
        "rooms": Rooms.RESOURCES,
        "room_ids": frozenset({northlight.rooms["Tejo"]}),
        "whom": Whom.PEOPLE,
        "whom_ids": frozenset({northlight.people["member"]}),
        "when": when,
        "stop_here": True,
    }
    sets = Sets(Access.NEVER, 15, 60, 30, 0, 7, 4, 60, 2, 60, 90, 120)
    rule_id = add_rule("All of it", sets, **more)
    assert house_rules(session) == [Rule(rule_id, 1, "All of it", sets, **more)]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"sets": Sets()}, SetsNothing),
        ({"whom": Whom.TEAMS}, NobodyNamed),
        ({"rooms": Rooms.TYPES}, NoRoomNamed),
        ({"sets": Sets(min_minutes=61, max_minutes=60)}, ShortestAboveLongest),
        ({"when": When(first=NOW.date(), last=NOW.date().replace(day=1))}, DaysBackwards),
        ({"whom": Whom.PEOPLE, "whom_ids": frozenset({10**9})}, NotFound),
        ({"location_id": 10**9}, NotFound),
    ],
)
def test_what_contradicts_itself_is_refused(
    session: Session, owner: Actor, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create_rule(session, owner, Rule(**{"id": 0, "number": 0, "name": "Bad", "sets": HOUR, **wrong}), NOW)
    session.rollback()
    assert house_rules(session) == []


def test_another_tenants_room_cannot_be_named(session: Session, owner: Actor, world: World) -> None:
    rule = Rule(
        0, 0, "Theirs", HOUR, rooms=Rooms.RESOURCES, room_ids=frozenset({world.harbour.rooms["Fern"]})
    )
    with pytest.raises(NotFound):
        create_rule(session, owner, rule, NOW)


def test_rules_are_edited_copied_ordered_switched_and_removed(
    session: Session, owner: Actor, add_rule: AddRule, front: Desk, member: Actor
) -> None:
    one, two, three = (add_rule(name, HOUR) for name in ("One", "Two", "Three"))
    edit_rule(session, owner, one, Rule(0, 0, "First", Sets(max_minutes=30)), NOW)
    copied = copy_rule(session, owner, one, "First again", NOW).id
    assert _names(session) == [(1, "First"), (2, "First again"), (3, "Two"), (4, "Three")]
    assert not next(rule for rule in house_rules(session) if rule.id == copied).enabled
    # What is left out follows as it was; what is none is passed over
    put_rules_in_order(session, owner, [three, 10**9, copied], NOW)
    assert _names(session) == [(1, "Three"), (2, "First again"), (3, "First"), (4, "Two")]
    remove_rule(session, owner, two, NOW)
    switch_rule(session, owner, three, NOW, on=False)
    session.commit()
    found = front.search(member, TEN).not_allowed
    assert found
    too_long = [each for room in found for each in room.obstacles if each.reason is Reason.TOO_LONG]
    assert {each.facts["minutes"] for each in too_long} == {30}
    rules = [each.facts["rule"] for each in too_long]
    assert [rule for rule in rules if not isinstance(rule, dict) or rule["name"] != "First"] == []
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("booking_rule%")).order_by(AuditEntry.id)
    )
    assert list(actions) == [
        *["booking_rule.created"] * 3,
        "booking_rule.edited",
        "booking_rule.created",
        "booking_rules.ordered",
        "booking_rule.removed",
        "booking_rule.switched",
    ]


def test_what_changes_nothing_is_not_noted(session: Session, owner: Actor, add_rule: AddRule) -> None:
    rule_id = add_rule("One", HOUR)
    before = len(session.scalars(select(AuditEntry.id)).all())
    edit_rule(session, owner, rule_id, Rule(0, 0, "One", HOUR), NOW)
    put_rules_in_order(session, owner, [rule_id], NOW)
    switch_rule(session, owner, rule_id, NOW, on=True)
    assert len(session.scalars(select(AuditEntry.id)).all()) == before


def test_names_are_had_once(session: Session, owner: Actor, add_rule: AddRule) -> None:
    add_rule("One", HOUR)
    with pytest.raises(NameTaken):
        create_rule(session, owner, Rule(0, 0, "One", HOUR), NOW)


def test_a_rule_outlives_what_it_named_and_holds_for_nothing_then(
    session: Session, northlight: TenantWorld, add_rule: AddRule, front: Desk, member: Actor
) -> None:
    add_rule("Tejo", HOUR, rooms=Rooms.RESOURCES, room_ids=frozenset({northlight.rooms["Tejo"]}))
    session.delete(session.get_one(Resource, northlight.rooms["Tejo"]))
    session.commit()
    assert house_rules(session)[0].room_ids == frozenset()
    assert len(front.search(member, LONG).free) == 4


def test_the_other_tenant_has_none_of_them(
    session: Session, open_session: OpenSession, world: World, add_rule: AddRule
) -> None:
    add_rule("One", HOUR)
    with open_session(world.harbour.id) as theirs:
        assert house_rules(theirs) == []
        assert theirs.scalars(select(BookingRule)).all() == []


def test_a_wish_is_explained(
    session: Session,
    northlight: TenantWorld,
    owner: Actor,
    member: Actor,
    clock: StandingClock,
    add_rule: AddRule,
) -> None:
    add_rule("Visitors", HOUR, whom=Whom.CONTACTS)
    add_rule("Booths", HOUR, rooms=Rooms.TYPES, room_ids=frozenset({northlight.types["Phone booth"]}))
    add_rule("Lunch", Sets(access=Access.NEVER), when=When(opens=600, closes=660))
    add_rule("Half a day", Sets(max_minutes=240, cancel_minutes=60), stop_here=True)
    add_rule("Too late", HOUR)
    fern = northlight.rooms["Fern"]
    catalogue = load_catalogue(session, northlight.locations["Leith Walk"], member.person_id, clock())
    asker = asker_for(session, owner, member.person_id, catalogue, clock())
    explained = explaining.explain(session, catalogue, asker, fern, RoomQuery(catalogue.id, LONG), clock())
    assert not explained.allowed
    assert [(each.topic, each.obstacles[0].reason) for each in explained.checks if not each.passed] == [
        (Topic.ACCESS, Reason.RULED_OUT)
    ]
    assert [rule.name for check in explained.checks for rule in check.rules] == ["Lunch", "Half a day"]
    assert explained.works == span("11:00", "13:00")
    found = explaining.answers(house_rules(session), asker, catalogue, explained, stretch_of(LONG))
    assert [(each.standing, each.refuses) for each in found] == [
        (Standing.OTHER_PERSON, False),
        (Standing.OTHER_ROOM, False),
        (Standing.HOLDS, True),
        (Standing.HOLDS, False),
        (Standing.STOPPED, False),
    ]
    assert found[3].limits == ("max_minutes", "cancel_minutes")


def test_what_would_work_is_looked_for_on_other_days(
    session: Session, northlight: TenantWorld, member: Actor, clock: StandingClock, add_rule: AddRule
) -> None:
    add_rule("Mondays and Tuesdays", Sets(access=Access.NEVER), when=When(frozenset({0, 1})))
    catalogue = load_catalogue(session, northlight.locations["Leith Walk"], member.person_id, clock())
    asker = catalogue.asker(member.person_id, is_member=True)
    query = RoomQuery(catalogue.id, TEN)
    explained = explaining.explain(session, catalogue, asker, northlight.rooms["Fern"], query, clock())
    assert explained.works == span("10:00", "11:00", "2026-03-04")
