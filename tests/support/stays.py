"""A tenant whose meeting rooms are billed with 20 %, and people who book them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.billing.unpaid import bill_and_cancel
from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.domain.invoicing.settling import open_minor, receive
from app.domain.invoicing.terms import ReceiveMoney
from app.kernel.spans import Span
from app.models import Booking, Invoice, PaymentWay, PayWhen, ResourceType
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import World

START = date(2026, 3, 10)


class PaidRooms(Tariffs):
    """Those without a plan pay at once, and have half an hour for it."""

    def __init__(self, session: Session, world: World) -> None:
        super().__init__(session, world.northlight, START)
        kind = session.get_one(ResourceType, self.tenant.types["Meeting room"])
        kind.tax_rate_id = self.rates[20]
        session.commit()
        self.choose(contacts_pay=PayWhen.NOW, pay_within_minutes=30)

    def choose(self, **choice: Any) -> None:
        choose_billing(self.session, self.owner, BillingChoice(**choice), self.tick)
        self.session.commit()

    def wish(self, hour: int = 10, minutes: int = 60, days: int = 1, **more: Any) -> BookRoom:
        day = self.today + timedelta(days=days)
        start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        return BookRoom(self.tenant.rooms["Fern"], Span(start, start + timedelta(minutes=minutes)), **more)

    def book(self, who: str = "contact", actor: Actor | None = None, **wish: Any) -> Booking:
        booking = book(self.session, actor or self.who(who), self.wish(**wish), self.tick)
        self.session.commit()
        return booking

    def sweep(self, minutes: int = 0) -> int:
        """What happens every minute, so many minutes from now."""
        self.now += timedelta(minutes=minutes)
        return bill_and_cancel(self.session, WORDS, self.tick)

    def documents(self, who: str = "contact") -> list[tuple[str, int, int]]:
        """Kind, sum and what is open of all that somebody was issued."""
        return [
            (each.kind.value, each.total_minor, open_minor(self.session, each)) for each in self.invoices(who)
        ]

    def pay(self, invoice: Invoice, minor: int | None = None) -> None:
        amount = open_minor(self.session, invoice) if minor is None else minor
        money = ReceiveMoney(invoice.id, PaymentWay.DESK, amount, self.today)
        receive(self.session, self.owner, money, self.today, self.tick())
        self.session.commit()
