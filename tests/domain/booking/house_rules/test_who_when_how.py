"""Rules that have staff asked first, open a room at any hour, or let people wait between bookings; and rooms for teams."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.approval import approve
from app.domain.booking.catalogue import load_catalogue, recall_catalogue
from app.domain.booking.day import day_grid
from app.domain.booking.day_cells import Label
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold
from app.domain.booking.house_rules.explaining import Topic, explain
from app.domain.booking.house_rules.terms import Access, Sets, When, Whom
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import BookSeries, SeriesNotBookable
from app.domain.booking.terms import NotBookable, Obstacle, Reason, RoomQuery
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Closure, Resource, ResourceTeam, Team, TeamMember
from tests.domain.booking.conftest import NOW, Desk, StandingClock, span
from tests.domain.booking.house_rules.conftest import AddRule
from tests.support.world import TenantWorld

TEN, ELEVEN = span("10:00", "11:00"), span("11:00", "12:00")
LATE = span("21:00", "22:00")
EVENING = When(opens=18 * 60)
ASK = Sets(needs_approval=True)


def _obstacles(front: Desk, actor: Actor, room: str, wanted: Span) -> tuple[Obstacle, ...]:
    with pytest.raises(NotBookable) as refused:
        front.book(actor, room, wanted)
    return refused.value.obstacles


def _confirmed(front: Desk, actor: Actor, wanted: Span) -> Booking:
    held = front.do(hold, actor, front.wish("Fern", wanted))
    booking: Booking = front.do(confirm, actor, held.id)
    return booking


def _named(rule_id: int, name: str) -> dict[str, Any]:
    return {"rule": {"id": rule_id, "number": 1, "name": name, "sentence": ""}}


def _longer(front: Desk, actor: Actor, booking: Booking, minutes: int) -> Booking:
    longer: Booking = front.do(
        lambda session, who, booking_id, clock: extend(session, who, booking_id, minutes, clock),
        actor,
        booking.id,
    )
    return longer


def test_nobody_stays_into_hours_of_which_staff_were_not_asked(
    front: Desk, member: Actor, colleague: Actor, desk: Actor, clock: StandingClock, add_rule: AddRule
) -> None:
    add_rule("Ask", ASK, when=When(opens=11 * 60, closes=13 * 60))
    booking = front.book(member, "Fern", TEN)
    asked = front.book(colleague, "Cedar", ELEVEN)
    front.do(approve, desk, asked.id)
    clock.now = TEN.start + timedelta(minutes=30)
    with pytest.raises(NotBookable) as refused:
        _longer(front, member, booking, 30)
    assert [each.reason for each in refused.value.obstacles] == [Reason.NEEDS_APPROVAL]
    clock.now = ELEVEN.start + timedelta(minutes=30)
    assert _longer(front, colleague, asked, 30).ends_at == ELEVEN.end + timedelta(minutes=30), "they were"


def test_a_rule_has_staff_asked_first_where_it_holds(
    front: Desk, member: Actor, colleague: Actor, desk: Actor, add_rule: AddRule
) -> None:
    add_rule("Ask", ASK, when=When(opens=11 * 60, closes=12 * 60))
    assert front.book(member, "Fern", TEN).status is BookingStatus.CONFIRMED
    assert front.book(member, "Fern", ELEVEN).status is BookingStatus.TENTATIVE
    assert front.book(desk, "Cedar", ELEVEN).status is BookingStatus.CONFIRMED, "who could say yes"
    assert _confirmed(front, colleague, span("12:00", "13:00")).status is BookingStatus.CONFIRMED


def test_what_was_held_is_asked_for_by_the_rules_as_well(
    front: Desk, member: Actor, add_rule: AddRule
) -> None:
    add_rule("Ask", ASK)
    assert _confirmed(front, member, TEN).status is BookingStatus.TENTATIVE


def test_a_rule_lifts_the_approval_that_a_room_needs(
    front: Desk, session: Session, member: Actor, contact: Actor, add_rule: AddRule
) -> None:
    session.execute(update(Resource).values(needs_approval=True))
    session.commit()
    add_rule("Trusted", Sets(needs_approval=False), whom=Whom.MEMBERS)
    assert _confirmed(front, member, TEN).status is BookingStatus.CONFIRMED
    assert _confirmed(front, contact, ELEVEN).status is BookingStatus.TENTATIVE


def test_nobody_moves_or_repeats_past_it(
    front: Desk, session: Session, member: Actor, clock: StandingClock, add_rule: AddRule
) -> None:
    rule_id = add_rule("Ask", ASK, when=When(opens=11 * 60, closes=12 * 60))
    expected = Obstacle(Reason.NEEDS_APPROVAL, _named(rule_id, "Ask"))
    booking = front.book(member, "Fern", TEN)
    with pytest.raises(NotBookable) as refused:
        move(session, member, booking.id, MoveBooking(booking.resource_id, ELEVEN), clock)
    assert refused.value.obstacles == (expected,)
    pattern = Pattern(date(2026, 3, 3), Every.DAY, count=2)
    with pytest.raises(SeriesNotBookable) as series:
        book_series(session, member, BookSeries(booking.resource_id, pattern, 11 * 60, 60), clock)
    assert series.value.preview.occurrences[0].obstacles == (expected,)
    book_series(session, member, BookSeries(booking.resource_id, pattern, 12 * 60, 60), clock)


def test_a_rule_opens_a_room_at_any_hour_but_not_on_closed_days(
    front: Desk, session: Session, member: Actor, contact: Actor, northlight: TenantWorld, add_rule: AddRule
) -> None:
    add_rule("Around the clock", Sets(any_hour=True), whom=Whom.MEMBERS)
    assert [each.reason for each in _obstacles(front, contact, "Fern", LATE)] == [Reason.OUTSIDE_HOURS]
    assert "Fern" in [each.room.name for each in front.search(member, LATE).free]
    front.book(member, "Fern", LATE)
    day = date(2026, 3, 4)
    session.add(
        Closure(
            location_id=northlight.locations["Leith Walk"],
            first_day=day,
            last_day=day,
            yearly=False,
            message="",
        )
    )
    session.commit()
    closed = _obstacles(front, member, "Fern", span("21:00", "22:00", day="2026-03-04"))
    assert [each.reason for each in closed] == [Reason.CLOSED]


def test_what_is_nearest_heeds_it(front: Desk, member: Actor, colleague: Actor, add_rule: AddRule) -> None:
    """Rowan and the rest are taken at nine in the evening, so the next hour is offered, outside of opening hours."""
    add_rule("Around the clock", Sets(any_hour=True))
    for room in ("Fern", "Cedar", "Rowan", "Lark", "Lark"):
        front.book(colleague, room, LATE)
    found = front.search(member, LATE)
    assert not found.free
    assert {each.span.start.hour for each in found.alternatives} <= {19, 20, 22}
    assert found.alternatives


def test_a_rule_that_sets_a_wait_refuses_with_its_name_and_greys_the_day(
    front: Desk, session: Session, member: Actor, add_rule: AddRule
) -> None:
    front.book(member, "Fern", TEN)
    rule_id = add_rule("Rest", Sets(cooldown_minutes=30), when=When(opens=11 * 60))
    expected = Obstacle(Reason.COOLING_DOWN, {"minutes": 30, "any": False, **_named(rule_id, "Rest")})
    assert _obstacles(front, member, "Fern", ELEVEN) == (expected,)
    grid = day_grid(session, member, front.world.locations["Leith Walk"], date(2026, 3, 2), front.clock())
    cells = {row.room.name: row.cells for row in grid.rows}
    refused = [(each.span, each.obstacle) for each in cells["Fern"] if each.label is Label.REFUSED]
    assert refused == [(span("11:00", "11:30"), expected)], "not before ten, when the rule does not hold"
    assert not [each for each in cells["Cedar"] if each.label is Label.REFUSED]
    session.rollback()
    front.book(member, "Cedar", ELEVEN)


def test_a_rule_lifts_the_wait_of_a_room(
    front: Desk, session: Session, member: Actor, add_rule: AddRule
) -> None:
    session.execute(update(Resource).values(cooldown_any_minutes=30))
    session.commit()
    front.book(member, "Fern", TEN)
    assert [each.reason for each in _obstacles(front, member, "Cedar", ELEVEN)] == [Reason.COOLING_DOWN]
    add_rule("No wait", Sets(cooldown_any_minutes=0))
    front.book(member, "Cedar", ELEVEN)


def test_the_wait_counts_when_what_is_held_is_confirmed(
    front: Desk, member: Actor, add_rule: AddRule
) -> None:
    held = front.do(hold, member, front.wish("Fern", ELEVEN))
    front.book(member, "Fern", TEN)
    add_rule("Rest", Sets(cooldown_minutes=30))
    with pytest.raises(NotBookable) as refused:
        front.do(confirm, member, held.id)
    assert [each.reason for each in refused.value.obstacles] == [Reason.COOLING_DOWN]


def test_why_names_the_rules(
    front: Desk, session: Session, member: Actor, northlight: TenantWorld, add_rule: AddRule
) -> None:
    front.book(member, "Fern", TEN)
    add_rule("Ask", ASK)
    add_rule("Around the clock", Sets(any_hour=True))
    add_rule("Rest", Sets(cooldown_minutes=30))
    query = RoomQuery(northlight.locations["Leith Walk"], ELEVEN)
    catalogue = load_catalogue(session, query.location_id, member.person_id, front.clock())
    asker = catalogue.asker(member.person_id, is_member=True)
    said = explain(session, catalogue, asker, northlight.rooms["Fern"], query, front.clock())
    by_topic = {check.topic: [rule.name for rule in check.rules] for check in said.checks}
    assert by_topic[Topic.ACCESS] == ["Ask"]
    assert by_topic[Topic.HOURS] == ["Around the clock"]
    assert by_topic[Topic.QUOTA] == ["Rest"]
    assert [each.reason for each in said.obstacles] == [Reason.COOLING_DOWN]
    session.rollback()


def _for_team(session: Session, northlight: TenantWorld, who: str, **columns: Any) -> None:
    team = Team(name="Lantern", created_at=NOW)
    session.add(team)
    session.flush()
    session.add(TeamMember(team_id=team.id, person_id=northlight.people[who], joined_at=NOW))
    session.add(ResourceTeam(resource_id=northlight.rooms["Alder"], team_id=team.id))
    for_teams = update(Resource).where(Resource.id == northlight.rooms["Alder"])
    session.execute(for_teams.values(for_teams_only=True, **columns))
    session.commit()


def test_a_room_for_teams_is_for_their_people(
    front: Desk, session: Session, member: Actor, colleague: Actor, northlight: TenantWorld
) -> None:
    _for_team(session, northlight, "member", for_plans_only=False)
    assert _obstacles(front, colleague, "Alder", TEN) == (Obstacle(Reason.TEAM_NEEDED, {"plans": []}),)
    refused = {each.room.name: each.obstacles for each in front.search(colleague, TEN).not_allowed}
    assert [each.reason for each in refused["Alder"]] == [Reason.TEAM_NEEDED]
    assert front.book(member, "Alder", TEN).status is BookingStatus.CONFIRMED
    place, now = northlight.locations["Leith Walk"], front.clock()
    for who, teams in ((colleague, 0), (member, 1)):
        found = recall_catalogue(session, 1, place, who.person_id, now)
        assert len(found.team_ids) == teams, "remembered for one person, asked anew for each"
    session.rollback()


def test_of_plans_and_teams_one_is_enough(
    front: Desk, session: Session, member: Actor, colleague: Actor, northlight: TenantWorld
) -> None:
    _for_team(session, northlight, "member")
    assert _obstacles(front, colleague, "Alder", TEN) == (
        Obstacle(Reason.TEAM_NEEDED, {"plans": ["Residents"]}),
    )
    front.book(member, "Alder", TEN)


def test_a_rule_that_says_always_lifts_it(
    front: Desk, session: Session, colleague: Actor, northlight: TenantWorld, add_rule: AddRule
) -> None:
    _for_team(session, northlight, "member")
    add_rule("Open house", Sets(access=Access.OPEN))
    front.book(colleague, "Alder", TEN)
