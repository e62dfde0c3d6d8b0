"""Extras in forms and words: so many of each, what they cost, and why one is not to be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext
from wtforms import Field

from app.domain.booking.terms import AlreadyOver
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import PaidAtOnce
from app.domain.extras.terms import (
    MOST_OF_ONE,
    ExtraGone,
    Orderable,
    TooFewExtras,
    TooLateForExtra,
)
from app.kernel.money import Money
from app.models import ExtraPricing
from app.web import wording
from app.web.attempts import Words, say
from app.web.forms import Form, WholeField
from app.web.language import format_number

PRICINGS = {
    ExtraPricing.BOOKING: _l("Each"),
    ExtraPricing.PERSON: _l("Each person"),
    ExtraPricing.HOUR: _l("Each, by the hour"),
}
_PREFIX = "extra_"

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """An extra that can be chosen. `sentence` stands where it can be changed no more, and `field` is read only then."""

    field: Field | None
    name: str
    description: str
    facts: str
    sentence: str


def with_extras(
    form: type[AnyForm], offers: Sequence[Orderable], data: dict[str, Any] | None = None, **kwargs: Any
) -> AnyForm:
    """That form with a number for each extra that its reader may change, as it is had."""
    fields = {
        field_of(each.offer_id): WholeField(each.name, least=0, most=MOST_OF_ONE, required=False)
        for each in offers
        if not each.settled
    }
    had = {field_of(each.offer_id): each.had for each in offers}
    whole: type[AnyForm] = type(form.__name__, (form,), fields)
    return whole(data={**had, **(data or {})}, **kwargs)


def wanted_of(form: Form, offers: Sequence[Orderable]) -> dict[int, int]:
    """How many of each the form asks for; an empty number is none."""
    names = {each.offer_id: field_of(each.offer_id) for each in offers}
    return {offer_id: form[name].data or 0 for offer_id, name in names.items() if name in form}


def asks_for_more(form: Form, offers: Sequence[Orderable]) -> bool:
    """Whether the form asks for more of anything than is had."""
    wanted = wanted_of(form, offers)
    return any(wanted.get(each.offer_id, each.had) > each.had for each in offers)


def field_of(offer_id: int) -> str:
    return f"{_PREFIX}{offer_id}"


def extra_rows(form: Form, offers: Sequence[Orderable], view: BookingView) -> list[ExtraRow]:
    """What can be chosen, in words. What is settled shows only where it is had."""
    rows = []
    for each in offers:
        name = field_of(each.offer_id)
        if name in form:
            rows.append(ExtraRow(form[name], each.name, each.description, _facts(each, view), ""))
        elif each.had:
            sentence = _("%(count)s ordered. The front desk can still change it.", count=each.had)
            rows.append(ExtraRow(None, each.name, "", "", sentence))
    return rows


def _facts(each: Orderable, view: BookingView) -> str:
    facts = [price_words(each.price_minor, each.pricing, view.price.currency)]
    if each.left is not None:
        facts.append(ngettext("%(num)s to be had", "%(num)s to be had", each.left))
    if each.lead_hours:
        facts.append(ngettext("until %(num)s hour before", "until %(num)s hours before", each.lead_hours))
    if each.cancel_percent:
        facts.append(_("%(percent)s %% owed if cancelled later", percent=format_number(each.cancel_percent)))
    return " · ".join(facts)


def price_words(price_minor: int, pricing: ExtraPricing, currency: str) -> str:
    """`£12.00 per person`."""
    if not price_minor:
        return pgettext("price", "Free")
    price = wording.money(Money(price_minor, currency))
    match pricing:
        case ExtraPricing.BOOKING:
            return _("%(price)s each", price=price)
        case ExtraPricing.PERSON:
            return _("%(price)s per person", price=price)
        case ExtraPricing.HOUR:
            return _("%(price)s each per hour", price=price)


def _too_few(refusal: TooFewExtras) -> tuple[str, str]:
    if not refusal.left:
        return field_of(refusal.offer_id), _("All of them are taken then.")
    return field_of(refusal.offer_id), ngettext(
        "Only %(num)s can be had then.", "Only %(num)s can be had then.", refusal.left
    )


def _too_late(refusal: TooLateForExtra) -> tuple[str, str]:
    return field_of(refusal.offer_id), _("It is too late for that. The front desk can still help.")


def _gone(refusal: ExtraGone) -> tuple[str, str]:
    return field_of(refusal.offer_id), _("That can no longer be had.")


EXTRA_WORDS: Words = {
    TooFewExtras: _too_few,
    TooLateForExtra: _too_late,
    ExtraGone: _gone,
    PaidAtOnce: say(
        "",
        lambda: _("What you add is paid at once. Look at it again, and save it if it suits you."),
    ),
    AlreadyOver: say("", lambda: _("It is over or was cancelled before, so nothing was changed.")),
}
