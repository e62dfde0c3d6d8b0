"""Repeating bookings on pages: the form that says how, a row for each date, and why not. For members and for staff alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext
from werkzeug.datastructures import MultiDict

from app.domain.booking.moving import ChangedMeanwhile
from app.domain.booking.repeating import (
    MOST_INTERVAL,
    BadPattern,
    Every,
    NoDates,
    Pattern,
    TooFarAhead,
    TooManyDates,
    which_weekday,
)
from app.domain.booking.series_terms import (
    AllElsewhere,
    Moved,
    NoneChosen,
    NothingToChange,
    Occurrence,
    Preview,
)
from app.domain.booking.series_view import SeriesDate, SeriesView
from app.domain.booking.terms import (
    TITLE_LENGTH,
    FeeChanged,
    Malformed,
    NotBookable,
    NotPermitted,
    Obstacle,
    OutOfReach,
    ReasonNeeded,
)
from app.domain.booking.when_paid import PaidAtOnce
from app.domain.credits.terms import CreditChanged
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, day_on, minute_face
from app.web import sentences, wording
from app.web.forms import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    TextField,
    WholeField,
    options,
    parse_clock,
    parse_day,
)
from app.web.series_words import missed_words, which_words

_MOST_TYPED = 1_000_000
"""What may be typed as a number of dates: how many there may be, the rules say."""


class RepeatForm(Form):
    """How often it comes again, and until when. Read from the address, so that what it leads to can be kept and gone back to."""

    every = ChoiceField(_l("Repeat"))
    interval = WholeField(_l("Every how many?"), least=1, most=MOST_INTERVAL)
    weekdays = ChoicesField(_l("On which days"), coerce=int)
    until = DayField(_l("Until"), required=False)
    count = WholeField(_l("or how many times"), least=1, most=_MOST_TYPED, required=False)
    title = TextField(_l("What is it for?"), longest=TITLE_LENGTH, required=False)

    def __init__(self, start: date, asked: MultiDict[str, str] | None) -> None:
        first = {"every": Every.WEEK.value, "interval": 1, "weekdays": [start.weekday()], "count": 10}
        super().__init__(formdata=asked, data=first, meta={"csrf": False})
        # Of a fifth weekday, which is the last, both would say the same
        twice = Every.MONTH_LAST if which_weekday(start) < 0 and self.every.data != Every.MONTH_LAST else None
        self.every.choices = options(
            (each.value, say(start)) for each, say in _EVERY.items() if each is not twice
        )
        self.weekdays.choices = options((each, wording.short_weekday(day_on(each))) for each in range(7))

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that it ends in one way."""
        valid = bool(super().validate(extra_validators))
        if valid and (self.until.data is None) is (self.count.data is None):
            self.say("until", _("Say until when, or how many times: one of the two."))
            return False
        return valid

    def pattern(self, start: date) -> Pattern:
        every = Every(self.every.data)
        weekdays = frozenset(self.weekdays.data or ()) if every is Every.WEEK else frozenset()
        return Pattern(start, every, self.interval.data, weekdays, self.until.data, self.count.data)


def _of_months(start: date, which: int) -> str:
    day = wording.weekday_inside(start)
    return _("Every month, on the %(which)s %(day)s", which=which_words(which), day=day)


_EVERY: dict[Every, Callable[[date], str]] = {
    Every.DAY: lambda _start: _("Every day"),
    Every.WEEK: lambda _start: _("Every week"),
    Every.MONTH_DATE: lambda _start: _("Every month, on that date"),
    Every.MONTH_WEEKDAY: lambda start: _of_months(start, which_weekday(start)),
    Every.MONTH_LAST: lambda start: _of_months(start, -1),
    Every.YEAR: lambda _start: _("Every year"),
}


@dataclass(frozen=True, slots=True)
class DateRow:
    """One date to choose: what its checkbox and its time say, and what it comes to."""

    day: str
    """`2026-12-07`: of the rule."""
    title: str
    on: str
    """`2026-12-08`: where it goes, as the field holds it."""
    at: str
    """`10:00`, as the field holds it."""
    wanted: bool
    chosen: bool
    """It is wanted, and can be had."""
    free: bool
    state: str
    price: str


def date_rows(preview: Preview) -> list[DateRow]:
    """Every date of a preview; those that cannot be had are not chosen."""
    tz = ZoneInfo(preview.zone)
    return [_row(each, tz) for each in preview.occurrences]


def _row(each: Occurrence, tz: ZoneInfo) -> DateRow:
    local = each.span.start.astimezone(tz)
    free = pgettext("room", "Free")
    return DateRow(
        day=each.day.isoformat(),
        title=wording.full_day(local.date()),
        on=local.date().isoformat(),
        at=clock_face(local),
        wanted=each.wanted,
        chosen=each.wanted and each.free,
        free=each.free,
        state=free if each.free else obstacles_words(each.obstacles, tz),
        price=wording.price(each.price.total) if each.price else "",
    )


def obstacles_words(against: Sequence[Obstacle], tz: ZoneInfo) -> str:
    """All that stands against a date."""
    return ". ".join(sentences.obstacle_sentence(each, tz) for each in against)


@dataclass(frozen=True, slots=True)
class Sum:
    """What all chosen dates come to, in words, and what is left to pay of it in minor units."""

    lines: list[tuple[str, str]]
    total: tuple[str, str]
    due_minor: int


def sum_of(preview: Preview) -> Sum:
    dates, due = len(preview.chosen), preview.due_minor
    currency = preview.currency or "EUR"
    credit = preview.total_minor - due
    lines = [
        (
            ngettext("%(num)s date", "%(num)s dates", dates),
            wording.money(Money(preview.total_minor, currency)),
        )
    ]
    if credit:
        lines.append((pgettext("credit", "Credit"), wording.money(Money(-credit, currency))))
    return Sum(
        lines,
        (_("Together"), wording.money(Money(due, currency))),
        due,
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the checkboxes and times of a sent page say."""

    days: frozenset[date]
    moved: dict[date, Moved]


def chosen_dates(starts: int, minutes: int, shown: int | None = None) -> Chosen:
    """Read them off the form; what no form of ours sends counts as nothing. A day and a time that are the usual ones move nothing.

    `shown` is the usual time as the page in hand had it, where the form may say another one by now.
    """
    days = frozenset(filter(None, map(_day, request.form.getlist("take"))))
    moved = {}
    for name, typed in request.form.items():
        day = _day(name.removeprefix("at-")) if name.startswith("at-") else None
        if day is None:
            continue
        at = _minutes(typed)
        if at is None or at == (starts if shown is None else shown):
            at = starts
        on = _day(request.form.get(f"on-{day.isoformat()}", "")) or day
        if (on, at) != (day, starts):
            moved[day] = Moved(on, at, minutes)
    return Chosen(days, moved)


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    try:
        at = parse_clock(text.strip())
    except ValueError:
        return None
    return at.hour * 60 + at.minute


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One date of a series that is there."""

    href: str
    title: str
    when: str
    detail: str
    over: bool
    left_out: bool


def series_rows(view: SeriesView, booking_href: str) -> list[SeriesRow]:
    """Its dates; `booking_href` is the address of a booking up to its id."""
    tz = ZoneInfo(view.zone)
    return [_series_row(each, tz, booking_href) for each in view.dates]


def _series_row(each: SeriesDate, tz: ZoneInfo, booking_href: str) -> SeriesRow:
    return SeriesRow(
        href=f"{booking_href}{each.booking_id}" if each.booking_id else "",
        title=wording.full_day(each.span.start.astimezone(tz).date()),
        when=wording.clock(each.span, tz),
        detail=_detail(each),
        over=each.over,
        left_out=each.booking_id is None,
    )


def _detail(each: SeriesDate) -> str:
    if each.booking_id is None or each.price is None:
        return _("Left out")
    if each.over:
        return pgettext("date of a series", "Over")
    price = wording.price(each.price)
    if each.elsewhere:
        return _("Moved to %(room)s, %(price)s", room=each.elsewhere, price=price)
    return _("Moved, %(price)s", price=price) if each.moved else price


def usual_time(view: SeriesView) -> str:
    """`10:00 – 11:00`, as it usually is."""
    return f"{minute_face(view.starts)} – {minute_face((view.starts + view.minutes) % (24 * 60))}"


def explain(error: Refusal, tz: ZoneInfo) -> str:
    """A refusal of any verb of series as what the person reads. Raises what it has no words for."""
    match error:
        case TooManyDates():
            return _(
                "One booking can repeat on at most %(num)s dates. Choose an earlier end.", num=error.most
            )
        case TooFarAhead():
            return _(
                "Dates can be booked until %(day)s. Choose an earlier end.", day=wording.full_day(error.last)
            )
        case FeeChanged() | PaidAtOnce():
            return sentences.refusal(error, tz)
        case NothingToChange() if error.late:
            return _("It is too late to change these dates here. The front desk can still help.")
        case NotBookable():
            return sentences.obstacles_sentence(error.obstacles, tz)
    plain = _PLAIN.get(type(error))
    if plain is None:
        raise error
    return plain()


_PLAIN: Mapping[type[Refusal], Callable[[], str]] = {
    NoDates: lambda: _("No date comes before that end. Choose a later one."),
    BadPattern: lambda: _("Say how often it repeats."),
    NoneChosen: lambda: _("Choose at least one date."),
    NothingToChange: lambda: _("No date in that range is still to come, so nothing was changed."),
    AllElsewhere: lambda: _("These dates are in another room. Open each of them to change it."),
    CreditChanged: lambda: _("The price has changed meanwhile. Look at it again, and book if it suits you."),
    ReasonNeeded: lambda: _("Say why."),
    ChangedMeanwhile: lambda: _(
        "Somebody else has changed these dates meanwhile. Below they are as they are now: go on if you still like."
    ),
    OutOfReach: lambda: _("That is longer or further away than anybody can book."),
    Malformed: lambda: _("Say when and for how long."),
    NotPermitted: lambda: _("You may not book for them."),
}


def not_bookable() -> str:
    """Above the dates, which say each for itself why."""
    return _(
        "Some dates cannot be had any more. Nothing is booked yet: leave them out, or change their time."
    )


def late_words(late: Sequence[date]) -> str:
    """What stayed because its cut-off had passed; empty where nothing did."""
    if not late:
        return ""
    return ngettext(
        "%(num)s date stays: it is too late to change it here.",
        "%(num)s dates stay: it is too late to change them here.",
        len(late),
    )


def elsewhere_words(days: Sequence[date]) -> str:
    """What stayed because it is in another room; empty where nothing is."""
    if not days:
        return ""
    return ngettext(
        "%(num)s date stays: it is in another room. Open it to change it.",
        "%(num)s dates stay: they are in another room. Open each of them to change it.",
        len(days),
    )


def times_of(span: Span, tz: ZoneInfo) -> tuple[date, int, int]:
    """(local day, minutes after midnight on the wall, length in minutes) of a span."""
    local = span.start.astimezone(tz)
    return local.date(), local.hour * 60 + local.minute, span.minutes


def strike_words(view: SeriesView) -> str:
    """How often in a row nobody came, and what comes of it; empty where they came, and where that ends nothing."""
    if not view.strikes:
        return ""
    more = view.strike_limit - view.strikes
    if more <= 1:
        then = _("If nobody comes once more, all dates to come are cancelled.")
    else:
        then = _(
            "After %(num)s times in a row all dates to come are cancelled; whoever comes once begins anew.",
            num=view.strike_limit,
        )
    return f"{missed_words(view.strikes)} {then}"
