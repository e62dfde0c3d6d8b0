"""How many of something; one form a product, so its ids carry the product's."""

from flask_babel import lazy_gettext as _l

from app.domain.products.terms import MOST_OF_ONE
from app.web.forms import Form, WholeField


class QuantityForm(Form):
    quantity = WholeField(_l("How many"), least=1, most=MOST_OF_ONE)

    def __init__(self, product_id: int, quantity: int = 1, *, asked: bool = False) -> None:
        given = {} if asked else {"formdata": None}
        super().__init__(data={"quantity": quantity}, prefix=f"product{product_id}", **given)
