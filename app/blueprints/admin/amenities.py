"""Amenities: what a room can have, each with an icon."""

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.lists import EntryForm, Line, SmallList, routes_of
from app.domain.spaces.lists import AmenityDetails
from app.models import Amenity
from app.web.forms import SegmentField, TextField, options

ICONS = (
    "monitor",
    "tv",
    "presentation",
    "video",
    "phone",
    "wifi",
    "coffee",
    "printer",
    "accessibility",
    "volume-x",
    "sun",
    "lock",
    "users",
    "layout-grid",
    "camera",
    "package",
)
"""Names in the sprite that say what a room has."""


class AmenityForm(EntryForm):
    name = TextField(_l("Name"), longest=60)
    icon = SegmentField(_l("Icon"), choices=options((icon, icon) for icon in ICONS), default=ICONS[0])

    def details(self) -> AmenityDetails:
        return AmenityDetails(self.name.data, self.icon.data, self.position.data)


blueprint = routes_of(
    SmallList(
        "amenities",
        _l("Amenities"),
        _l("Add an amenity"),
        Amenity,
        AmenityForm,
        AmenityForm.details,
        line=lambda amenity: Line(icon=amenity.icon),
        fields="admin/amenities/_fields.html",
    )
)
