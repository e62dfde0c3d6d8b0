"""Resource types: what a sort of room costs, with which tax it is billed, and how it is drawn."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.admin.invoice_forms import rate_words
from app.blueprints.admin.lists import EntryForm, Line, SmallList, routes_of
from app.domain.invoicing.rates import rates
from app.domain.spaces.lists import TypeDetails, entries_of
from app.models import ResourceType, TaxCategory
from app.web import wording
from app.web.auth import today
from app.web.database import session
from app.web.forms import ChoiceField, MoneyField, TextField, id_or_none, options

_KINDS = {
    "room": _l("Meeting room"),
    "booth": _l("Phone booth"),
    "hall": _l("Hall"),
    "desk": _l("Desk"),
    "studio": _l("Studio"),
    "event": _l("Event space"),
}


class TypeForm(EntryForm):
    name = TextField(_l("Name"), longest=80)
    picture_kind = ChoiceField(_l("Drawn as"), choices=options(_KINDS.items()))
    hourly_minor = MoneyField(_l("Price of an hour"), required=False)
    cap_minor = MoneyField(_l("At most"), required=False)
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)

    def __init__(self, entry: Any, **kwargs: Any) -> None:
        super().__init__(entry, **kwargs)
        used = {each.tax_rate_id for each in entries_of(session(), ResourceType)}
        known = [each for each in rates(session()) if not each.retired or each.id in used]
        self.tax_rate_id.choices = options(
            ((each.id, rate_words(each, today())) for each in known),
            empty=_("Nobody is billed for it"),
        )
        if entry is None and not self.is_submitted():
            usual = (each.id for each in known if each.category is TaxCategory.STANDARD)
            self.tax_rate_id.data = next(usual, None)

    def details(self) -> TypeDetails:
        return TypeDetails(
            self.name.data,
            self.picture_kind.data,
            self.hourly_minor.data,
            self.cap_minor.data,
            self.tax_rate_id.data,
            self.position.data,
        )


def _line(kind: ResourceType) -> Line:
    if kind.hourly_minor is None:
        return Line(detail=_("Priced by its rates alone"))
    price = wording.tenant_money(kind.hourly_minor)
    if kind.hourly_minor and kind.tax_rate_id is None:
        return Line(detail=_("%(price)s, not billed", price=price))
    return Line(detail=price)


blueprint = routes_of(
    SmallList(
        "resource_types",
        _l("Types"),
        _l("Add a type"),
        ResourceType,
        TypeForm,
        TypeForm.details,
        line=_line,
        fields="admin/resource_types/_fields.html",
    )
)
