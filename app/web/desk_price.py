"""What staff book for somebody would cost, in words, before they book it."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.booking.asking_price import ask_price
from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.quotes import Quote
from app.domain.booking.terms import BookRoom, Malformed, Obstacle, OutOfReach, Reason
from app.domain.portal import Place
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.web import auth, wording
from app.web.database import session
from app.web.prices import tax_note
from app.web.quote_words import by_credit_reasons, credit_lines, quote_lines, reasons
from app.web.sentences import desk_sentence


@dataclass(frozen=True, slots=True)
class DeskPrice:
    """The price before the button. No `total` where there is none yet."""

    lines: list[tuple[str, str]]
    total: tuple[str, str] | None
    why: list[str]
    tax: str
    """Whether that is with tax; empty for what is free."""
    due_minor: int | None
    """What credit would not pay: the form sends it along."""
    problem: str = ""
    """Why there is none, or why nothing was booked at the one that was sent."""
    asks_price: bool = False
    """No rate says what it costs: staff say what is agreed."""


NOTHING = DeskPrice([], None, [], "", None)


def desk_price(place: Place, wish: BookRoom) -> DeskPrice:
    """What that wish would come to for whom it is for; nothing where there is no such booking, which the form says when it is sent."""
    whom, now = wish.for_person_id or auth.signed_in().person_id, auth.now()
    catalogue = recall_catalogue(session(), auth.portal().revision, place.id, whom, now)
    tz = ZoneInfo(place.zone)
    try:
        asked = ask_price(session(), auth.signed_in(), catalogue, wish, now)
    except (Malformed, OutOfReach, NotFound):
        return NOTHING
    if asked.quote is None:
        words = desk_sentence(Obstacle(Reason.NO_PRICE), tz) + "."
        return replace(NOTHING, problem=words, asks_price=True)
    currency = asked.quote.currency
    due = Money(asked.quote.total_minor - asked.paid.total_minor, currency)
    return DeskPrice(
        [*_room_lines(asked.quote, tz), *credit_lines(asked.paid, currency)],
        (_("Together"), wording.money(due)),
        [*reasons(asked.quote, tz), *by_credit_reasons(asked.paid, currency)],
        tax_note() if asked.quote.total_minor else "",
        due.minor,
        asks_price=not asked.rated,
    )


def _room_lines(quote: Quote, tz: ZoneInfo) -> list[tuple[str, str]]:
    return quote_lines(quote, tz) or [(_("Room"), wording.price(quote.total))]


def looked_at(price: DeskPrice, *, seen_another: bool) -> DeskPrice:
    """The same, with why nothing was booked yet: the page in hand had shown another price, or none."""
    if seen_another:
        words = _("The price has changed meanwhile. Look at it again, and go on if it suits you.")
    else:
        words = _("This is what it costs. Book it if that suits.")
    return replace(price, problem=words)
