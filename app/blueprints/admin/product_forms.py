"""Forms of products and of selling one to somebody, and the sentences of what the rules refuse."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import same_name
from app.blueprints.admin.benefit_forms import BENEFIT_WORDS, BenefitFields, benefit_data
from app.blueprints.admin.invoice_forms import rate_words
from app.blueprints.admin.plan_forms import AUDIENCES
from app.domain.invoicing.rates import RateRow
from app.domain.invoicing.terms import NoRateYet
from app.domain.passes.choices import PassChoice
from app.domain.products.terms import (
    DEAREST_MINOR,
    LARGEST_STOCK,
    MOST_CREDIT_DAYS,
    MOST_OF_ONE,
    CannotBuy,
    ProductDetails,
    Snag,
    TooFewLeft,
    Trouble,
)
from app.domain.spaces.terms import NameTaken
from app.kernel.request_keys import is_request_key
from app.models import PlanAudience, Product, ProductBilling
from app.web import wording
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    Form,
    MoneyField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)
from app.web.uploads import PhotoField

BILLINGS = {ProductBilling.NOW: _l("At once"), ProductBilling.NEXT: _l("With the next invoice")}


class ProductForm(BenefitFields):
    """Names are those of `ProductDetails`; what is on sale already has no `recurring`, and its stock has a form of its own."""

    name = TextField(_l("Name"), longest=80)
    description = TextField(_l("Description"), longest=1000, required=False, multiline=True)
    price_minor = MoneyField(_l("Price"))
    tax_rate_id = ChoiceField(_l("Tax"), coerce=id_or_none)
    recurring = CheckField(_l("It is had by the month, with a plan"))
    stock = WholeField(_l("How many there are"), least=0, most=LARGEST_STOCK, required=False)
    audience = SegmentField(_l("For"), choices=options(AUDIENCES.items()), default="everyone")
    billing = SegmentField(_l("Billed"), choices=options(BILLINGS.items()), default="now")
    location_id = ChoiceField(_l("Location"), coerce=id_or_none)
    credit_days = WholeField(_l("Days it can be used"), least=1, most=MOST_CREDIT_DAYS, required=False)
    visible = CheckField(_l("In the shop; otherwise staff alone sell it"), default=True)
    position = WholeField(_l("Place in the list"), least=0, most=9999, default=0)

    def __init__(
        self,
        rates: Iterable[RateRow],
        places: Iterable[tuple[int, str]],
        types: Iterable[tuple[int, str]],
        passes: Iterable[PassChoice],
        today: date,
        product: ProductDetails | None = None,
        **kwargs: Any,
    ) -> None:
        had = () if product is None else product.benefits
        super().__init__(obj=product, data=benefit_data(had), **kwargs)
        self.offer(types, passes, had)
        own = None if product is None else product.tax_rate_id
        known = [(each.id, rate_words(each, today)) for each in rates if not each.retired or each.id == own]
        self.tax_rate_id.choices = options(known, empty=_("Choose one"))
        self.location_id.choices = options(places, empty=_("No single one"))

    def validate_tax_rate_id(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("This is needed."))

    def validate_price_minor(self, field: Any) -> None:
        if field.data is not None and field.data > DEAREST_MINOR:
            raise ValidationError(_("At most %(most)s.", most=wording.tenant_money(DEAREST_MINOR)))

    def details(self) -> ProductDetails:
        typed = {name: self[name].data for name in ProductDetails.__slots__ if name != "benefits"}
        typed["audience"] = PlanAudience(typed["audience"])
        typed["billing"] = ProductBilling(typed["billing"])
        return ProductDetails(**typed, benefits=self.benefits())


class StockForm(Form):
    change = WholeField(_l("How many more"), least=-LARGEST_STOCK, most=LARGEST_STOCK)


class ProductPhotoForm(Form):
    photo = PhotoField(_l("Photograph"))


class SaleForm(Form):
    """`request_key` is made with the page, so that two taps sell once."""

    product_id = ChoiceField(_l("Product"), coerce=id_or_none)
    quantity = WholeField(_l("How many"), least=1, most=MOST_OF_ONE, default=1)
    billing = SegmentField(_l("Billed"), choices=options(BILLINGS.items()), default="next")
    request_key = HiddenField()

    def __init__(self, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.product_id.choices = options(
            (
                (each.id, f"{each.name}, {wording.tenant_money(each.price_minor)}")
                for each in products
                if each.retired_at is None
            ),
            empty=_("Choose one"),
        )

    def validate_request_key(self, field: Any) -> None:
        if not is_request_key(field.data):
            field.data = ""
            raise ValidationError(_("The page was not complete. Look at it again before you sell."))

    def validate_product_id(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError(_("This is needed."))


def _cannot_sell(refusal: CannotBuy) -> tuple[str, str]:
    snag: Snag = refusal.snags[0]
    match snag.trouble:
        case Trouble.SOLD_OUT:
            return "quantity", _("None is left.")
        case Trouble.TOO_FEW:
            return "quantity", ngettext("Only %(num)s is left.", "Only %(num)s are left.", snag.left)
        case Trouble.NO_PLAN:
            return "product_id", _("It is billed with a plan, and they are on none that runs.")
        case _:
            return "product_id", _("It is no longer on sale.")


PRODUCT_WORDS: Words = {NameTaken: say("name", same_name), **BENEFIT_WORDS}
STOCK_WORDS: Words = {
    TooFewLeft: lambda refusal: (
        "change",
        _("There would be fewer than none, or too many to count: there are %(count)s.", count=refusal.stock),
    )
}
SALE_WORDS: Words = {
    CannotBuy: _cannot_sell,
    NoRateYet: say("product_id", lambda: _("Its tax amounts to nothing yet: give the rate a percentage.")),
}
