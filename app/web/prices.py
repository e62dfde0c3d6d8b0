"""How prices are meant, in the reader's words."""

from flask_babel import gettext as _

from app.domain.invoicing.seller import seller_if_known
from app.web.database import session


def tax_note() -> str:
    """Whether prices are with tax, as the tenant enters them."""
    known = seller_if_known(session())
    return tax_words(with_tax=known is None or known.prices_include_tax)


def tax_words(*, with_tax: bool) -> str:
    """The same of what is known already."""
    return _("Prices are with tax.") if with_tax else _("Prices are without tax.")
