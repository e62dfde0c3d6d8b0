"""The forms of a series that is there: which of its dates, and what is to become of them. For members and for staff alike."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.rules import LONGEST
from app.domain.booking.series_rows import Range
from app.domain.booking.series_view import SeriesView
from app.domain.booking.terms import REASON_LENGTH
from app.web import auth
from app.web.database import session
from app.web.forms import (
    CheckField,
    ChoiceField,
    ClockField,
    DayField,
    Form,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)
from app.web.moving_form import room_options

_LONGEST = int(LONGEST.total_seconds() // 60)


class RangeForm(Form):
    """Which dates: all, from a day on, or those of a stretch."""

    which = SegmentField(_l("Which dates"))
    first = DayField(_l("From"), required=False)
    last = DayField(_l("Until"), required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.which.choices = options(
            (("all", _("All to come")), ("from", _("From a day on")), ("stretch", _("A stretch of days")))
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that the days which are needed are there and in order."""
        valid = bool(super().validate(extra_validators))
        needed = {"from": ("first",), "stretch": ("first", "last")}.get(self.which.data, ())
        for name in needed:
            if valid and self[name].data is None and not self[name].errors:
                self.say(name, _("Choose a day."))
                valid = False
        if valid and len(needed) == 2 and self.first.data > self.last.data:
            self.say("last", _("It ends before it begins."))
            return False
        return valid

    @property
    def range(self) -> Range:
        match self.which.data:
            case "from":
                return Range(first=self.first.data)
            case "stretch":
                return Range(self.first.data, self.last.data)
        return Range()


class LeavingForm(Form):
    """What becomes of dates that cost something when they are cancelled."""

    waive = CheckField(_l("Waive it"))
    keep_late = CheckField(_l("Keep those that cost something"))
    fee = HiddenField()
    """What cancelling costs, as the page said."""


class CancelForm(RangeForm, LeavingForm):
    reason = TextField(_l("Why?"), longest=REASON_LENGTH, required=False)


class CancelDatesForm(LeavingForm):
    """From a day to another; an open end ends the series there."""

    first = DayField(_l("From"), required=False)
    last = DayField(_l("Until"), required=False)
    reason = TextField(_l("Reason"), longest=REASON_LENGTH)

    @property
    def range(self) -> Range:
        return Range(self.first.data, self.last.data)


class MoveForm(RangeForm):
    """Where the dates of a range are to be."""

    resource_id = ChoiceField(_l("Room"), coerce=id_or_none)
    at = ClockField(_l("New time"))
    minutes = WholeField(_l("Minutes"), least=1, most=_LONGEST)
    sequence = HiddenField()
    """How often the series had been changed when the page was made."""

    def __init__(self, view: SeriesView, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        revision = auth.portal().revision
        catalogue = recall_catalogue(session(), revision, view.location_id, view.person_id, auth.now())
        self.resource_id.choices = room_options(catalogue, view.resource_id)

    @property
    def starts(self) -> int:
        at = self.at.data
        return int(at.hour * 60 + at.minute)

    @property
    def ranged_words(self) -> str:
        """The range as one word, by which a page knows that the dates in it are those that it asked about."""
        found = self.range
        return f"{found.first or ''}/{found.last or ''}"


class UntilForm(Form):
    """Read from the address, too, so without a token of its own: whatever is sent is held to one by all of the portal."""

    until = DayField(_l("Until"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(meta={"csrf": False}, **kwargs)


def range_of_address() -> dict[str, Any]:
    """A link beside one date asks for that date and later ones."""
    try:
        first = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return {"which": "all"}
    return {"which": "from", "first": first}
