"""E-invoices keep to the official rules of EN 16931, whatever the document is like; and say why where one cannot be made."""

import pytest
from lxml import etree

from app.domain.invoicing.einvoice import Lack, NoEInvoice, e_invoice, lacking
from tests.support.einvoices import judge
from tests.support.office import Office
from tests.support.ten_documents import OUTSIDE, SELLER, Case, Line, document_of, ten

_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


@pytest.mark.parametrize("case", ten(), ids=lambda case: case.name)
def test_it_keeps_to_the_rules(case: Case) -> None:
    verdict = judge(e_invoice(case.document))
    assert verdict.faults == ()
    assert verdict.rules > 50


def test_the_rules_see_what_is_wrong() -> None:
    xml = e_invoice(ten()[0].document)
    assert any(
        "BR-CO-15" in fault
        for fault in judge(xml.replace(b">186.00</ram:GrandTotal", b">187.00</ram:GrandTotal")).faults
    )
    assert any("XSD" in fault for fault in judge(xml.replace(b"ram:TypeCode", b"ram:KindCode")).faults)


def test_what_takes_off_has_a_quantity_below_zero_and_a_price_above(office: Office) -> None:
    document = office.issued(office.line(18600), office.line(-1860, what="Returning member")).document
    assert document is not None
    root = etree.fromstring(e_invoice(document))
    assert judge(e_invoice(document)).faults == ()
    assert [each.text for each in root.iter(f"{_RAM}BilledQuantity")] == ["1", "-1"]
    assert [each.text for each in root.iter(f"{_RAM}ChargeAmount")] == ["155.00", "15.50"]


def test_the_same_document_gives_the_same_bytes() -> None:
    first, again = (e_invoice(ten()[8].document) for _each in range(2))
    assert first == again


def test_what_xml_cannot_hold_is_left_out() -> None:
    document = document_of([Line("Tea\x0b and \ud800coffee", 500)])
    assert judge(e_invoice(document)).faults == ()


@pytest.mark.parametrize(
    ("document", "lack"),
    [
        (document_of([Line("Plan", 100)], seller=SELLER | {"tax_id": " "}), Lack.TAX_ID),
        (
            document_of(
                [Line("Deposit", 100, OUTSIDE)], seller=SELLER | {"tax_id": "", "register_entry": ""}
            ),
            Lack.REGISTER_ENTRY,
        ),
        (document_of([Line("Plan", 1000)], currency="KWD"), Lack.CURRENCY),
    ],
)
def test_it_says_what_is_missing(document: dict[str, object], lack: Lack) -> None:
    assert lacking(document) is lack
    with pytest.raises(NoEInvoice) as refused:
        e_invoice(document)
    assert refused.value.lack is lack


def test_what_is_outside_of_tax_stands_alone_without_a_tax_id() -> None:
    xml = e_invoice(document_of([Line("Key deposit", 5000, OUTSIDE)]))
    assert judge(xml).faults == ()
    assert b"SpecifiedTaxRegistration" not in xml
