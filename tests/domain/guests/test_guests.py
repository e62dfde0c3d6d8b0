"""Guests of a booking: expected, told when and where, let in, and forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets, Whom
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import AlreadyOver, BookRoom, Malformed, NotBookable, Reason
from app.domain.guests.expecting import (
    NewGuest,
    add_guest,
    arrivals,
    expect_each,
    forget_guests,
    guests_of,
    let_in,
    remove_guest,
)
from app.domain.privacy.bookings import cancel_upcoming
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, BookingGuest, Notice, Resource
from tests.support.sessions import walled_sessions
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GUS = NewGuest("Gus Guest", "gus@elsewhere.test")


class Foyer:
    """One member's booking of Fern, for two, at noon."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        self.session, self.tenant, self.now = session, tenant, NOW
        self.member, self.desk = tenant.actor("member"), tenant.actor("desk")
        span = Span(NOW + timedelta(hours=3), NOW + timedelta(hours=4))
        wish = BookRoom(tenant.rooms["Fern"], span, 2, "Merger talks")
        self.booking = book(session, self.member, wish, self.clock)
        session.commit()

    def clock(self) -> datetime:
        return self.now

    def add(self, guest: NewGuest = GUS, actor: Actor | None = None) -> BookingGuest:
        row = add_guest(self.session, actor or self.member, self.booking.id, guest, self.clock)
        self.session.commit()
        return row

    def told(self) -> list[tuple[str, str | None]]:
        query = select(Notice.kind, Notice.email).where(Notice.kind.startswith("guest.")).order_by(Notice.id)
        return [(row.kind, row.email) for row in self.session.execute(query)]


@pytest.fixture
def foyer(database: str, world: World) -> Iterator[Foyer]:
    with walled_sessions(database) as (_engine, open_session), open_session(world.northlight.id) as session:
        yield Foyer(session, world.northlight)


def test_a_guest_is_told_when_and_where_and_nothing_else(foyer: Foyer) -> None:
    foyer.add()
    foyer.add(NewGuest("Ana"))
    (notice,) = foyer.session.scalars(select(Notice).where(Notice.kind == "guest.invited")).all()
    assert (notice.email, notice.person_id) == (GUS.email, None)
    assert (notice.data["host"], notice.data["resource"]) == ("Maya Member", "Fern")
    assert "Merger" not in str(notice.data)
    assert {"price_minor", "booking_id"}.isdisjoint(notice.data)
    assert [each.name for each in guests_of(foyer.session, foyer.booking.id)] == ["Gus Guest", "Ana"]


def test_it_is_for_as_many_as_come_and_no_more_than_fit(foyer: Foyer) -> None:
    capacity = 4
    for number in range(capacity - 1):
        foyer.add(NewGuest(f"Guest {number}"))
    assert foyer.booking.people == capacity
    with pytest.raises(NotBookable) as refused:
        foyer.add()
    assert [each.reason for each in refused.value.obstacles] == [Reason.TOO_MANY_PEOPLE]
    assert foyer.told() == []


def _capacity(foyer: Foyer, people: int) -> None:
    owner = foyer.tenant.actor("owner")
    rule = Rule(
        0, 0, "Fire safety", Sets(capacity=people), whom=Whom.MEMBERS, sentence="The fire brigade says so."
    )
    create_rule(foyer.session, owner, rule, NOW)
    foyer.session.commit()


@pytest.mark.parametrize("people", [3, 6])
def test_a_rule_of_the_house_lets_fewer_come_or_more(foyer: Foyer, people: int) -> None:
    """By itself the room holds four."""
    _capacity(foyer, people)
    for number in range(people - 1):
        foyer.add(NewGuest(f"Guest {number}"))
    with pytest.raises(NotBookable) as refused:
        foyer.add()
    (obstacle,) = refused.value.obstacles
    assert (obstacle.reason, obstacle.facts["capacity"]) == (Reason.TOO_MANY_PEOPLE, people)
    assert "The fire brigade says so." in str(obstacle.facts["rule"])
    foyer.session.rollback()
    assert foyer.booking.people == people


def test_of_a_room_that_is_offered_no_more_its_size_is_left(foyer: Foyer) -> None:
    _capacity(foyer, 3)
    foyer.session.get_one(Resource, foyer.booking.resource_id).retired_at = NOW
    foyer.session.commit()
    for number in range(3):
        foyer.add(NewGuest(f"Guest {number}"))
    with pytest.raises(NotBookable):
        foyer.add()


@pytest.mark.parametrize(
    "guest", [NewGuest(" "), NewGuest("x" * 81), NewGuest("a\0b"), NewGuest("a", "x" * 255)]
)
def test_what_cannot_be_stored_is_refused(foyer: Foyer, guest: NewGuest) -> None:
    with pytest.raises(Malformed):
        foyer.add(guest)


def test_nobody_expects_guests_at_another_persons_booking(foyer: Foyer) -> None:
    row = foyer.add()
    for actor in (foyer.tenant.actor("colleague"), replace(foyer.desk, on_behalf=False)):
        with pytest.raises(NotFound):
            foyer.add(actor=actor)
        with pytest.raises(NotFound):
            remove_guest(foyer.session, actor, foyer.booking.id, row.id, foyer.clock)
    foyer.add(NewGuest("Ana"), foyer.desk)
    assert foyer.session.scalars(select(AuditEntry.action)).all().count("booking.guest_added") == 1


def _host_is_told(foyer: Foyer) -> list[tuple[int | None, int, int]]:
    query = select(Notice).where(Notice.kind == "booking.guests_changed").order_by(Notice.id)
    return [(each.person_id, each.data["guests"], each.times) for each in foyer.session.scalars(query)]


def test_the_host_hears_of_guests_that_somebody_else_names(foyer: Foyer) -> None:
    row = foyer.add()
    remove_guest(foyer.session, foyer.member, foyer.booking.id, row.id, foyer.clock)
    foyer.session.commit()
    assert _host_is_told(foyer) == [], "they know what they do themselves"
    row = foyer.add(actor=foyer.desk)
    host = foyer.booking.person_id
    assert _host_is_told(foyer) == [(host, 1, 1)]
    foyer.add(actor=foyer.desk)
    assert _host_is_told(foyer) == [(host, 1, 1)], "the same guest twice is once"
    remove_guest(foyer.session, foyer.desk, foyer.booking.id, row.id, foyer.clock)
    foyer.session.commit()
    assert _host_is_told(foyer) == [(host, 0, 2)]
    told = foyer.session.scalars(select(Notice.data).where(Notice.kind == "booking.guests_changed"))
    assert "Gus" not in str(told.all())


def test_of_several_who_are_named_in_one_go_the_host_hears_once(foyer: Foyer) -> None:
    guests = [NewGuest("Ana"), NewGuest("Bea"), NewGuest("Ana")]
    expect_each(foyer.session, foyer.desk, foyer.booking, guests, foyer.now)
    expect_each(foyer.session, foyer.desk, foyer.booking, guests, foyer.now)
    assert _host_is_told(foyer) == [(foyer.booking.person_id, 2, 1)]


def test_cancelled_moved_or_taken_off_they_are_told(foyer: Foyer) -> None:
    row = foyer.add()
    foyer.add(NewGuest("Bea", "bea@elsewhere.test"))
    remove_guest(foyer.session, foyer.member, foyer.booking.id, row.id, foyer.clock)
    foyer.session.commit()
    cancel(foyer.session, foyer.member, foyer.booking.id, foyer.clock)
    foyer.session.commit()
    assert foyer.told() == [
        ("guest.invited", GUS.email),
        ("guest.invited", "bea@elsewhere.test"),
        ("guest.cancelled", GUS.email),
        ("guest.cancelled", "bea@elsewhere.test"),
    ]
    with pytest.raises(AlreadyOver):
        foyer.add()


def test_of_what_has_begun_nobody_is_told(foyer: Foyer) -> None:
    foyer.add()
    foyer.now = NOW + timedelta(hours=3, minutes=20)
    foyer.add(NewGuest("Late", "late@elsewhere.test"))
    end_early(foyer.session, foyer.member, foyer.booking.id, foyer.clock)
    foyer.session.commit()
    assert foyer.told() == [("guest.invited", GUS.email)]


def test_who_leaves_calls_their_guests_off(foyer: Foyer) -> None:
    foyer.add()
    cancel_upcoming(foyer.session, foyer.member.person_id, None, foyer.now)
    assert foyer.told()[-1] == ("guest.cancelled", GUS.email)


def test_the_front_desk_lets_them_in_once(foyer: Foyer) -> None:
    row = foyer.add()
    place, day = foyer.booking.location_id, NOW.date()
    assert [each.arrived_at for each in arrivals(foyer.session, foyer.desk, place, day)] == [None]
    for minutes in (0, 5):
        let_in(foyer.session, foyer.desk, row.id, NOW + timedelta(minutes=minutes))
        foyer.session.commit()
    (found,) = arrivals(foyer.session, foyer.desk, place, day)
    assert (found.name, found.host, found.arrived_at) == ("Gus Guest", "Maya Member", NOW)
    elsewhere = replace(foyer.desk, limited_to=frozenset({foyer.tenant.locations["Porto"]}))
    with pytest.raises(NotFound):
        let_in(foyer.session, elsewhere, row.id, NOW)
    with pytest.raises(NotFound):
        arrivals(foyer.session, elsewhere, place, day)
    with pytest.raises(NotFound):
        remove_guest(foyer.session, foyer.member, foyer.booking.id, row.id, foyer.clock)


def test_they_are_forgotten_thirty_days_after(foyer: Foyer) -> None:
    foyer.add()
    over = foyer.booking.ends_at
    assert forget_guests(foyer.session, over + timedelta(days=30)) == 0
    assert forget_guests(foyer.session, over + timedelta(days=30, seconds=1)) == 1
    assert foyer.session.scalars(select(BookingGuest.id)).all() == []
    assert foyer.session.get_one(Booking, foyer.booking.id).people == 2
