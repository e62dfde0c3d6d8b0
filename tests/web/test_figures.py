"""The pages of figures: who sees them, what they say, for which time, and as a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask

from app.domain.invoicing.drafting import put_line, start_draft
from app.domain.invoicing.issuing import issue_in_hand
from app.domain.invoicing.terms import NewLine
from app.models import Resource, Role
from tests.support.booking_rows import book
from tests.support.bookings import statements
from tests.support.invoices import bill
from tests.support.limited import give
from tests.support.rows import change, inside
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

PAGES = ("/admin/figures", "/admin/figures/contracts", "/admin/figures/occupancy")
SHEETS = tuple(f"/admin/figures/{name}.csv" for name in ("revenue", "received", "contracts", "occupancy"))


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """An owner, and an invoice of 186.00, of which 10.00 is paid."""
    with inside(app, world.northlight) as session:
        bill(session, world.northlight, "member", datetime.now(UTC))
    return Desk(app, world.northlight, "owner")


def _sheet(desk: Desk, path: str) -> list[dict[str, str]]:
    answer = desk.get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


def test_revenue_says_what_was_issued_and_what_came_in(desk: Desk) -> None:
    text = desk.get("/admin/figures").text
    for words in ("£155.00", "£31.00", "£186.00", "£10.00", "£176.00", 'role="img"', "<table"):
        assert words in text
    (*_earlier, row) = _sheet(desk, "/admin/figures/revenue.csv")
    assert len(_earlier) == 11
    assert (row["Net"], row["Tax"], row["Gross"], row["By hand"]) == ("155.00", "31.00", "186.00", "155.00")
    (*_earlier, row) = _sheet(desk, "/admin/figures/received.csv")
    assert (row["Received"], row["Still open"]) == ("10.00", "176.00")


def test_contracts_and_occupancy_have_their_pages(app: Flask, desk: Desk) -> None:
    book(app, desk.tenant, "member", "Fern", -24)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    period = f"from={yesterday - timedelta(days=1)}&to={yesterday + timedelta(days=1)}"
    assert "Active contracts" in desk.get("/admin/figures/contracts").text
    (*_earlier, row) = _sheet(desk, "/admin/figures/contracts.csv")
    assert (row["Active"], row["Ended"]) == ("2", "0")
    text = desk.get(f"/admin/figures/occupancy?{period}").text
    assert "Fern · Leith Walk" in text
    assert "2.8%" in text
    fern = next(
        each for each in _sheet(desk, f"/admin/figures/occupancy.csv?{period}") if each["Resource"] == "Fern"
    )
    assert (fern["Booked hours"], fern["Open hours"], fern["Percent"]) == ("1.00", "36.00", "2.8")


@pytest.mark.parametrize("path", [*PAGES, *SHEETS])
def test_only_who_sees_money_of_the_whole_house_sees_figures(app: Flask, desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 200
    visitor = Visitor(app, desk.tenant)
    sign_in_client(app, visitor.client, desk.tenant, "member")
    assert visitor.get(path).status_code == 404


def test_who_is_limited_to_a_location_is_not_led_to_what_is_of_the_house(app: Flask, desk: Desk) -> None:
    front = Desk(app, desk.tenant, "desk")
    assert 'href="/admin/figures"' in front.get("/admin/people").text
    give(app, desk.tenant, "desk", Role.FRONT_DESK, places=["Leith Walk"])
    limited = Desk(app, desk.tenant, "desk")
    text = limited.get("/admin/people").text
    for path in ("/admin/figures", "/admin/invoices"):
        assert f'href="{path}"' not in text
        assert limited.get(path).status_code == 404


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("from=2026-05-01&to=2026-04-01", "It ends before it begins."),
        ("from=2000-01-01&to=2026-04-01", "Choose 36 months at most."),
        ("from=nonsense", "from"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_at_its_field(desk: Desk, asked: str, sentence: str) -> None:
    for path in PAGES:
        answer = desk.get(f"{path}?{asked}")
        assert answer.status_code == 200
        assert sentence in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert len(_sheet(desk, f"/admin/figures/revenue.csv?{asked}")) == 12


def test_one_day_alone_is_enough(desk: Desk) -> None:
    rows = _sheet(desk, "/admin/figures/revenue.csv?from=2001-02-03")
    assert len(rows) == 36
    rows = _sheet(desk, "/admin/figures/revenue.csv?to=2025-02-03")
    assert [rows[0]["Month"], rows[-1]["Month"]] == ["2024-03", "2025-02"]


def test_a_name_is_no_formula(app: Flask, desk: Desk) -> None:
    change(app, desk.tenant, Resource, desk.tenant.rooms["Fern"], name="=1+1")
    assert "'=1+1" in desk.get("/admin/figures/occupancy.csv").text


def test_statements_do_not_grow(app: Flask, desk: Desk) -> None:
    def count() -> list[int]:
        found = []
        for path in (*PAGES, *SHEETS):
            desk.get(path)
            with statements(app) as seen:
                assert desk.get(path).status_code == 200
            found.append(len(seen))
        return found

    few = count()
    assert max(few) <= 8
    with inside(app, desk.tenant) as session:
        rate_id = bill(session, desk.tenant, "colleague", datetime.now(UTC))["rate_id"]
        for _number in range(4):
            invoice = start_draft(
                session, desk.tenant.actor("owner"), desk.tenant.people["member"], None, datetime.now(UTC)
            )
            put_line(session, invoice, NewLine("Line", 1000, 100, rate_id))
            issue_in_hand(session, None, invoice, datetime.now(UTC))
            session.commit()
    for days in range(1, 9):
        book(app, desk.tenant, "member", "Fern", -24 * days)
        book(app, desk.tenant, "member", "Tejo", -24 * days)
    assert count() == few
