"""A quote in the reader's words: the lines that add up to it, and how it comes about in sentences that a child understands."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from app.domain.booking.paying import ByCredit
from app.domain.booking.quotes import FIXED, Bound, Part, Quote
from app.kernel.money import Money
from app.kernel.spans import Span
from app.models import RateUnit
from app.web import wording
from app.web.invoices import percent


def quote_lines(quote: Quote, tz: ZoneInfo) -> list[tuple[str, str]]:
    """(words, amount) of each part, and of what caps, minimums and a plan's discount do to their sum."""
    lines = [
        (_part_words(part, quote, tz), wording.money(Money(part.minor, quote.currency)))
        for part in (quote.parts if quote.uncapped_minor else ())
    ]
    if quote.agreed:
        lines.append((_("As agreed with the front desk"), wording.money(quote.total)))
    lines += [
        (_bound_words(each, quote.currency), _signed(each.minor, quote.currency)) for each in quote.bounds
    ]
    if quote.discount:
        much = percent(quote.discount.hundredths)
        words = _("%(percent)s off with %(plan)s", percent=much, plan=quote.discount.plan)
        lines.append((words, _signed(-quote.discount_minor, quote.currency)))
    return lines


def reasons(quote: Quote, tz: ZoneInfo) -> list[str]:
    """Why it costs what it costs, sentence by sentence, but for the credit that pays for it.

    Of the span that was priced: a booking that ended early was priced for longer.
    """
    if quote.agreed:
        price = wording.price(quote.total)
        return [_("No rate says what it costs then. %(price)s is agreed with the front desk.", price=price)]
    if not quote.parts:
        return []
    span = Span(quote.parts[0].start, quote.parts[-1].end)
    said = [
        _(
            "The price is for %(length)s, %(when)s.",
            length=wording.minutes(span.minutes),
            when=_stretch(span, tz),
        )
    ]
    said += [_part_reason(part, quote, tz) for part in quote.parts]
    if len(quote.parts) > 1 and (quote.bounds or quote.discount):
        said.append(_("Together that makes %(price)s.", price=_money(quote.uncapped_minor, quote.currency)))
    said += [_bound_reason(bound, quote.currency) for bound in quote.bounds]
    if quote.discount:
        said.append(
            _(
                "The plan %(plan)s takes off %(percent)s of it: %(price)s.",
                plan=quote.discount.plan,
                percent=percent(quote.discount.hundredths),
                price=_money(quote.discount_minor, quote.currency),
            )
        )
    said.append(_("So the room costs %(price)s.", price=wording.price(quote.total)))
    return said


def by_credit_reasons(paid: ByCredit, currency: str) -> list[str]:
    """What credit pays, in a sentence; none where it pays nothing."""
    if not paid:
        return []
    return [_("Credit pays for %(price)s of it.", price=_money(paid.total_minor, currency))]


def credit_lines(paid: ByCredit, currency: str) -> list[tuple[str, str]]:
    """(words, amount) of what credit pays."""
    lines = []
    if paid.minutes:
        words = _("%(length)s of credit", length=wording.minutes(paid.minutes))
        lines.append((words, _signed(-paid.worth_minor, currency)))
    if paid.money_minor:
        lines.append((pgettext("credit", "Credit"), _signed(-paid.money_minor, currency)))
    return lines


def unit_price(unit: str, step_minutes: int, minor: int, currency: str) -> str:
    """`£18.00 an hour`, `£3.00 for each 15 min`."""
    price = _money(minor, currency)
    if unit == RateUnit.STEP:
        return _("%(price)s for each %(length)s", price=price, length=wording.minutes(step_minutes))
    return _UNIT_PRICES[unit]() % {"price": price}


_UNIT_PRICES: dict[str, Callable[[], str]] = {
    RateUnit.HOUR: lambda: pgettext("rate", "%(price)s an hour"),
    RateUnit.HALF_DAY: lambda: pgettext("rate", "%(price)s a half day"),
    RateUnit.DAY: lambda: pgettext("rate", "%(price)s a day"),
    RateUnit.WEEK: lambda: pgettext("rate", "%(price)s a week"),
    RateUnit.MONTH: lambda: pgettext("rate", "%(price)s a month"),
    RateUnit.USE: lambda: pgettext("rate", "%(price)s, however long"),
    FIXED: lambda: pgettext("rate", "%(price)s for the first part"),
}


def _part_words(part: Part, quote: Quote, tz: ZoneInfo) -> str:
    words = _counted(part, quote.currency)
    if len(quote.parts) > 1:
        words = _("%(when)s, %(words)s", when=_stretch(Span(part.start, part.end), tz), words=words)
    return _("%(rate)s: %(words)s", rate=part.name, words=words) if part.name else words


def _counted(part: Part, currency: str) -> str:
    price = _money(part.unit_minor, currency)
    if part.unit == RateUnit.HOUR:
        return _("%(length)s at %(price)s an hour", length=wording.minutes(part.count), price=price)
    if part.unit == RateUnit.STEP:
        length = wording.minutes(part.step_minutes)
        return _("%(num)s times %(length)s at %(price)s", num=part.count, length=length, price=price)
    if part.unit == RateUnit.USE:
        return _("the whole booking")
    if part.unit == FIXED:
        return _("up to %(length)s", length=wording.minutes(Span(part.start, part.end).minutes))
    return _days(part, price)


def _days(part: Part, price: str) -> str:
    if part.unit == RateUnit.HALF_DAY:
        return ngettext(
            "%(num)s half day at %(price)s", "%(num)s half days at %(price)s", part.count, price=price
        )
    if part.unit == RateUnit.DAY:
        return ngettext("%(num)s day at %(price)s", "%(num)s days at %(price)s", part.count, price=price)
    if part.unit == RateUnit.WEEK:
        return ngettext("%(num)s week at %(price)s", "%(num)s weeks at %(price)s", part.count, price=price)
    return ngettext("%(num)s month at %(price)s", "%(num)s months at %(price)s", part.count, price=price)


def _part_reason(part: Part, quote: Quote, tz: ZoneInfo) -> str:
    facts = {
        "when": _stretch(Span(part.start, part.end), tz),
        "rate": part.name,
        "price": unit_price(part.unit, part.step_minutes, part.unit_minor, quote.currency),
        "sum": _money(part.minor, quote.currency),
    }
    if part.name:
        return _("%(when)s goes by “%(rate)s”, %(price)s: %(sum)s.", **facts)
    return _("%(when)s goes by the usual price, %(price)s: %(sum)s.", **facts)


def _bound_words(bound: Bound, currency: str) -> str:
    limit = _money(bound.limit_minor, currency)
    if bound.minor < 0:
        words = _("No booking costs more than %(price)s", price=limit)
    else:
        words = _("No booking costs less than %(price)s", price=limit)
    return _("%(rate)s: %(words)s", rate=bound.name, words=words) if bound.name else words


def _bound_reason(bound: Bound, currency: str) -> str:
    limit, much = _money(bound.limit_minor, currency), _money(abs(bound.minor), currency)
    if bound.minor < 0:
        return _("It never costs more than %(limit)s, so %(price)s comes off.", limit=limit, price=much)
    return _("It costs %(limit)s at least, so %(price)s is added.", limit=limit, price=much)


def _stretch(span: Span, tz: ZoneInfo) -> str:
    """`17:00 – 20:00`, and over several days `Tue 8 Dec 17:00 – Wed 9 Dec 20:00`."""
    first, last = (moment.astimezone(tz).date() for moment in (span.start, span.end))
    if first == last or wording.clock_time(span.end, tz) == "00:00":
        return wording.clock(span, tz)
    days = [wording.short_day(day) for day in (first, last)]
    times = [wording.clock_time(moment, tz) for moment in (span.start, span.end)]
    return f"{days[0]} {times[0]} – {days[1]} {times[1]}"


def _signed(minor: int, currency: str) -> str:
    return ("−" if minor < 0 else "+") + _money(abs(minor), currency)


def _money(minor: int, currency: str) -> str:
    return wording.money(Money(minor, currency))
