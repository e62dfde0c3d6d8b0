"""Forms about places and what can be booked there."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import Words, same_name, say
from app.domain.spaces.choices import ResourceChoices
from app.domain.spaces.terms import (
    BadPart,
    ClosureDetails,
    DaysBackwards,
    HoursBackwards,
    HoursOverlap,
    LengthsBackwards,
    LocationDetails,
    NameTaken,
    Opening,
    PlanNeeded,
    ResourceDetails,
    UnknownZone,
)
from app.kernel.walltime import zone_names
from app.models import Location
from app.sections import Audience
from app.web.forms import (
    CheckField,
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    MoneyField,
    TextField,
    WholeField,
    id_or_none,
    only_text,
    options,
    without_forbidden,
)

_DAY, _WEEK, _YEAR = 24 * 60, 7 * 24 * 60, 366 * 24 * 60
_FARTHEST_POSITION = 9999

AUDIENCES = {
    Audience.SIGNED_IN: _l("Everybody"),
    Audience.MEMBERS: _l("Members"),
    Audience.CONTACTS: _l("Contacts"),
}
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)


class LocationForm(Form):
    name = TextField(_l("Name"), longest=80)
    address = TextField(_l("Address"), longest=200, required=False)
    zone = ChoiceField(_l("Time zone"))
    position = WholeField(_l("Place in the list"), least=0, most=_FARTHEST_POSITION)

    def __init__(self, location: Location | None = None, zone: str = "", **kwargs: Any) -> None:
        super().__init__(
            obj=location, **({} if location else {"data": {"zone": zone, "position": 0}}), **kwargs
        )
        self.zone.choices = options((name, name.replace("_", " ")) for name in zone_names())

    def details(self) -> LocationDetails:
        return LocationDetails(self.name.data, self.address.data, self.zone.data, self.position.data)


# --- opening hours ---------------------------------------------------------------------------------------------------

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


class ClosureForm(Form):
    first_day = DayField(_l("First day"))
    last_day = DayField(_l("Last day"), required=False)
    yearly = CheckField(_l("Every year"))
    message = TextField(_l("Message"), longest=200, required=False)

    def details(self) -> ClosureDetails:
        return ClosureDetails(
            self.first_day.data,
            self.last_day.data or self.first_day.data,
            self.yearly.data,
            self.message.data,
        )


# --- resources -------------------------------------------------------------------------------------------------------


class ResourceForm(Form):
    name = TextField(_l("Name"), longest=80)
    resource_type_id = ChoiceField(_l("Type"), coerce=id_or_none)
    description = TextField(_l("Description"), longest=2000, required=False, multiline=True)
    level = TextField(_l("Where in the building"), longest=40, required=False)
    position = WholeField(_l("Place in the list"), least=0, most=_FARTHEST_POSITION)
    capacity = WholeField(_l("People"), least=1, most=5000)
    units = WholeField(_l("Bookings at once"), least=1, most=500)
    amenity_ids = ChoicesField(_l("What it has"))
    audience = ChoiceField(_l("Who may book it"), choices=options(AUDIENCES.items()))
    for_plans_only = CheckField(_l("Only with one of these plans"))
    plan_ids = ChoicesField(_l("Plans"))
    min_minutes = WholeField(_l("Shortest booking"), least=1, most=_WEEK)
    max_minutes = WholeField(_l("Longest booking"), least=1, most=_WEEK)
    grid_minutes = WholeField(_l("Starts every"), least=5, most=_DAY)
    buffer_before = WholeField(_l("Kept free before"), least=0, most=_DAY)
    buffer_after = WholeField(_l("Kept free after"), least=0, most=_DAY)
    notice_minutes = WholeField(_l("Notice"), least=0, most=_YEAR)
    horizon_days = WholeField(_l("How far ahead"), least=1, most=3660, required=False)
    cancel_cutoff_minutes = WholeField(_l("Cancel until"), least=0, most=_YEAR)
    hourly_minor = MoneyField(_l("Price of an hour"), required=False)
    cap_minor = MoneyField(_l("At most"), required=False)
    part_ids = ChoicesField(_l("Made of"))

    def __init__(
        self, choices: ResourceChoices, details: ResourceDetails | None = None, **kwargs: Any
    ) -> None:
        super().__init__(obj=details or _BLANK, **kwargs)
        self.resource_type_id.choices = options(choices.types)
        self.amenity_ids.choices = options(choices.amenities)
        self.plan_ids.choices = options(choices.plans)
        self.part_ids.choices = options(choices.parts)

    def details(self) -> ResourceDetails:
        given = {name: self[name].data for name in ResourceDetails.__dataclass_fields__}
        sets = {name: frozenset(given[name] or ()) for name in ("amenity_ids", "plan_ids", "part_ids")}
        return ResourceDetails(**given | sets | {"audience": Audience(given["audience"])})


_BLANK = ResourceDetails(resource_type_id=0, name="")

LOCATION_WORDS: Words = {
    NameTaken: say("name", same_name),
    UnknownZone: say("zone", lambda: _("Choose one from the list.")),
}
HOURS_WORDS: Words = {
    HoursOverlap: lambda refusal: (f"day{refusal.weekday}", _("These openings overlap.")),
    HoursBackwards: lambda refusal: (f"day{refusal.weekday}", _("The later time comes last.")),
}
CLOSURE_WORDS: Words = {DaysBackwards: say("last_day", lambda: _("The last day comes after the first."))}
RESOURCE_WORDS: Words = {
    NameTaken: say("name", lambda: _("Another one at this location has this name.")),
    LengthsBackwards: say("max_minutes", lambda: _("The longest booking is shorter than the shortest.")),
    PlanNeeded: say("plan_ids", lambda: _("Choose a plan, or nobody could book it.")),
    BadPart: say("part_ids", lambda: _("A part cannot be made of parts itself, nor belong to two storeys.")),
}
