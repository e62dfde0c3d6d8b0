"""How prices are meant, in the reader's words."""

from flask_babel import gettext as _

from app.web import auth


def tax_note() -> str:
    """Whether prices are with tax, as the tenant enters them."""
    if auth.portal().prices_include_tax:
        return _("Prices are with tax.")
    return _("Prices are without tax.")
