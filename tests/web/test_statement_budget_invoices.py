"""SQL statements of the pages about invoices, whatever the number of documents and lines."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.invoicing.drafting import put_line, start_draft
from app.domain.invoicing.issuing import issue_in_hand
from app.domain.invoicing.terms import NewLine
from tests.support.bookings import statements
from tests.support.invoices import bill
from tests.support.rows import inside
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import World

MOST = 8
PAGES = (
    ("member", "/plans"),
    ("member", "/plans/mine"),
    ("member", "/invoices"),
    ("member", "/invoices.csv"),
    ("member", "/invoices/{invoice_id}"),
    ("member", "/invoices/{invoice_id}.pdf"),
    ("member", "/invoices/{invoice_id}.xml"),
    ("owner", "/admin/invoices"),
    ("owner", "/admin/invoices?which=overdue&q=maya"),
    ("owner", "/admin/invoices.csv"),
    ("owner", "/admin/invoices/new?q=maya"),
    ("owner", "/admin/invoices/{invoice_id}"),
    ("owner", "/admin/invoices/{invoice_id}.pdf"),
    ("owner", "/admin/invoices/{invoice_id}.xml"),
    ("owner", "/admin/invoices/{draft}"),
    ("owner", "/admin/invoices/payers/{payer}"),
    ("owner", "/admin/invoices?choose=all"),
    ("owner", "/admin/invoices/journal"),
    ("owner", "/admin/contracts"),
    ("owner", "/admin/contracts?which=active&q=maya"),
    ("owner", "/admin/contracts.csv"),
    ("owner", "/admin/figures"),
    ("owner", "/admin/figures/contracts"),
    ("owner", "/admin/figures/occupancy"),
    ("owner", "/admin/settings/invoices"),
    ("owner", "/admin/billing"),
    ("owner", "/admin/settings/overdue"),
)


@pytest.fixture
def ids(app: Flask, world: World) -> dict[str, int]:
    with inside(app, world.northlight) as session:
        made = bill(session, world.northlight, "member", datetime.now(UTC))
    return made | {"payer": world.northlight.people["member"]}


def _more(app: Flask, world: World, rate_id: int) -> None:
    """Five more invoices of three lines each."""
    tenant = world.northlight
    with inside(app, tenant) as session:
        for number in range(5):
            now = datetime.now(UTC)
            invoice = start_draft(session, tenant.actor("owner"), tenant.people["member"], None, now)
            for line in range(3):
                put_line(session, invoice, NewLine(f"Line {line}", 1000, 100 + number, rate_id))
            issue_in_hand(session, None, invoice, now)
            session.commit()


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_pages_keep_to_eight_statements(
    app: Flask, world: World, ids: dict[str, int], who: str, path: str
) -> None:
    visitor = Visitor(app, world.northlight)
    sign_in_client(app, visitor.client, world.northlight, who)
    address = path.format(**ids)

    def count() -> int:
        assert visitor.get(address).status_code == 200
        with statements(app) as seen:
            visitor.get(address)
        return len(seen)

    few = count()
    _more(app, world, ids["rate_id"])
    assert count() == few <= MOST
