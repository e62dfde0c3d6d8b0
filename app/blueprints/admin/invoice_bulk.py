"""Several invoices at once: mailed again, issued, or taken along as PDFs. Each is done by itself, and counted in words."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.blueprints.admin.answers import done
from app.blueprints.admin.invoice_forms import INVOICING
from app.blueprints.admin.invoice_list import asked, list_url, show_list
from app.domain.actor import Permission
from app.domain.invoicing.issuing import issue
from app.domain.invoicing.listing import documents
from app.domain.invoicing.sending import send_again
from app.domain.invoicing.terms import AlreadyIssued, CannotBeMailed, JustSent
from app.kernel.errors import NotFound, Refusal
from app.kernel.paging import PAGE_SIZE
from app.models import Invoice
from app.ports import PaperNotMade
from app.web import auth
from app.web.access import staff
from app.web.auth import signed_in
from app.web.database import session
from app.web.forms import id_of
from app.web.paper import file_name
from app.web.ports import press

blueprint = Blueprint("invoice_bulk", __name__, url_prefix="/invoices/chosen")

_MOST = PAGE_SIZE
"""As many as a page shows: issuing and laying out take a moment each, while somebody waits."""


class _Refused(Exception):
    """Nothing can be done with what was chosen; the sentence says why."""


@blueprint.post("/mailings")
@staff(Permission.MONEY, whole_house=True)
def create_mailings() -> BaseResponse:
    """Mail them to their payers once more."""

    def send(chosen: list[Invoice]) -> BaseResponse:
        drafts = sum(each.number is None for each in chosen)
        issued = [each.id for each in chosen if each.number is not None]
        count = Counter(_outcome(partial(_send, each)) for each in issued)
        sent = count[""]
        sentences = [
            ngettext("%(num)s document is mailed again.", "%(num)s documents are mailed again.", sent),
            *_counted_refusals(count),
        ]
        if drafts:
            sentences.append(
                ngettext(
                    "%(num)s is a draft: issue it first.", "%(num)s are drafts: issue them first.", drafts
                )
            )
        return done(_back(), " ".join(sentences))

    return _with_chosen(send)


@blueprint.post("/issues")
@staff(Permission.MONEY, whole_house=True)
def create_issues() -> BaseResponse:
    """Issue the drafts among them, in the order in which they were begun."""

    def issue_all(chosen: list[Invoice]) -> BaseResponse:
        drafts = [each.id for each in chosen if each.number is None]
        if not drafts:
            raise _Refused(_("There is no draft among those chosen."))
        count = Counter(_outcome(partial(_issue, each)) for each in drafts)
        sentence = ngettext("%(num)s document is issued.", "%(num)s documents are issued.", count[""])
        return done(_back(), " ".join([sentence, *_counted_refusals(count)]))

    return _with_chosen(issue_all)


@blueprint.post("/archives")
@staff(Permission.MONEY, whole_house=True)
def create_archive() -> BaseResponse:
    """Their PDFs in one file."""

    def pack(chosen: list[Invoice]) -> BaseResponse:
        if any(each.number is None for each in chosen):
            raise _Refused(
                _("A draft has no PDF yet. Take the drafts out of your choice, or issue them first.")
            )
        try:
            packed = _zip(chosen)
        except PaperNotMade as error:
            current_app.logger.exception("no PDFs of several invoices")
            raise _Refused(_("The PDFs could not be made. Try again in a minute.")) from error
        answer = Response(packed, mimetype="application/zip")
        answer.headers.set("Content-Disposition", "attachment", filename="invoices.zip")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return _with_chosen(pack)


def _with_chosen(act: Callable[[list[Invoice]], BaseResponse]) -> BaseResponse:
    """Act on what the form has chosen; what is refused shows the list again with the same choice. Raises NotFound for an id
    that is none of the tenant's."""
    ids = [id_of(each) or 0 for each in dict.fromkeys(request.form.getlist("invoice"))]
    try:
        return act(_chosen(ids))
    except _Refused as refusal:
        return show_list(ids, str(refusal))


def _chosen(ids: list[int]) -> list[Invoice]:
    if not ids:
        raise _Refused(_("Choose at least one."))
    if len(ids) > _MOST:
        raise _Refused(_("Choose %(most)s at most.", most=_MOST))
    return documents(session(), ids)


def _outcome(act: Callable[[], object]) -> str:
    """Do one of them and commit; nothing when it was done, else why not."""
    try:
        act()
        session().commit()
    except NotFound:
        session().rollback()
        return _("It is gone.")
    except Refusal as refusal:
        session().rollback()
        return _why_not(refusal)
    return ""


def _send(invoice_id: int) -> None:
    send_again(session(), signed_in(), invoice_id, auth.now())


def _issue(invoice_id: int) -> None:
    issue(session(), signed_in(), invoice_id, auth.now())


def _why_not(refusal: Refusal) -> str:
    if isinstance(refusal, JustSent):
        return _("It was mailed within the last ten minutes.")
    if isinstance(refusal, CannotBeMailed):
        return _("Mail does not reach who is to pay.")
    if isinstance(refusal, AlreadyIssued):
        return _("Somebody else issued it meanwhile.")
    for kind, explain in INVOICING.items():
        if isinstance(refusal, kind):
            return explain(refusal)[1]
    raise refusal


def _counted_refusals(count: Counter[str]) -> list[str]:
    return [
        ngettext("%(num)s is not: %(why)s", "%(num)s are not: %(why)s", number, why=why)
        for why, number in count.items()
        if why
    ]


def _zip(invoices: list[Invoice]) -> bytes:
    """PDFs are packed tightly as they are, so nothing is squeezed again. Raises PaperNotMade."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as packed:
        for each in invoices:
            if each.document is not None and each.issued_at is not None:
                pdf = press().pdf(auth.portal().tenant_id, each.document, each.issued_at)
                packed.writestr(file_name(each.document, "pdf"), pdf)
    return out.getvalue()


def _back() -> str:
    """The list as it was looked at."""
    return list_url(*asked())
