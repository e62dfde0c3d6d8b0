"""Days of the calendar and times of the clock, and the moments that the two name together."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, TimeInput

from app.kernel.walltime import TimeRepeated, TimeSkipped, clock_face, to_utc
from app.web.forms.base import say
from app.web.forms.reading import ReadField

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class DayField(ReadField):
    """A day of the calendar between 2000 and 2100; None when it may be and is empty."""

    widget = DateInput()

    def read(self, typed: str) -> date:
        return parse_day(typed)

    def write(self, value: date) -> str:
        return value.isoformat()

    def needed(self) -> str:
        return _("Choose a day.")


class BirthdayField(DayField):
    """Any day of the calendar; which ones can be a birthday the rules say."""

    def read(self, typed: str) -> date:
        return _any_day(typed)


def parse_day(typed: str) -> date:
    """The day written as `2026-11-24`. Raises ValidationError for one that the calendar does not have."""
    day = _any_day(typed)
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("Choose a day between 2000 and 2100."))
    return day


def _any_day(typed: str) -> date:
    try:
        return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValidationError(_("There is no such day in the calendar.")) from None


class ClockField(ReadField):
    """A time of day to the minute, as `14:30`; None when it may be and is empty."""

    widget = TimeInput()

    def read(self, typed: str) -> time:
        return parse_clock(typed)

    def write(self, value: time) -> str:
        return clock_face(value)

    def needed(self) -> str:
        return _("Choose a time.")


def parse_clock(typed: str) -> time:
    """The time written as `14:30`; browsers may add seconds. Raises ValidationError."""
    for shape in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(typed, shape).time().replace(second=0)  # noqa: DTZ007 - a time of any day
        except ValueError:
            continue
    raise ValidationError(_("Write a time such as 14:30."))


def moment_of(day: DayField, at: ClockField, tz: ZoneInfo) -> datetime | None:
    """The UTC moment that a day and a time name in the zone; None, with a sentence at the time, when none or two do."""
    if day.data is None or at.data is None:
        return None
    try:
        return to_utc(day.data, at.data, tz)
    except TimeSkipped as skipped:
        say(
            at,
            _(
                "The clocks skip %(time)s that night. The next time there is: %(next)s.",
                time=clock_face(at.data),
                next=clock_face(skipped.next_time),
            ),
        )
    except TimeRepeated:
        say(
            at,
            _(
                "The clocks go back that night, so %(time)s comes twice. Choose a time outside that hour.",
                time=clock_face(at.data),
            ),
        )
    return None
