"""Resource types: what a sort of room costs, and how it is drawn."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.lists import EntryForm, Line, SmallList, routes_of
from app.domain.spaces.lists import TypeDetails
from app.models import ResourceType
from app.web import wording
from app.web.forms import ChoiceField, MoneyField, TextField, options

_KINDS = {
    "room": _l("Meeting room"),
    "booth": _l("Phone booth"),
    "hall": _l("Hall"),
    "desk": _l("Desk"),
    "studio": _l("Studio"),
    "event": _l("Event space"),
}


class TypeForm(EntryForm):
    blank: ClassVar = {**EntryForm.blank, "hourly_minor": 0}
    name = TextField(_l("Name"), longest=80)
    picture_kind = ChoiceField(_l("Drawn as"), choices=options(_KINDS.items()))
    hourly_minor = MoneyField(_l("Price of an hour"))
    cap_minor = MoneyField(_l("At most"), required=False)

    def details(self) -> TypeDetails:
        return TypeDetails(
            self.name.data,
            self.picture_kind.data,
            self.hourly_minor.data,
            self.cap_minor.data,
            self.position.data,
        )


def _line(kind: ResourceType) -> Line:
    return Line(detail=wording.tenant_money(kind.hourly_minor))


blueprint = routes_of(
    SmallList(
        "resource_types",
        _l("Types and prices"),
        _l("Add a type"),
        ResourceType,
        TypeForm,
        TypeForm.details,
        line=_line,
        fields="admin/resource_types/_fields.html",
    )
)
