"""The form of an extra."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import same_name
from app.blueprints.admin.invoice_forms import rate_words
from app.domain.extras.terms import DEAREST_MINOR, LARGEST_STOCK, LONGEST_LEAD_HOURS, ExtraDetails
from app.domain.invoicing.rates import RateRow
from app.domain.spaces.terms import NameTaken
from app.models import ExtraPricing
from app.web import wording
from app.web.attempts import Words, say
from app.web.extras import PRICINGS
from app.web.forms import (
    ChoiceField,
    ChoicesField,
    Form,
    MoneyField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)


class ExtraForm(Form):
    """Names are those of `ExtraDetails`."""

    name = TextField(_l("Name"), longest=80)
    description = TextField(_l("Description"), longest=500, required=False, multiline=True)
    price_minor = MoneyField(_l("Price"))
    pricing = SegmentField(_l("The price is for"), choices=options(PRICINGS.items()), default="booking")
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)
    stock = WholeField(_l("How many at the same time"), least=1, most=LARGEST_STOCK, required=False)
    lead_hours = WholeField(_l("Ordered until"), least=0, most=LONGEST_LEAD_HOURS)
    cancel_percent = WholeField(_l("Owed when cancelled later"), least=0, most=100)
    position = WholeField(_l("Place in the list"), least=0, most=9999)
    type_ids = ChoicesField(_l("With these types"))
    resource_ids = ChoicesField(_l("With these"))

    def __init__(
        self,
        rates: Iterable[RateRow],
        types: Iterable[tuple[int, str]],
        resources: Iterable[tuple[int, str]],
        today: date,
        known: ExtraDetails | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(obj=known or _BLANK, **kwargs)
        own = known.tax_rate_id if known else None
        offered = [(each.id, rate_words(each, today)) for each in rates if not each.retired or each.id == own]
        self.tax_rate_id.choices = options(offered, empty=_("Nobody is billed for it"))
        self.type_ids.choices = options(types)
        had = known.resource_ids if known else frozenset()
        rooms = dict(resources)
        self.resource_ids.choices = options(
            # What is out of use since stays chosen, and is no name to choose anew
            [*rooms.items(), *((each, _("Out of use")) for each in sorted(had - rooms.keys()))]
        )

    def validate_price_minor(self, field: Any) -> None:
        if field.data is not None and field.data > DEAREST_MINOR:
            raise ValidationError(_("At most %(most)s.", most=wording.tenant_money(DEAREST_MINOR)))

    def details(self) -> ExtraDetails:
        given = {name: self[name].data for name in ExtraDetails.__dataclass_fields__}
        sets = {name: frozenset(given[name] or ()) for name in ("type_ids", "resource_ids")}
        return ExtraDetails(**given | sets | {"pricing": ExtraPricing(given["pricing"])})


_BLANK = ExtraDetails(name="")

EXTRA_FORM_WORDS: Words = {NameTaken: say("name", same_name)}
