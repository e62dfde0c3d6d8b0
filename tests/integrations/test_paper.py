"""Documents as PDF: the same bytes each time, words that stay words, the e-invoice inside; and what happens when it fails."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from facturx import get_facturx_xml_from_pdf
from flask import Flask
from flask_babel import force_locale
from PIL import Image
from pypdf import PdfReader

from app.domain.invoicing.einvoice import e_invoice
from app.integrations.paper import TypstPaper
from app.ports import PaperNotMade
from app.web.paper import sheet_on_paper
from tests.support.ten_documents import Case, ten

AT = datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC)
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
PAPER = TypstPaper()


def _made(app: Flask, case: Case, logo: bytes | None = None, *, paper: TypstPaper = PAPER) -> bytes:
    with app.app_context():
        return paper.make(sheet_on_paper(case.document, logo), AT, e_invoice(case.document))


def _words(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@ONE_ENGINE
@pytest.mark.parametrize("case", ten(), ids=lambda case: case.name)
def test_it_is_made_the_same_again_by_another(app: Flask, case: Case) -> None:
    pdf = _made(app, case)
    assert pdf == _made(app, case, paper=TypstPaper())
    name, xml = get_facturx_xml_from_pdf(pdf)
    assert (name, xml) == ("factur-x.xml", e_invoice(case.document))


@ONE_ENGINE
def test_it_is_tagged_pdf_a_3_and_its_metadata_name_the_profile(app: Flask) -> None:
    reader = PdfReader(BytesIO(_made(app, ten()[0])))
    metadata = reader.xmp_metadata
    assert metadata is not None
    packet = metadata.stream.get_data()
    assert b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in packet
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in packet
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    (attached,) = root["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"


@ONE_ENGINE
def test_words_are_never_markup(app: Flask) -> None:
    words = _words(_made(app, ten()[8]))
    assert "*Bold* #let x = 1; $ \\ @ref `raw` <b>&amp;</b>" in words
    assert '#image("/etc/passwd") *a* _b_' in words
    assert '#read("x") ünïcödé ?? ?' in words


@ONE_ENGINE
def test_it_speaks_the_documents_language_whoever_asks(app: Flask) -> None:
    document = ten()[0].document | {"language": "es"}
    with app.app_context(), force_locale("en"):
        sheet = sheet_on_paper(document, None)
    assert (sheet.language, sheet.kind, sheet.pages) == ("es", "Factura", "Página {page} de {pages}")
    assert "Precio" in _words(PAPER.make(sheet, AT, None))


@ONE_ENGINE
def test_every_kind_of_logo_is_shown(app: Flask) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'
    logos = [svg]
    for kind in ("PNG", "JPEG", "WEBP"):
        out = BytesIO()
        Image.new("RGB", (8, 8), "teal").save(out, kind)
        logos.append(out.getvalue())
    plain = _made(app, ten()[0])
    assert len({plain, *(_made(app, ten()[0], logo) for logo in logos)}) == 5


@ONE_ENGINE
def test_a_logo_that_is_none_is_said_and_no_document(app: Flask) -> None:
    with pytest.raises(PaperNotMade, match="NL-2026-0042"):
        _made(app, ten()[0], b"no picture")


@ONE_ENGINE
def test_it_does_not_wait_for_ever(app: Flask) -> None:
    with pytest.raises(PaperNotMade, match="longer than"):
        _made(app, ten()[0], paper=TypstPaper(seconds=0))


@ONE_ENGINE
def test_without_typefaces_it_says_how_to_make_them(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(PaperNotMade, match=r"tools\.assets"):
        _made(app, ten()[0], paper=TypstPaper(tmp_path))
