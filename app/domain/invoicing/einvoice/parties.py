"""Who sells and who buys, and how one pays."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from app.domain.invoicing.einvoice.facts import customers_country, only_outside, tax_id
from app.domain.invoicing.einvoice.tree import put, put_if

Json = dict[str, Any]
_TRANSFER, _SEPA_TRANSFER, _NOT_DEFINED = "30", "58", "1"
"""UNTDID 4461."""
_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{8,30}")


def put_seller(agreement: Element, document: Json) -> None:
    seller = document["seller"]
    found = tax_id(seller["tax_id"], seller["country"])
    party = put(agreement, "ram:SellerTradeParty")
    if found is not None and found.scheme == "FC" and not seller["register_entry"].strip():
        put(party, "ram:ID", found.value)
    put(party, "ram:Name", seller["name"])
    put_if(party, "ram:SpecifiedLegalOrganization/ram:ID", seller["register_entry"])
    if seller["email"] or seller["phone"]:
        contact = put(party, "ram:DefinedTradeContact")
        put(contact, "ram:PersonName", seller["name"])
        put_if(contact, "ram:TelephoneUniversalCommunication/ram:CompleteNumber", seller["phone"])
        put_if(contact, "ram:EmailURIUniversalCommunication/ram:URIID", seller["email"])
    _put_address(party, seller, seller["country"])
    put_if(party, "ram:URIUniversalCommunication/ram:URIID", seller["email"], schemeID="EM")
    if found is not None and not only_outside(document):
        put(party, "ram:SpecifiedTaxRegistration/ram:ID", found.value, schemeID=found.scheme)


def put_buyer(agreement: Element, document: Json) -> None:
    customer = document["customer"]
    country = customers_country(document)
    found = tax_id(customer["tax_id"], country)
    party = put(agreement, "ram:BuyerTradeParty")
    put(party, "ram:Name", customer["name"])
    if found is not None and found.scheme == "FC":
        # A number that is no tax id across borders: the standard knows it as one of a register (BT-47).
        put(party, "ram:SpecifiedLegalOrganization/ram:ID", found.value)
    put_if(party, "ram:DefinedTradeContact/ram:PersonName", customer["attention"])
    _put_address(party, customer, country)
    put_if(party, "ram:URIUniversalCommunication/ram:URIID", customer["email"], schemeID="EM")
    if found is not None and found.scheme == "VA" and not only_outside(document):
        put(party, "ram:SpecifiedTaxRegistration/ram:ID", found.value, schemeID="VA")


def put_means(settlement: Element, document: Json) -> None:
    """How one pays (BG-16)."""
    seller = document["seller"]
    iban = re.sub(r"\s", "", seller["iban"]).upper()
    is_iban = _IBAN.fullmatch(iban) is not None
    means = put(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    code = _SEPA_TRANSFER if document["currency"] == "EUR" else _TRANSFER
    put(means, "ram:TypeCode", code if iban else _NOT_DEFINED)
    put_if(means, "ram:Information", seller["how_to_pay"])
    if iban:
        account = put(means, "ram:PayeePartyCreditorFinancialAccount")
        if is_iban:
            put(account, "ram:IBANID", iban)
        put_if(account, "ram:AccountName", seller["bank_holder"])
        if not is_iban:
            put(account, "ram:ProprietaryID", iban)
        put_if(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", seller["bic"])


def _put_address(party: Element, part: Json, country: str) -> None:
    address = put(party, "ram:PostalTradeAddress")
    put_if(address, "ram:PostcodeCode", part["postal_code"])
    put_if(address, "ram:LineOne", part["street"])
    put_if(address, "ram:CityName", part["city"])
    put(address, "ram:CountryID", country)
