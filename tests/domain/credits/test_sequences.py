"""Whatever is given, booked, cancelled and left to expire: the balance is the sum of the lines, and never below nothing."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.paying import by_credit
from app.domain.booking.terms import BookRoom
from app.domain.credits.balance import funds_of
from app.domain.credits.granting import ChangeCredit, take
from app.domain.credits.terms import Holder
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, CreditCause, CreditGrant, CreditKind, CreditLine
from tests.support.credits import granted, sums
from tests.support.tariffs import Tariffs

ROOMS = ("Fern", "Cedar", "Rowan")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("time"), st.integers(1, 200), st.integers(1, 72)),
        st.tuples(st.just("money"), st.integers(1, 5000), st.integers(1, 72)),
        st.tuples(st.just("book"), st.integers(1, 12), st.integers(0, 2)),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("take"), st.integers(1, 300), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 30), st.just(0)),
    ),
    min_size=3,
    max_size=16,
)


class _Maya:
    """What she does, one verb a step."""

    def __init__(self, tariffs: Tariffs) -> None:
        self.tariffs, self.session = tariffs, tariffs.session
        self.id = tariffs.tenant.people["member"]
        self.meeting = tariffs.tenant.types["Meeting room"]
        self.made: list[int] = []

    def do(self, what: str, much: int, more: int, number: int) -> None:
        tariffs, session = self.tariffs, self.session
        if what in ("time", "money"):
            types = (self.meeting,) if what == "time" else ()
            until = tariffs.now + timedelta(hours=more)
            granted(session, Holder(self.id), much, *types, until=until, key=f"test:{tariffs.now}:{number}")
        elif what == "book":
            start = (tariffs.now + timedelta(days=2 + len(self.made))).replace(hour=9, minute=0, second=0)
            span = Span(start, start + timedelta(minutes=15 * much))
            wish = BookRoom(tariffs.tenant.rooms[ROOMS[more]], span)
            self.made.append(book(session, tariffs.who("member"), wish, tariffs.clock).id)
        elif what == "cancel" and self.made:
            cancel(session, tariffs.who("member"), self.made[much % len(self.made)], tariffs.clock)
        elif what == "take":
            take(
                session,
                tariffs.owner,
                ChangeCredit(Holder(self.id), CreditKind.TIME, much, (self.meeting,), "Because"),
                tariffs.tick(),
            )
        elif what == "wait":
            tariffs.now += timedelta(hours=much)
        session.commit()


def _check(session: Session, maya: _Maya) -> None:
    session.expire_all()
    left = sums(session)
    assert all(amount >= 0 for amount in left.values())
    now = maya.tariffs.now
    usable = {
        grant.id
        for grant in session.scalars(select(CreditGrant))
        if grant.expires_at is None or grant.expires_at > now
    }
    has = {fund.grant_id: fund.left for fund in funds_of(session, Holder(maya.id), now)}
    assert has == {grant_id: left[grant_id] for grant_id in usable if left[grant_id]}
    for grant in session.scalars(select(CreditGrant)):
        assert left[grant.id] <= grant.amount
    _check_returns(session, maya.made)


def _check_returns(session: Session, made: list[int]) -> None:
    query = (
        select(CreditLine.booking_id, CreditLine.grant_id, CreditLine.cause, func.sum(CreditLine.amount))
        .where(CreditLine.booking_id.is_not(None))
        .group_by(CreditLine.booking_id, CreditLine.grant_id, CreditLine.cause)
    )
    steps = {(booking, grant, cause): int(amount) for booking, grant, cause, amount in session.execute(query)}
    for booking_id in made:
        booking = session.get_one(Booking, booking_id)
        used = {
            g: -n for (b, g, cause), n in steps.items() if b == booking_id and cause is CreditCause.BOOKED
        }
        back = {
            g: n for (b, g, cause), n in steps.items() if b == booking_id and cause is CreditCause.RETURNED
        }
        assert back == (used if booking.status is BookingStatus.CANCELLED else {})
        said = by_credit(booking.quote)
        assert sum(used.values()) == said.minutes + said.money_minor
        assert 0 <= said.total_minor <= booking.price_minor


_EXAMPLES = iter(range(1_000_000))


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_the_balance_is_the_sum_of_the_lines(
    tariffs: Tariffs, session: Session, steps: list[tuple[str, int, int]]
) -> None:
    maya = _Maya(tariffs)
    # Each example goes on from the one before, past everything that was booked in it
    tariffs.now += timedelta(days=40)
    for number, (what, much, more) in enumerate(steps):
        try:
            maya.do(what, much, more, number)
        except Refusal:
            session.rollback()
        _check(session, maya)
