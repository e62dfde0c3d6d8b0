"""Forms about places and what can be booked there."""

from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import same_name
from app.domain.booking.no_shows import MOST_MINUTES
from app.domain.spaces.choices import ResourceChoices
from app.domain.spaces.terms import (
    DAY_ENDS,
    MOST_UNITS,
    BadPart,
    LengthsBackwards,
    LocationDetails,
    NameTaken,
    NameTwice,
    PlanNeeded,
    ResourceDetails,
    TeamNeeded,
    TooManyNames,
    UnknownZone,
)
from app.kernel.walltime import zone_names
from app.models import Location, ResourceVisibility
from app.sections import Audience
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    ChoicesField,
    Form,
    MoneyField,
    TextField,
    WholeField,
    id_or_none,
    options,
)

_DAY, _WEEK, _YEAR = 24 * 60, 7 * 24 * 60, 366 * 24 * 60
_FARTHEST_POSITION = 9999
_UNIT_NAME = 40

AUDIENCES = {
    Audience.SIGNED_IN: _l("Everybody"),
    Audience.MEMBERS: _l("Members"),
    Audience.CONTACTS: _l("Contacts"),
}


VISIBILITIES = {
    ResourceVisibility.LISTED: _l("In lists and grids"),
    ResourceVisibility.LINK: _l("By its link only"),
    ResourceVisibility.STAFF: _l("Nowhere, the front desk books it"),
}


class LocationForm(Form):
    name = TextField(_l("Name"), longest=80)
    address = TextField(_l("Address"), longest=200, required=False)
    zone = ChoiceField(_l("Time zone"))
    position = WholeField(_l("Place in the list"), least=0, most=_FARTHEST_POSITION)

    zone_agreed = TextField(_l("Time zone"), longest=64, required=False)
    """The zone to which they agreed that bookings go along; in sight only as a sentence."""
    day_ends_hour = WholeField(_l("A day pass holds until"), least=0, most=12, required=False)

    def __init__(self, location: Location | None = None, zone: str = "", **kwargs: Any) -> None:
        blank = {"zone": zone, "position": 0, "day_ends_hour": DAY_ENDS // 60}
        known = {"day_ends_hour": location.day_ends // 60} if location else blank
        super().__init__(obj=location, data=known, **kwargs)
        self.zone.choices = options((name, name.replace("_", " ")) for name in zone_names())

    @property
    def agreed(self) -> bool:
        return bool(self.zone.data) and self.zone_agreed.data == self.zone.data

    def details(self) -> LocationDetails:
        hour = self.day_ends_hour.data
        day_ends = DAY_ENDS if hour is None else hour * 60
        return LocationDetails(
            self.name.data, self.address.data, self.zone.data, self.position.data, day_ends
        )


class ResourceForm(Form):
    name = TextField(_l("Name"), longest=80)
    resource_type_id = ChoiceField(_l("Type"), coerce=id_or_none)
    description = TextField(_l("Description"), longest=2000, required=False, multiline=True)
    level = TextField(_l("Where in the building"), longest=40, required=False)
    position = WholeField(_l("Place in the list"), least=0, most=_FARTHEST_POSITION)
    capacity = WholeField(_l("People"), least=1, most=5000)
    units = WholeField(_l("Bookings at once"), least=1, most=MOST_UNITS)
    unit_names = TextField(_l("What they are called"), longest=20_000, required=False, multiline=True)
    amenity_ids = ChoicesField(_l("What it has"))
    audience = ChoiceField(_l("Who may book it"), choices=options(AUDIENCES.items()))
    visibility = ChoiceField(_l("Where members see it"), choices=options(VISIBILITIES.items()))
    needs_approval = CheckField(_l("Wait for our approval"))
    for_plans_only = CheckField(_l("Only with one of these plans"))
    plan_ids = ChoicesField(_l("Plans"))
    for_teams_only = CheckField(_l("Only for people of these teams"))
    team_ids = ChoicesField(_l("Teams"))
    min_minutes = WholeField(_l("Shortest booking"), least=1, most=_WEEK)
    max_minutes = WholeField(_l("Longest booking"), least=1, most=_WEEK)
    grid_minutes = WholeField(_l("Starts every"), least=5, most=_DAY)
    buffer_before = WholeField(_l("Kept free before"), least=0, most=_DAY)
    buffer_after = WholeField(_l("Kept free after"), least=0, most=_DAY)
    notice_minutes = WholeField(_l("Notice"), least=0, most=_YEAR)
    horizon_days = WholeField(_l("How far ahead"), least=1, most=3660, required=False)
    cooldown_minutes = WholeField(_l("Between bookings of it"), least=0, most=_WEEK)
    cooldown_any_minutes = WholeField(_l("Between it and any other"), least=0, most=_WEEK)
    cancel_cutoff_minutes = WholeField(_l("Cancel until"), least=0, most=_YEAR)
    release_minutes = WholeField(
        _l("Freed when nobody checks in"), least=0, most=MOST_MINUTES, required=False
    )
    hourly_minor = MoneyField(_l("Price of an hour"), required=False)
    cap_minor = MoneyField(_l("At most"), required=False)
    part_ids = ChoicesField(_l("Made of"))

    def __init__(
        self, choices: ResourceChoices, details: ResourceDetails | None = None, **kwargs: Any
    ) -> None:
        known = details or _BLANK
        super().__init__(data=asdict(known) | {"unit_names": "\n".join(known.unit_names)}, **kwargs)
        self.resource_type_id.choices = options(choices.types)
        self.amenity_ids.choices = options(choices.amenities)
        self.plan_ids.choices = options(choices.plans)
        self.team_ids.choices = options(choices.teams)
        self.part_ids.choices = options(choices.parts)

    def validate_unit_names(self, _field: TextField) -> None:
        """Each as short as it is shown."""
        if any(len(line) > _UNIT_NAME for line in self._lines()):
            raise ValidationError(_("A name has at most %(most)s letters.", most=_UNIT_NAME))

    def _lines(self) -> list[str]:
        lines = (self.unit_names.data or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def details(self) -> ResourceDetails:
        given = {
            name: self[name].data for name in ResourceDetails.__dataclass_fields__ if name != "unit_names"
        }
        sets = {name: frozenset(given[name] or ()) for name in _SETS}
        words = {
            "unit_names": tuple(self._lines()),
            "audience": Audience(given["audience"]),
            "visibility": ResourceVisibility(given["visibility"]),
        }
        return ResourceDetails(**given | sets | words)


_SETS = "amenity_ids", "plan_ids", "team_ids", "part_ids"
_BLANK = ResourceDetails(resource_type_id=0, name="")

LOCATION_WORDS: Words = {
    NameTaken: say("name", same_name),
    UnknownZone: say("zone", lambda: _("Choose one from the list.")),
}
RESOURCE_WORDS: Words = {
    NameTaken: say("name", lambda: _("Another one at this location has this name.")),
    LengthsBackwards: say("max_minutes", lambda: _("The longest booking is shorter than the shortest.")),
    PlanNeeded: say("plan_ids", lambda: _("Choose a plan, or nobody could book it.")),
    TeamNeeded: say("team_ids", lambda: _("Choose a team, or nobody could book it.")),
    TooManyNames: say("unit_names", lambda: _("There are more names than bookings at once.")),
    NameTwice: say("unit_names", lambda: _("Two have the same name.")),
    BadPart: say("part_ids", lambda: _("A part cannot be made of parts itself, nor belong to two storeys.")),
}
