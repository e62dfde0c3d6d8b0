"""Resource types: what a sort of room costs, and how it is drawn."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.lists import SmallList
from app.blueprints.admin.routes import blueprint
from app.domain.actor import Permission
from app.domain.spaces.lists import TypeDetails
from app.models import ResourceType
from app.web.access import staff
from app.web.forms import ChoiceField, Form, MoneyField, TextField, WholeField, options

_KINDS = {
    "room": _l("Meeting room"),
    "booth": _l("Phone booth"),
    "hall": _l("Hall"),
    "desk": _l("Desk"),
    "studio": _l("Studio"),
    "event": _l("Event space"),
}


class TypeForm(Form):
    name = TextField(_l("Name"), longest=80)
    picture_kind = ChoiceField(_l("Drawn as"), choices=options(_KINDS.items()))
    hourly_minor = MoneyField(_l("Price of an hour"))
    cap_minor = MoneyField(_l("At most"), required=False)
    position = WholeField(_l("Place in the list"), least=0, most=9999)

    def __init__(self, resource_type: ResourceType | None, **kwargs: Any) -> None:
        blank = {} if resource_type else {"data": {"position": 0, "hourly_minor": 0}}
        super().__init__(obj=resource_type, **blank, **kwargs)


_LIST = SmallList(
    "resource_types",
    ResourceType,
    TypeForm,
    lambda form: TypeDetails(
        form.name.data,
        form.picture_kind.data,
        form.hourly_minor.data,
        form.cap_minor.data,
        form.position.data,
    ),
)


@blueprint.get("/resource-types")
@staff(Permission.SPACES)
def resource_types_index() -> Response:
    return _LIST.index()


@blueprint.post("/resource-types")
@staff(Permission.SPACES)
def resource_types_create() -> Response:
    return _LIST.save(None)


@blueprint.get("/resource-types/<int:entry_id>")
@staff(Permission.SPACES)
def resource_types_show(entry_id: int) -> Response:
    return _LIST.show(entry_id)


@blueprint.post("/resource-types/<int:entry_id>")
@staff(Permission.SPACES)
def resource_types_update(entry_id: int) -> Response:
    return _LIST.save(entry_id)


@blueprint.post("/resource-types/<int:entry_id>/removal")
@staff(Permission.SPACES)
def resource_types_destroy(entry_id: int) -> Response:
    return _LIST.remove(entry_id)
