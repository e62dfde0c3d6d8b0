"""What a room would cost somebody, before it is booked for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import Catalogue
from app.domain.booking.claim import check_shape
from app.domain.booking.paying import ByCredit, would_pay
from app.domain.booking.pricing import agreed_price
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import check_reach
from app.domain.booking.terms import BookRoom


@dataclass(frozen=True, slots=True)
class Asked:
    """The price, and what credit would pay of it."""

    quote: Quote | None
    """None where no rate says it, and nothing was agreed."""
    paid: ByCredit
    rated: bool
    """A rate says it; else it is what staff agreed on."""

    @property
    def due_minor(self) -> int | None:
        """What credit would not pay."""
        return None if self.quote is None else self.quote.total_minor - self.paid.total_minor


def ask_price(session: Session, actor: Actor, catalogue: Catalogue, wish: BookRoom, now: datetime) -> Asked:
    """What staff would book that for, whatever else stands against it; two statements. `catalogue` was recalled for whose booking
    it will be. Writes nothing.

    Raises Malformed, OutOfReach, and NotFound for a room that is not there and a person who can have none.
    """
    check_shape(wish)
    check_reach(wish.span, now)
    whom = wish.for_person_id or actor.person_id
    bookable = catalogue.room(wish.resource_id)
    asker = asker_for(session, actor, whom, catalogue, now)
    quote = catalogue.price(bookable, wish.span, asker, now)
    rated = quote is not None
    if quote is None and wish.agreed_minor is not None:
        quote = agreed_price(wish.span, wish.agreed_minor, catalogue.currency)
    if quote is None:
        return Asked(None, ByCredit(), rated)
    return Asked(quote, would_pay(session, whom, wish.resource_id, quote.as_json(), now), rated)
