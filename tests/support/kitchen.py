"""A house that offers extras, and people who order them with their bookings."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.book import book
from app.domain.booking.mine import show
from app.domain.booking.terms import BookRoom
from app.domain.extras.choosing import order, orderable
from app.domain.extras.keeping import create_extra
from app.domain.extras.showing import ordered
from app.domain.extras.terms import ExtraDetails
from app.kernel.errors import Refusal
from app.kernel.spans import Span
from app.models import AuditEntry, Booking, ExtraPricing, ResourceType
from tests.support.tariffs import Tariffs
from tests.support.world import TenantWorld

START = date(2026, 3, 10)


class Kitchen(Tariffs):
    """A tenant whose rooms and lunches are billed with 20 %, at nine in the morning."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        super().__init__(session, tenant, START)
        session.get_one(ResourceType, tenant.types["Meeting room"]).tax_rate_id = self.rates[20]
        session.commit()

    def offer(self, name: str = "Lunch", price: int = 900, **more: Any) -> int:
        known = {"pricing": ExtraPricing.PERSON, "tax_rate_id": self.rates[20], **more}
        details = ExtraDetails(name, price_minor=price, **known)
        return int(self.do(create_extra, self.owner, details, self.now).id)

    def do(self, verb: Any, *args: Any, **more: Any) -> Any:
        """Run a verb and commit, or roll back when it refuses."""
        try:
            done = verb(self.session, *args, **more)
        except Refusal:
            self.session.rollback()
            raise
        self.session.commit()
        return done

    def wish(self, hour: int = 12, minutes: int = 60, room: str = "Fern", days: int = 1) -> BookRoom:
        start = datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + timedelta(days=days)
        return BookRoom(self.tenant.rooms[room], Span(start, start + timedelta(minutes=minutes)), 2)

    def book(self, who: str = "member", **wish: Any) -> Booking:
        booking: Booking = self.do(book, self.who(who), self.wish(**wish), lambda: self.now)
        return booking

    def order(self, booking: Booking, wanted: dict[int, int], actor: Actor | None = None) -> None:
        self.do(order, actor or self.member, booking.id, wanted, lambda: self.now)

    @property
    def member(self) -> Actor:
        return self.who("member")

    def lines(self, booking: Booking) -> list[tuple[str, int, int]]:
        return [(each.name, each.quantity, each.total_minor) for each in ordered(self.session, booking.id)]

    def actions(self) -> list[str]:
        return list(self.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))

    def left(self, booking: Booking) -> dict[str, int | None]:
        view = show(self.session, self.owner, booking.id, self.now)
        return {each.name: each.left for each in orderable(self.session, view, self.now)}
