"""Whatever is booked, moved, made longer, ended and cancelled in whatever order: nothing overlaps, and credit adds up."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import combinations
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.extend import extend
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import BookRoom
from app.domain.credits.terms import Holder
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingStatus,
    CreditGrant,
    CreditKind,
    CreditLine,
    Occupancy,
    Resource,
    UnbilledBooking,
)
from tests.domain.booking.conftest import NOW, StandingClock
from tests.support.credits import granted
from tests.support.machines import let_things_happen
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld

ROOMS = ("Fern", "Cedar", "Lark")
PEOPLE = ("member", "colleague")
OPENS, QUARTER = NOW + timedelta(hours=1), timedelta(minutes=15)
WHO, WHICH = st.sampled_from(PEOPLE), st.sampled_from(ROOMS)
SPANS = st.builds(
    lambda start, quarters: Span(OPENS + start * QUARTER, OPENS + (start + quarters) * QUARTER),
    st.integers(0, 16),
    st.integers(1, 10),
)


def _stay_longer(session: Session, actor: Actor, booking_id: int, clock: StandingClock) -> Booking:
    return extend(session, actor, booking_id, 30, clock)


class People(RuleBasedStateMachine):
    """Two members with a little time and money to spend, and a clock."""

    open_session: OpenSession
    world: TenantWorld
    moved: ClassVar[Counter[bool]]
    """How often a booking moved, and how often it was refused."""
    weeks: ClassVar[list[int]]

    @initialize()
    def begin(self) -> None:
        # A Monday of its own for each, because what was paid by credit stays written for good
        self.weeks.append(len(self.weeks))
        self.later = timedelta(weeks=self.weeks[-1])
        self.clock = StandingClock()
        self.clock.advance(weeks=self.weeks[-1])
        self.session = self.open_session(self.world.id)
        ladder = (Step(1, 100), Step(2, 33))
        set_ladder(self.session, self.world.actor("manager"), None, ladder, self.clock)
        self.session.commit()
        until = self.clock() + timedelta(days=1)
        for who in PEOPLE:
            holder, types = Holder(self.world.people[who]), self.world.types
            key = f"{self.weeks[-1]}:{who}"
            granted(self.session, holder, 75, types["Meeting room"], key=f"time:{key}", until=until)
            granted(self.session, holder, 2000, key=f"money:{key}", until=until)
        for who, room in zip(PEOPLE, ROOMS, strict=False):
            book(
                self.session,
                self.world.actor(who),
                BookRoom(
                    self.world.rooms[room], self.on_that_day(Span(OPENS + 8 * QUARTER, OPENS + 12 * QUARTER))
                ),
                self.clock,
            )
            self.session.commit()

    def on_that_day(self, span: Span) -> Span:
        return Span(span.start + self.later, span.end + self.later)

    def bookings(self) -> list[Booking]:
        """Those of that day."""
        since = Booking.starts_at >= OPENS + self.later
        return list(self.session.scalars(select(Booking).where(since).order_by(Booking.id)))

    @contextmanager
    def refusing(self) -> Iterator[None]:
        try:
            yield
            self.session.commit()
        except Refusal:
            self.session.rollback()

    @rule(actor=WHO, room=WHICH, span=SPANS)
    def book_it(self, actor: str, room: str, span: Span) -> None:
        with self.refusing():
            book(
                self.session,
                self.world.actor(actor),
                BookRoom(self.world.rooms[room], self.on_that_day(span)),
                self.clock,
            )

    @rule(room=WHICH, span=SPANS, data=st.data())
    def move_one(self, room: str, span: Span, data: st.DataObject) -> None:
        """What the quote promised is what comes of it."""
        booking = data.draw(st.sampled_from(self.bookings()))
        if data.draw(st.booleans()):
            room_id, span = booking.resource_id, Span(booking.starts_at, booking.starts_at + span.length)
        else:
            room_id, span = self.world.rooms[room], self.on_that_day(span)
        actor = self.world.actor(
            next(name for name in PEOPLE if self.world.people[name] == booking.person_id)
        )
        command = MoveBooking(room_id, span, seen_sequence=booking.sequence)
        moved = False
        with self.refusing():
            quote = quote_move(self.session, actor, booking.id, command, self.clock())
            found = move(self.session, actor, booking.id, command, self.clock)
            moved = True
            assert quote.obstacles == ()
            assert (found.price_minor, by_credit(found.quote)) == (quote.after.minor, quote.by_credit)
        self.moved[moved] += 1

    @rule(verb=st.sampled_from([cancel, end_early, _stay_longer]), actor=WHO, data=st.data())
    def go_on_with_one(self, verb: Any, actor: str, data: st.DataObject) -> None:
        booking_id = data.draw(st.sampled_from([booking.id for booking in self.bookings()]))
        with self.refusing():
            verb(self.session, self.world.actor(actor), booking_id, self.clock)

    @rule(minutes=st.sampled_from([1, 15, 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @invariant()
    def no_two_share_a_unit(self) -> None:
        rows = self.session.execute(
            select(
                Occupancy.resource_id, Occupancy.unit, Occupancy.blocks_from, Occupancy.blocks_until
            ).where(Occupancy.blocks_from >= NOW + self.later)
        ).all()
        for one, two in combinations(rows, 2):
            same = one[:2] == two[:2]
            assert not (same and one.blocks_from < two.blocks_until and two.blocks_from < one.blocks_until)

    @invariant()
    def every_standing_booking_blocks_its_time_and_nothing_else_does(self) -> None:
        blocked: Counter[int | None] = Counter()
        for row in self.session.scalars(select(Occupancy).where(Occupancy.blocks_from >= NOW + self.later)):
            blocked[row.booking_id] += int((row.blocks_until - row.blocks_from).total_seconds())
        for booking, resource in self.session.execute(
            select(Booking, Resource)
            .join(Resource, Resource.id == Booking.resource_id)
            .where(Booking.starts_at >= OPENS + self.later)
        ):
            length = (booking.ends_at - booking.starts_at).total_seconds()
            length += 60 * (resource.buffer_before + resource.buffer_after)
            standing = booking.status is BookingStatus.CONFIRMED
            assert blocked.pop(booking.id, 0) == (length if standing else 0)
        assert not blocked

    @invariant()
    def no_grant_is_overdrawn_or_grows(self) -> None:
        left = self.session.execute(
            select(CreditGrant.amount, func.sum(CreditLine.amount))
            .join(CreditLine, CreditLine.grant_id == CreditGrant.id)
            .group_by(CreditGrant.id, CreditGrant.amount)
        )
        for given, sum_ in left:
            assert 0 <= sum_ <= given

    @invariant()
    def what_quotes_say_that_credit_pays_is_what_was_used(self) -> None:
        used: Counter[tuple[int | None, CreditKind]] = Counter()
        for booking_id, kind, amount in self.session.execute(
            select(CreditLine.booking_id, CreditGrant.kind, func.sum(-CreditLine.amount))
            .join(CreditGrant, CreditGrant.id == CreditLine.grant_id)
            .where(CreditLine.booking_id.is_not(None))
            .group_by(CreditLine.booking_id, CreditGrant.kind)
        ):
            used[booking_id, kind] = int(amount)
        unbilled = set(self.session.scalars(select(UnbilledBooking.booking_id)))
        for booking in self.bookings():
            standing = booking.status is BookingStatus.CONFIRMED
            paid, fee = by_credit(booking.quote), fee_said(booking.quote)
            kept = paid if standing else fee.kept if fee else ByCredit()
            said = kept.minutes, kept.money_minor
            due = booking.price_minor if standing else fee.due_minor if fee else 0
            assert fee is None or fee.total.minor <= booking.price_minor
            assert (used[booking.id, CreditKind.TIME], used[booking.id, CreditKind.MONEY]) == said
            assert 0 <= paid.total_minor <= booking.price_minor
            assert (booking.id in unbilled) is (due > 0)

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()


def test_nothing_overlaps_and_credit_adds_up_whatever_happens(
    open_session: OpenSession, northlight: TenantWorld
) -> None:
    moved: Counter[bool] = Counter()
    here = {"open_session": staticmethod(open_session), "world": northlight, "moved": moved, "weeks": []}
    let_things_happen(People, **here)
    assert moved[True] > 0
    assert moved[False] > 0
