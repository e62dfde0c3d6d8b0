"""A stored document as an e-invoice, profile EN 16931."""

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from app.domain.invoicing.amounts import ONE, Tax
from app.domain.invoicing.einvoice.facts import NoEInvoice, Taxed, breakdown, lacking, tax_of
from app.domain.invoicing.einvoice.parties import put_buyer, put_means, put_seller
from app.domain.invoicing.einvoice.tree import begin, put, put_day, put_if, spelled_out
from app.kernel.money import plain
from app.models import DocumentKind, TaxCategory

Json = dict[str, Any]
_PROFILE = "urn:cen.eu:en16931:2017"
_TYPES = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}
"""UNTDID 1001."""
_PIECE = "C62"
"""UN/ECE recommendation 20: one of something."""
_REASONS = {
    TaxCategory.EXEMPT: ("Exempt from tax", None),
    TaxCategory.REVERSE_CHARGE: ("Reverse charge", "VATEX-EU-AE"),
    TaxCategory.OUTSIDE: ("Not subject to tax", "VATEX-EU-O"),
}
"""Why nothing is due, where the document gives no reason, and the code of it."""


def e_invoice(document: Json) -> bytes:
    """The XML of a stored document. The same document gives the same bytes. Raises NoEInvoice."""
    lack = lacking(document)
    if lack is not None:
        raise NoEInvoice(lack)
    root = begin("rsm:CrossIndustryInvoice")
    context = put(root, "rsm:ExchangedDocumentContext")
    put(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", _PROFILE)
    _put_head(put(root, "rsm:ExchangedDocument"), document)
    trade = put(root, "rsm:SupplyChainTradeTransaction")
    for line in document["lines"]:
        _put_line(put(trade, "ram:IncludedSupplyChainTradeLineItem"), document, line)
    agreement = put(trade, "ram:ApplicableHeaderTradeAgreement")
    put_seller(agreement, document)
    put_buyer(agreement, document)
    delivery = put(trade, "ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent")
    put_day(delivery, "ram:OccurrenceDateTime", _delivered_on(document))
    _put_settlement(put(trade, "ram:ApplicableHeaderTradeSettlement"), document)
    return spelled_out(root)


def _put_head(head: Element, document: Json) -> None:
    put(head, "ram:ID", document["number"])
    put(head, "ram:TypeCode", _TYPES[DocumentKind(document["kind"])])
    put_day(head, "ram:IssueDateTime", document["issued_on"])
    put_if(head, "ram:IncludedNote/ram:Content", document["note"])
    put_if(head, "ram:IncludedNote/ram:Content", document["seller"]["footer"])


def _put_line(item: Element, document: Json, line: Json) -> None:
    """A line below zero has a quantity below zero: the standard has no prices below it (BR-27)."""
    currency, net = document["currency"], line["net_minor"]
    sign = -1 if line["unit_minor"] < 0 else 1
    quantity = Decimal(line["quantity_thousandths"]) / ONE
    put(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(line["position"]))
    put(item, "ram:SpecifiedTradeProduct/ram:Name", line["description"])
    price = put(item, "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice")
    if document["prices_include_tax"]:
        # What all of it costs without tax, for that many: the price of one would have to be rounded.
        put(price, "ram:ChargeAmount", plain(abs(net), currency))
        put(price, "ram:BasisQuantity", _number(quantity), unitCode=_PIECE)
    else:
        put(price, "ram:ChargeAmount", plain(abs(line["unit_minor"]), currency))
    put(
        item,
        "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
        _number(sign * quantity),
        unitCode=_PIECE,
    )
    settlement = put(item, "ram:SpecifiedLineTradeSettlement")
    _put_category(put(settlement, "ram:ApplicableTradeTax"), tax_of(document, line["tax"]))
    if line["from_day"]:
        period = put(settlement, "ram:BillingSpecifiedPeriod")
        put_day(period, "ram:StartDateTime", line["from_day"])
        put_day(period, "ram:EndDateTime", line["until_day"])
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    put(settlement, total, plain(net, currency))


def _delivered_on(document: Json) -> str:
    """BT-72: the last day of what has a time, else the day of issue, by which its tax goes as well."""
    ends = [str(line["until_day"]) for line in document["lines"] if line["until_day"]]
    return max(ends, default=str(document["issued_on"]))


def _put_category(element: Element, tax: Tax) -> None:
    put(element, "ram:TypeCode", "VAT")
    put(element, "ram:CategoryCode", tax.category)
    _put_rate(element, tax)


def _put_rate(element: Element, tax: Tax) -> None:
    # What is not subject to tax has no rate, not even of nothing (BR-O-05).
    if tax.category != TaxCategory.OUTSIDE:
        put(element, "ram:RateApplicablePercent", _number(Decimal(tax.percent_hundredths) / 100))


def _put_settlement(settlement: Element, document: Json) -> None:
    put(settlement, "ram:PaymentReference", document["number"])
    put(settlement, "ram:InvoiceCurrencyCode", document["currency"])
    if document["kind"] == DocumentKind.INVOICE:
        put_means(settlement, document)
    for group in breakdown(document):
        _put_tax(put(settlement, "ram:ApplicableTradeTax"), group, document["currency"])
    _put_terms(settlement, document)
    _put_sums(settlement, document)
    if document["corrects"]:
        earlier = put(settlement, "ram:InvoiceReferencedDocument")
        put(earlier, "ram:IssuerAssignedID", document["corrects"]["number"])
        put_day(earlier, "ram:FormattedIssueDateTime", document["corrects"]["issued_on"], "qdt")


def _put_tax(element: Element, group: Taxed, currency: str) -> None:
    words, code = _REASONS.get(TaxCategory(group.tax.category), ("", None))
    put(element, "ram:CalculatedAmount", plain(group.tax_minor, currency))
    put(element, "ram:TypeCode", "VAT")
    if words:
        put(element, "ram:ExemptionReason", group.tax.reason or words)
    put(element, "ram:BasisAmount", plain(group.net_minor, currency))
    put(element, "ram:CategoryCode", group.tax.category)
    if code:
        put(element, "ram:ExemptionReasonCode", code)
    _put_rate(element, group.tax)


def _put_terms(settlement: Element, document: Json) -> None:
    """Until when, or else what happens to it: one of both has to stand (BR-CO-25)."""
    terms = put(settlement, "ram:SpecifiedTradePaymentTerms")
    if document["due_on"]:
        put_day(terms, "ram:DueDateDateTime", document["due_on"])
    else:
        put(terms, "ram:Description", f"Credited to {document['corrects']['number']}")


def _put_sums(settlement: Element, document: Json) -> None:
    currency = document["currency"]
    net, tax, total = (plain(document[f"{each}_minor"], currency) for each in ("net", "tax", "total"))
    sums = put(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    put(sums, "ram:LineTotalAmount", net)
    put(sums, "ram:TaxBasisTotalAmount", net)
    put(sums, "ram:TaxTotalAmount", tax, currencyID=currency)
    put(sums, "ram:GrandTotalAmount", total)
    put(sums, "ram:DuePayableAmount", total)


def _number(value: Decimal) -> str:
    """As short as it goes: `1`, `1.5`, `20`."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
