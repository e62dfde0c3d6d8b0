"""Rules in every path by which a room is had: search, alternatives, holds, bookings, extensions, the door, the waiting list."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cancel import cancel
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day import day_grid
from app.domain.booking.day_cells import Label
from app.domain.booking.door import door
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold
from app.domain.booking.house_rules.keeping import switch_rule
from app.domain.booking.house_rules.terms import Access, Rooms, Sets, When, Whom
from app.domain.booking.mine import show
from app.domain.booking.terms import NotBookable, Obstacle, Reason, RoomQuery, TooLateToCancel
from app.domain.booking.waitlist import wait_for
from app.kernel.spans import Span
from app.models import Team, TeamMember
from tests.domain.booking.conftest import NOW, Desk, StandingClock, span
from tests.domain.booking.house_rules.conftest import AddRule
from tests.support.world import TenantWorld

TEN, ELEVEN = span("10:00", "11:00"), span("11:00", "12:00")
LONG = span("10:00", "13:00")
EVENING = When(opens=18 * 60)
AN_HOUR = Sets(max_minutes=60)


def _refused(front: Desk, actor: Actor, room: str, wanted: Span, **more: Any) -> tuple[Obstacle, ...]:
    with pytest.raises(NotBookable) as refused:
        front.book(actor, room, wanted, **more)
    return refused.value.obstacles


def _reasons(front: Desk, actor: Actor, room: str, wanted: Span) -> list[Reason]:
    return [each.reason for each in _refused(front, actor, room, wanted)]


def test_a_rule_refuses_with_its_sentence_in_search_and_post(
    front: Desk, member: Actor, add_rule: AddRule
) -> None:
    rule_id = add_rule("Short", AN_HOUR, sentence="An hour is enough.")
    expected = Obstacle(
        Reason.TOO_LONG,
        {
            "minutes": 60,
            "rule": {"id": rule_id, "number": 1, "name": "Short", "sentence": "An hour is enough."},
        },
    )
    assert _refused(front, member, "Fern", LONG) == (expected,)
    found = front.search(member, LONG)
    assert not found.free
    assert expected in next(each for each in found.not_allowed if each.room.name == "Fern").obstacles
    front.book(member, "Fern", TEN)


@pytest.mark.parametrize(
    ("whom", "refused"),
    [
        ({"whom": Whom.EVERYBODY}, {"member", "contact"}),
        ({"whom": Whom.MEMBERS}, {"member"}),
        ({"whom": Whom.CONTACTS}, {"contact"}),
    ],
)
def test_whose_bookings_it_is_about(
    front: Desk, northlight: TenantWorld, add_rule: AddRule, whom: dict[str, Whom], refused: set[str]
) -> None:
    add_rule("Short", AN_HOUR, **whom)
    for who in ("member", "contact"):
        free = {each.room.name for each in front.search(northlight.actor(who), LONG).free}
        assert ("Fern" not in free) is (who in refused)


def test_plans_teams_and_people_are_named(
    front: Desk, session: Session, northlight: TenantWorld, member: Actor, contact: Actor, add_rule: AddRule
) -> None:
    add_rule("Studio", AN_HOUR, whom=Whom.PLANS, whom_ids=frozenset({northlight.plans["Studio"]}))
    assert _reasons(front, member, "Fern", LONG) == [Reason.TOO_LONG]
    assert front.search(contact, LONG).free
    add_rule("Conny", Sets(max_minutes=30), whom=Whom.PEOPLE, whom_ids=frozenset({contact.person_id}))
    assert _refused(front, contact, "Fern", LONG)[0].facts["minutes"] == 30
    team = Team(name="Ateliers", created_at=NOW)
    session.add(team)
    session.flush()
    colleague = northlight.actor("colleague")
    session.add(TeamMember(team_id=team.id, person_id=colleague.person_id, joined_at=NOW))
    session.commit()
    add_rule("Ateliers", Sets(max_minutes=15), whom=Whom.TEAMS, whom_ids=frozenset({team.id}))
    # The rule of the plan comes first, so it has the limit
    assert _refused(front, colleague, "Fern", LONG)[0].facts["minutes"] == 60


def test_it_is_about_some_rooms_at_some_place(
    front: Desk, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Booths", AN_HOUR, rooms=Rooms.TYPES, room_ids=frozenset({northlight.types["Phone booth"]}))
    add_rule("Cedar", AN_HOUR, rooms=Rooms.RESOURCES, room_ids=frozenset({northlight.rooms["Cedar"]}))
    add_rule("Elsewhere", AN_HOUR, location_id=northlight.locations["Porto"])
    found = front.search(member, LONG)
    assert {each.room.name for each in found.free} >= {"Fern", "Rowan"}
    assert {each.room.name for each in found.not_allowed} >= {"Cedar", "Lark"}


def test_the_first_that_sets_a_limit_has_it_and_stop_here_ends_the_list(
    front: Desk, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    fern = {"rooms": Rooms.RESOURCES, "room_ids": frozenset({northlight.rooms["Fern"]})}
    add_rule("Fern is free", stop_here=True, **fern)
    add_rule("Two hours", Sets(max_minutes=120))
    add_rule("One hour, and one booking", Sets(max_minutes=60, most_ahead=1))
    front.book(member, "Fern", LONG)
    obstacles = _refused(front, member, "Cedar", span("14:00", "17:00"))
    assert [(each.reason, each.facts.get("minutes")) for each in obstacles] == [
        (Reason.TOO_LONG, 120),
        (Reason.TOO_MANY_AHEAD, None),
    ]


def test_a_longer_time_than_the_room_has_is_given_too(front: Desk, member: Actor, add_rule: AddRule) -> None:
    whole = span("08:00", "20:00")
    assert _reasons(front, member, "Fern", whole) == [Reason.TOO_LONG]
    add_rule("All day", Sets(max_minutes=720, capacity=20), whom=Whom.MEMBERS)
    front.book(member, "Fern", whole, people=15)


def test_never_and_the_exception_before_it(
    front: Desk, member: Actor, contact: Actor, add_rule: AddRule
) -> None:
    add_rule("Members", Sets(access=Access.OPEN), whom=Whom.MEMBERS)
    add_rule("Nobody", Sets(access=Access.NEVER), sentence="The house is closed to visitors.")
    assert _reasons(front, contact, "Fern", TEN) == [Reason.RULED_OUT]
    assert front.search(contact, TEN).free == ()
    # Open lifts the plan that Alder asks for, too
    front.book(member, "Alder", TEN)


def test_a_booking_that_reaches_into_its_time_is_bound_by_it(
    front: Desk, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Evenings", Sets(access=Access.NEVER), when=EVENING)
    front.book(member, "Fern", span("17:00", "18:00"))
    assert _reasons(front, member, "Cedar", span("17:00", "18:15")) == [Reason.RULED_OUT]
    assert _reasons(front, member, "Cedar", span("19:00", "20:00")) == [Reason.RULED_OUT]


def test_it_is_the_wall_clock_of_the_place(
    front: Desk, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Mornings", Sets(access=Access.NEVER), when=When(opens=0, closes=600))
    # Porto's rooms are on New York's clock: 14:30 UTC is half past nine there
    found = front.search(member, span("14:30", "15:30"), "Porto")
    assert [each.obstacles[0].reason for each in found.not_allowed] == [Reason.RULED_OUT]
    assert front.search(member, span("15:00", "16:00"), "Porto").free


def test_the_nearest_start_is_one_that_the_rules_let(front: Desk, member: Actor, add_rule: AddRule) -> None:
    add_rule("Lunch", Sets(access=Access.NEVER), when=When(opens=12 * 60, closes=14 * 60))
    found = front.search(member, span("12:00", "13:00"))
    fern = next(each for each in found.not_allowed if each.room.name == "Fern")
    assert fern.next_free == span("11:00", "12:00")
    for each in found.alternatives:
        front.book(member, each.room.name, each.span)
        break
    else:
        pytest.fail("something is near")


def test_days_between_dates_alone(front: Desk, member: Actor, add_rule: AddRule) -> None:
    when = When(weekdays=frozenset({1}), first=date(2026, 3, 9), last=date(2026, 3, 16))
    add_rule("A Tuesday", Sets(access=Access.NEVER), when=when)
    front.book(member, "Fern", span("10:00", "11:00", "2026-03-03"))
    front.book(member, "Fern", span("10:00", "11:00", "2026-03-09"))
    assert _reasons(front, member, "Fern", span("10:00", "11:00", "2026-03-10")) == [Reason.RULED_OUT]
    front.book(member, "Fern", span("10:00", "11:00", "2026-03-17"))


def test_past_midnight(front: Desk, member: Actor, add_rule: AddRule) -> None:
    add_rule("Nights from Monday", Sets(access=Access.NEVER), when=When(frozenset({0}), 19 * 60, 9 * 60))
    assert _reasons(front, member, "Fern", span("19:00", "20:00")) == [Reason.RULED_OUT]
    assert _reasons(front, member, "Fern", span("08:00", "08:30", "2026-03-03")) == [Reason.RULED_OUT]
    front.book(member, "Fern", span("09:00", "09:30", "2026-03-03"))


@pytest.mark.parametrize(
    ("sets", "period"),
    [(Sets(day_minutes=90), "day"), (Sets(week_minutes=90), "week"), (Sets(month_minutes=90), "month")],
)
def test_time_is_counted_a_day_a_week_and_a_month(
    front: Desk, member: Actor, colleague: Actor, add_rule: AddRule, sets: Sets, period: str
) -> None:
    add_rule("Enough", sets)
    front.book(member, "Fern", TEN)
    (obstacle,) = _refused(front, member, "Cedar", ELEVEN)
    assert (obstacle.reason, obstacle.facts["period"], obstacle.facts["left"]) == (
        Reason.TOO_MUCH_TIME,
        period,
        30,
    )
    front.book(colleague, "Cedar", ELEVEN)
    front.book(member, "Rowan", span("12:00", "12:30"))
    later = {"day": "2026-03-03", "week": "2026-03-09", "month": "2026-04-01"}[period]
    front.book(member, "Fern", span("10:00", "11:00", later))


def test_only_what_the_rule_is_about_counts(
    front: Desk, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    booths = {"rooms": Rooms.TYPES, "room_ids": frozenset({northlight.types["Phone booth"]})}
    add_rule("Booths", Sets(most_ahead=1), when=When(closes=12 * 60), **booths)
    front.book(member, "Fern", TEN)
    front.book(member, "Lark", span("14:00", "15:00"))
    front.book(member, "Lark", TEN)
    assert _reasons(front, member, "Lark", ELEVEN) == [Reason.TOO_MANY_AHEAD]


def test_a_hold_is_counted_again_when_it_is_confirmed(front: Desk, member: Actor, add_rule: AddRule) -> None:
    add_rule("One", Sets(most_ahead=1, capacity=2))
    held = front.do(hold, member, front.wish("Fern", TEN))
    with pytest.raises(NotBookable) as crowded:
        front.do(confirm, member, held.id, people=3)
    assert [each.reason for each in crowded.value.obstacles] == [Reason.TOO_MANY_PEOPLE]
    front.book(member, "Cedar", ELEVEN)
    with pytest.raises(NotBookable) as refused:
        front.do(confirm, member, held.id)
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_MANY_AHEAD]


def test_what_a_running_booking_is_extended_by(
    front: Desk, session: Session, member: Actor, clock: StandingClock, add_rule: AddRule
) -> None:
    add_rule("Two hours a day", Sets(day_minutes=120))
    booking = front.book(member, "Fern", TEN)
    clock.now = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    extend(session, member, booking.id, 60, clock)
    session.commit()
    with pytest.raises(NotBookable) as refused:
        extend(session, member, booking.id, 15, clock)
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_MUCH_TIME]


def test_until_when_it_is_cancelled_stays_as_it_was_when_booked(
    front: Desk,
    session: Session,
    northlight: TenantWorld,
    member: Actor,
    clock: StandingClock,
    add_rule: AddRule,
) -> None:
    rule_id = add_rule("A day before", Sets(cancel_minutes=1440))
    booking = front.book(member, "Fern", TEN)
    switch_rule(session, northlight.actor("owner"), rule_id, clock(), on=False)
    session.commit()
    assert show(session, member, booking.id, clock()).cancel_until == TEN.start - timedelta(days=1)
    with pytest.raises(TooLateToCancel):
        front.do(cancel, member, booking.id)


def test_staff_pass_over_a_rule_knowingly(
    front: Desk, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Never", Sets(access=Access.NEVER, day_minutes=30))
    booking = front.book(
        northlight.actor("manager"), "Fern", TEN, for_person_id=member.person_id, override=True
    )
    assert booking.overridden == ["ruled_out", "too_much_time"]


def test_the_door_offers_what_the_rules_let_everybody(
    front: Desk, session: Session, northlight: TenantWorld, clock: StandingClock, add_rule: AddRule
) -> None:
    clock.now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert len(door(session, northlight.rooms["Fern"], clock()).offers) == 3
    add_rule("Members for a quarter", Sets(max_minutes=15), whom=Whom.MEMBERS)
    add_rule("Half an hour", Sets(max_minutes=30))
    assert [each.minutes for each in door(session, northlight.rooms["Fern"], clock()).offers] == [15, 30]
    add_rule("Never", Sets(access=Access.NEVER))
    assert door(session, northlight.rooms["Fern"], clock()).offers == ()


def test_nobody_waits_for_what_a_rule_keeps_from_them(
    front: Desk, session: Session, member: Actor, clock: StandingClock, add_rule: AddRule
) -> None:
    add_rule("Never", Sets(access=Access.NEVER), whom=Whom.MEMBERS)
    query = RoomQuery(front.world.locations["Leith Walk"], TEN)
    with pytest.raises(NotBookable) as refused:
        wait_for(session, member, query, 0, clock)
    assert [each.reason for each in refused.value.obstacles] == [Reason.RULED_OUT]


def test_the_grid_shows_what_is_refused(
    front: Desk, session: Session, northlight: TenantWorld, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Evenings", Sets(access=Access.NEVER), when=EVENING)
    add_rule("Short", Sets(max_minutes=60, grid_minutes=30), when=When(closes=12 * 60))
    grid = day_grid(session, member, northlight.locations["Leith Walk"], NOW.date(), NOW)
    fern = grid.rows[0]
    assert [(each.label, each.span) for each in fern.cells] == [
        (Label.OPEN, span("08:00", "18:00")),
        (Label.REFUSED, span("18:00", "20:00")),
    ]
    # Through the day there is more than in the morning
    assert (fern.max_minutes, fern.grid_minutes) == (480, 15)


def test_a_house_without_rules_asks_nothing_more(
    front: Desk, session: Session, northlight: TenantWorld, member: Actor
) -> None:
    catalogue = load_catalogue(session, northlight.locations["Leith Walk"], member.person_id, NOW)
    rules = catalogue.rules_for(catalogue.asker(member.person_id, is_member=True))
    assert not rules
    assert not rules.count
    limits = catalogue.rooms[0].limits
    assert rules.limits(limits, (0, 60)) is limits
