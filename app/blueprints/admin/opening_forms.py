"""Forms about when a place is open: a week's hours, and days on which it stays closed."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.domain.spaces.terms import (
    BookingsWithin,
    ClosureDetails,
    DaysBackwards,
    HoursBackwards,
    HoursOverlap,
    Opening,
)
from app.web.attempts import Words, say
from app.web.forms import CheckField, DayField, Form, TextField, only_text, without_forbidden

_DAY = 24 * 60

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)
_MOST_SPANS = 6


class HoursField(TextField):
    """Opening hours of one day as `9:00-13:00, 14:00-18:00`; empty on a closed day. `data` is the text, `spans` its
    meaning in minutes after midnight."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, longest=120, required=False, **kwargs)
        self.spans: list[tuple[int, int]] = []

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        pieces = [piece.strip() for piece in re.split(r"[,;]", self.data) if piece.strip()]
        if len(pieces) > _MOST_SPANS:
            raise ValidationError(_("At most %(most)s openings a day.", most=_MOST_SPANS))
        self.spans = [_span(piece) for piece in pieces]

    def _value(self) -> str:
        return without_forbidden(only_text(self.raw_data)) if self.raw_data else self.data or ""


def _span(piece: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(piece)
    opens, closes = (_minute(match[1], match[2]), _minute(match[3], match[4])) if match else (-1, -1)
    if not 0 <= opens < closes <= _DAY:
        raise ValidationError(_("Write hours as 9:00-13:00, the later time last; 24:00 is midnight."))
    return opens, closes


def _minute(hour: str, minute: str | None) -> int:
    return int(hour) * 60 + int(minute or 0) if int(minute or 0) < 60 else -1


def hours_text(spans: Iterable[tuple[int, int]]) -> str:
    """`9:00-13:00, 14:00-18:00`."""
    return ", ".join(
        f"{opens // 60}:{opens % 60:02}-{closes // 60}:{closes % 60:02}" for opens, closes in spans
    )


class HoursForm(Form):
    """A week, a line a day."""

    day0 = HoursField(WEEKDAYS[0])
    day1 = HoursField(WEEKDAYS[1])
    day2 = HoursField(WEEKDAYS[2])
    day3 = HoursField(WEEKDAYS[3])
    day4 = HoursField(WEEKDAYS[4])
    day5 = HoursField(WEEKDAYS[5])
    day6 = HoursField(WEEKDAYS[6])

    def __init__(self, openings: Iterable[Opening] = (), **kwargs: Any) -> None:
        days = groupby(sorted(openings), key=lambda opening: opening.weekday)
        given = {f"day{day}": hours_text((each.opens, each.closes) for each in spans) for day, spans in days}
        super().__init__(data=given, **kwargs)

    @property
    def openings_given(self) -> bool:
        """Whether any day has hours, as they were typed."""
        return any(field.data for field in self.days)

    @property
    def days(self) -> list[HoursField]:
        return [self[f"day{day}"] for day in range(7)]

    def openings(self) -> list[Opening]:
        return [Opening(day, *span) for day, field in enumerate(self.days) for span in field.spans]


class ShiftsForm(HoursForm):
    """The same of shifts, on a page that has both."""

    def __init__(self, openings: Iterable[Opening] = (), **kwargs: Any) -> None:
        super().__init__(openings, prefix="shift-", **kwargs)


class ClosureForm(Form):
    first_day = DayField(_l("First day"))
    last_day = DayField(_l("Last day"), required=False)
    yearly = CheckField(_l("Every year"))
    message = TextField(_l("Message"), longest=200, required=False)
    seen = HiddenField()
    """How many bookings within it the page has told of, and of which days."""

    @property
    def known(self) -> int:
        """How many bookings its maker was told of; none where that was of other days."""
        text = only_text(self.seen.raw_data) if self.seen.raw_data else ""
        days, _, count = text.rpartition(" ")
        return int(count) if days == self._asked and re.fullmatch(r"\d{1,6}", count, re.ASCII) else 0

    def tell_of(self, count: int) -> None:
        """Have the form say, when it is sent again, that so many bookings were told of."""
        self.seen.data = f"{self._asked} {count}"
        self.seen.raw_data = None

    @property
    def _asked(self) -> str:
        asked = self.details()
        return f"{asked.first_day} {asked.last_day} {'yearly' if asked.yearly else 'once'}"

    def details(self) -> ClosureDetails:
        return ClosureDetails(
            self.first_day.data,
            self.last_day.data or self.first_day.data,
            self.yearly.data,
            self.message.data,
        )


HOURS_WORDS: Words = {
    HoursOverlap: lambda refusal: (f"day{refusal.weekday}", _("These openings overlap.")),
    HoursBackwards: lambda refusal: (f"day{refusal.weekday}", _("The later time comes last.")),
}
SHIFT_WORDS: Words = {
    HoursOverlap: lambda refusal: (f"day{refusal.weekday}", _("These shifts overlap.")),
    HoursBackwards: lambda refusal: (f"day{refusal.weekday}", _("The later time comes last.")),
}
CLOSURE_WORDS: Words = {
    DaysBackwards: say("last_day", lambda: _("The last day comes after the first.")),
    BookingsWithin: lambda refusal: (
        "",
        ngettext(
            "%(num)s booking lies within these days. It stays as it is unless somebody cancels it. Close then all the same?",
            "%(num)s bookings lie within these days. They stay as they are unless somebody cancels them. Close then all the same?",
            refusal.count,
        ),
    ),
}
