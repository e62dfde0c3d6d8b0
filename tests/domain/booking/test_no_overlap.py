"""Whatever people do in whatever order, no two bookings ever share a unit at the same minute."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import combinations
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold, release
from app.domain.booking.search import search
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import BookRoom, RoomQuery
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Occupancy, Resource, ResourcePart
from tests.domain.booking.conftest import NOW, StandingClock
from tests.support.machines import let_things_happen
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld

ROOMS = ("Fern", "Cedar", "Lark", "Rowan")
PEOPLE = ("member", "colleague")
OPENS, QUARTER = NOW + timedelta(hours=1), timedelta(minutes=15)
WHO, WHICH = st.sampled_from(PEOPLE), st.sampled_from(ROOMS)
SPANS = st.builds(
    lambda start, quarters: Span(OPENS + start * QUARTER, OPENS + (start + quarters) * QUARTER),
    st.integers(0, 16),
    st.integers(1, 10),
)


@pytest.fixture
def parts(session: Session, northlight: TenantWorld) -> TenantWorld:
    """Rowan is made of Fern and the two booths of Lark."""
    rooms = northlight.rooms
    session.add_all(ResourcePart(whole_id=rooms["Rowan"], part_id=rooms[part]) for part in ("Fern", "Lark"))
    session.commit()
    return northlight


def _stay_longer(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
    return extend(session, actor, booking_id, 30, clock)


class People(RuleBasedStateMachine):
    """Two members and a clock, each free to do anything next."""

    open_session: OpenSession
    world: TenantWorld
    answers: ClassVar[Counter[bool]]
    """How often a booking was made, and how often it was refused."""

    @initialize()
    def begin(self) -> None:
        self.clock = StandingClock()
        self.session = self.open_session(self.world.id)
        self.session.execute(delete(Booking))
        self.session.commit()
        # Whatever follows by chance, a free room and a taken one have been asked for.
        for who in PEOPLE:
            self.book_what_is_free(who, "Cedar", Span(OPENS, OPENS + 4 * QUARTER))

    @contextmanager
    def refusing(self) -> Iterator[None]:
        try:
            yield
            self.session.commit()
        except Refusal:
            self.session.rollback()

    @rule(actor=WHO, room=WHICH, span=SPANS)
    def book_what_is_free(self, actor: str, room: str, span: Span) -> None:
        """What a search calls free can be booked, and what it does not cannot."""
        query = RoomQuery(self.world.locations["Leith Walk"], span)
        who, now = self.world.actor(actor), self.clock()
        offered = load_catalogue(self.session, query.location_id, who.person_id, now)
        found = search(self.session, who, offered, query, now)
        free = room in {each.room.name for each in found.free}
        booked = False
        with self.refusing():
            book(self.session, self.world.actor(actor), BookRoom(self.world.rooms[room], span), self.clock)
            booked = True
        assert booked is free
        self.answers[booked] += 1

    @rule(actor=WHO, room=WHICH, span=SPANS)
    def hold_it(self, actor: str, room: str, span: Span) -> None:
        with self.refusing():
            hold(self.session, self.world.actor(actor), BookRoom(self.world.rooms[room], span), self.clock)

    @rule(
        actor=WHO, verb=st.sampled_from([confirm, release, cancel, end_early, _stay_longer]), data=st.data()
    )
    def go_on_with_one(self, actor: str, verb: Any, data: st.DataObject) -> None:
        known = self.session.scalars(select(Booking.id).order_by(Booking.id)).all()
        if known:
            with self.refusing():
                verb(self.session, self.world.actor(actor), data.draw(st.sampled_from(known)), self.clock)

    @rule(minutes=st.sampled_from([1, 9, 10, 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @invariant()
    def no_two_share_a_unit(self) -> None:
        rows = self.session.execute(
            select(Occupancy.resource_id, Occupancy.unit, Occupancy.blocks_from, Occupancy.blocks_until)
        ).all()
        for one, two in combinations(rows, 2):
            same = one[:2] == two[:2]
            assert not (same and one.blocks_from < two.blocks_until and two.blocks_from < one.blocks_until)

    @invariant()
    def every_standing_booking_blocks_its_time_and_nothing_else_does(self) -> None:
        blocked: dict[int | None, timedelta] = {}
        for row in self.session.scalars(select(Occupancy)):
            blocked[row.booking_id] = (
                blocked.get(row.booking_id, timedelta()) + row.blocks_until - row.blocks_from
            )
        for booking, resource in self.session.execute(
            select(Booking, Resource).join(Resource, Resource.id == Booking.resource_id)
        ):
            standing = booking.status in (BookingStatus.CONFIRMED, BookingStatus.HELD)
            length = booking.ends_at - booking.starts_at
            length += timedelta(minutes=resource.buffer_before + resource.buffer_after)
            units = 4 if resource.name == "Rowan" else 1  # itself, Fern and two booths
            assert blocked.pop(booking.id, timedelta()) == (length * units if standing else timedelta())
        assert not blocked

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()


def test_no_two_bookings_overlap_whatever_happens(open_session: OpenSession, parts: TenantWorld) -> None:
    answers: Counter[bool] = Counter()
    here = {"open_session": staticmethod(open_session), "world": parts, "answers": answers}
    let_things_happen(People, **here)
    assert answers[True] > 0
    assert answers[False] > 0
