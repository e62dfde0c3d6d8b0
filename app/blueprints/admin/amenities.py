"""Amenities: what a room can have, each with an icon."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.lists import SmallList
from app.blueprints.admin.routes import blueprint
from app.domain.actor import Permission
from app.domain.spaces.lists import AmenityDetails
from app.models import Amenity
from app.web.access import staff
from app.web.forms import Form, SegmentField, TextField, WholeField, options

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


class AmenityForm(Form):
    name = TextField(_l("Name"), longest=60)
    icon = SegmentField(_l("Icon"), choices=options((icon, icon) for icon in ICONS), default=ICONS[0])
    position = WholeField(_l("Place in the list"), least=0, most=9999)

    def __init__(self, amenity: Amenity | None, **kwargs: Any) -> None:
        super().__init__(obj=amenity, **({} if amenity else {"data": {"position": 0}}), **kwargs)


_LIST = SmallList(
    "amenities",
    Amenity,
    AmenityForm,
    lambda form: AmenityDetails(form.name.data, form.icon.data, form.position.data),
)


@blueprint.get("/amenities")
@staff(Permission.SPACES)
def amenities_index() -> Response:
    return _LIST.index()


@blueprint.post("/amenities")
@staff(Permission.SPACES)
def amenities_create() -> Response:
    return _LIST.save(None)


@blueprint.get("/amenities/<int:entry_id>")
@staff(Permission.SPACES)
def amenities_show(entry_id: int) -> Response:
    return _LIST.show(entry_id)


@blueprint.post("/amenities/<int:entry_id>")
@staff(Permission.SPACES)
def amenities_update(entry_id: int) -> Response:
    return _LIST.save(entry_id)


@blueprint.post("/amenities/<int:entry_id>/removal")
@staff(Permission.SPACES)
def amenities_destroy(entry_id: int) -> Response:
    return _LIST.remove(entry_id)
