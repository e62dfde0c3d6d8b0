"""Documents as PDF with their e-invoice inside, one after the other on one core."""

import time
from datetime import UTC, datetime
from statistics import median

from app.domain.invoicing.einvoice import e_invoice
from app.factory import create_app
from app.integrations.paper import TypstPaper
from app.web.paper import sheet_on_paper
from tests.support.ten_documents import ten
from tools.bench.bench import Bench
from tools.bench.report import Table
from tools.terminal import step

ROUNDS = 5
_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def measure(bench: Bench) -> Table:
    table = Table("Paper", "what", "in a second")
    app, paper, cases = create_app(bench.sqlite.settings), TypstPaper(), ten()
    pdfs, xmls = [], []
    with step("Make ten documents over and over"), app.app_context():
        # The first one opens the typefaces
        for each in range(ROUNDS + 1):
            began = time.perf_counter()
            made = [e_invoice(case.document) for case in cases]
            between = time.perf_counter()
            for case, xml in zip(cases, made, strict=True):
                paper.make(sheet_on_paper(case.document, None), _AT, xml)
            if each:
                xmls.append(len(cases) / (between - began))
                pdfs.append(len(cases) / (time.perf_counter() - between))
    table.add("PDF/A-3a with its e-invoice attached", f"{median(pdfs):.0f}")
    table.add("the e-invoice by itself", f"{median(xmls):.0f}")
    table.note("Ten documents of different kinds (`tests/support/ten_documents.py`), median of five rounds.")
    return table
