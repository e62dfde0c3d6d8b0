"""The list of invoices at the front desk, as looking for some and choosing several of them shows it."""

from collections.abc import Collection

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, page
from app.blueprints.admin.invoice_forms import FindInvoices
from app.domain.invoicing.listing import Which, list_invoices
from app.domain.invoicing.seller import seller_if_known
from app.web.auth import today
from app.web.database import session
from app.web.invoices import row_of

_FILTERS = {
    Which.ALL: _l("All"),
    Which.DRAFTS: _l("Drafts"),
    Which.OPEN: _l("Open"),
    Which.OVERDUE: _l("Overdue"),
    Which.PAID: _l("Paid"),
    Which.CREDIT_NOTES: _l("Credit notes"),
}


def show_list(chosen: Collection[int] = (), problem: str = "") -> Response:
    """What the address or the form asks for. `chosen` are ids that were chosen already; `problem` says why nothing was
    done with them."""
    words, which, number = asked()
    found = list_invoices(session(), today(), words, which, number)
    if request.args.get("choose") == "all":
        chosen = [each.id for each in found.rows]
    return page(
        "admin/invoices/index.html",
        wrong=bool(problem),
        problem=problem,
        rows=[row_of(each, today()) for each in found.rows],
        chosen=frozenset(chosen),
        q=words,
        which=which,
        number=number,
        filters=[(str(label), list_url(words, each), each is which) for each, label in _FILTERS.items()],
        choose_all=list_url(words, which, number, choose="all"),
        export=url_for("admin.invoices.export", q=words or None, which=which.value),
        known=seller_if_known(session()) is not None,
        **around(found.at, lambda to: list_url(words, which, to)),
    )


def asked() -> tuple[str, Which, int]:
    form = FindInvoices(request.values)
    form.validate()
    given = request.values.get("which", "")
    which = Which(given) if given in set(Which) else Which.ALL
    return form.q.data or "", which, form.page.data or 1


def list_url(words: str, which: Which, number: int = 1, choose: str | None = None) -> str:
    return url_for(
        "admin.invoices.index",
        q=words or None,
        which=None if which is Which.ALL else which.value,
        page=number if number > 1 else None,
        choose=choose,
    )
