"""A document as a file to keep: the PDF, and the e-invoice by itself."""

from hashlib import sha256
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.domain.invoicing.einvoice import Lack, NoEInvoice, e_invoice, lacking
from app.kernel.errors import NotFound
from app.models import Invoice
from app.ports import PaperNotMade
from app.web import auth
from app.web.errors import error_page
from app.web.paper import file_name
from app.web.ports import press


def pdf_answer(invoice: Invoice) -> BaseResponse:
    """The PDF of an issued document. Raises NotFound for a draft."""
    if invoice.document is None or invoice.issued_at is None:
        raise NotFound
    try:
        pdf = press().pdf(auth.portal().tenant_id, invoice.document, invoice.issued_at)
    except PaperNotMade:
        current_app.logger.exception("no PDF of invoice %s", invoice.id)
        return error_page(
            503, _("The PDF could not be made. Try again in a minute; the invoice is as it was.")
        )
    return _download(pdf, "application/pdf", file_name(invoice.document, "pdf"))


def xml_answer(invoice: Invoice) -> BaseResponse:
    """The e-invoice of an issued document; where it cannot be one, what is missing. Raises NotFound for a draft."""
    if invoice.document is None:
        raise NotFound
    try:
        xml = e_invoice(invoice.document)
    except NoEInvoice as refusal:
        return error_page(409, lack_words(refusal.lack))
    return _download(xml, "application/xml", file_name(invoice.document, "xml"))


def lacking_words(document: dict[str, Any]) -> str:
    """Why a stored document is no e-invoice; nothing for one that is."""
    lack = lacking(document)
    return lack_words(lack) if lack else ""


def lack_words(lack: Lack) -> str:
    """Why a document is no e-invoice."""
    return {
        Lack.TAX_ID: _("It is no e-invoice: when it was issued, the tax id of who bills was not filled in."),
        Lack.REGISTER_ENTRY: _(
            "It is no e-invoice: when it was issued, neither tax id nor register entry of who bills was filled in."
        ),
        Lack.CURRENCY: _("It is no e-invoice: those have no currency with thousandths."),
    }[lack]


def _download(data: bytes, mime: str, name: str) -> Response:
    response = Response(data, mimetype=mime)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(sha256(data).hexdigest()[:32])
    # As private_files has it: who may no longer see it finds it in no cache of ours.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.make_conditional(request)
    return response
