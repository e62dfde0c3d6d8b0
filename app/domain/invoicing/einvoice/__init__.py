"""The e-invoice of a document: EN 16931 in the syntax of UN/CEFACT CII, as Factur-X has it."""

from app.domain.invoicing.einvoice.build import e_invoice
from app.domain.invoicing.einvoice.facts import Lack, NoEInvoice, lacking

__all__ = ["Lack", "NoEInvoice", "e_invoice", "lacking"]
