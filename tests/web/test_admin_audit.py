"""The audit log: found, paged, taken along as a spreadsheet, in plain words, and fast however long it is."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.domain.actor import Permission
from app.domain.audit import record
from app.models import AuditEntry, Role
from app.models.base import table_of
from app.tenancy import reviewed
from tests.support.bookings import statements
from tests.support.limited import give, make_role
from tests.support.rows import inside
from tests.support.staff import Desk
from tests.support.world import TenantWorld, World

NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def owner(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "owner")


def _write(app: Flask, tenant: TenantWorld, who: str, action: str, at: datetime, **more: Any) -> None:
    with inside(app, tenant) as session:
        record(session, at, tenant.people[who], action, **more)


def _told(desk: Desk, path: str) -> list[dict[str, str]]:
    answer = desk.get(path)
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text.lstrip("\ufeff"))))


def test_an_entry_reads_in_plain_words_with_before_and_after(owner: Desk) -> None:
    form = {
        "first_name": "Maya",
        "last_name": "Member",
        "email": "maya@example.test",
        "company": "Tidewater",
        "location_id": str(owner.tenant.locations["Porto"]),
        "locale": "",
    }
    owner.send(f"/admin/people/{owner.tenant.people['member']}", form)
    page = owner.get("/admin/audit").text
    for words in (
        "Changed a person’s details",
        "Olive Owner",
        "Maya Member",
        "E-mail: member@example.test → maya@example.test",
        "Company: Tidewater",
        "Home location: Porto",
    ):
        assert words in page
    assert "person.edited" not in page


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", 3),
        ("who=olive", 1),
        ("who=DORA desk", 2),
        ("about=maya", 2),
        ("who=dora&about=maya", 1),
        ("who=nobody of that name", 0),
        ("what=bookings", 1),
        ("what=people", 2),
        ("what=nonsense", 3),
        ("since=2026-01-02", 2),
        ("until=2026-01-01", 1),
        ("since=2026-01-02&until=2026-01-02", 1),
        ("since=2026-02-31", 3),
        ("before=0", 3),
        (f"before={10**30}", 3),
        ("before=99999999999", 0),
    ],
)
def test_it_finds_what_is_looked_for(owner: Desk, question: str, found: int) -> None:
    tenant, day = owner.tenant, timedelta(days=1)
    maya = tenant.people["member"]
    _write(owner.app, tenant, "owner", "person.edited", NEW_YEAR, subject="person", subject_id=maya)
    _write(
        owner.app,
        tenant,
        "desk",
        "booking.cancelled",
        NEW_YEAR + day,
        subject="booking",
        subject_id=99,
        for_id=maya,
    )
    _write(
        owner.app, tenant, "desk", "person.created", NEW_YEAR + 2 * day, subject="person", subject_id=maya + 1
    )
    page = owner.get(f"/admin/audit?{question}")
    assert page.status_code == 200
    assert page.text.count('<th scope="row">') == found
    if "before" not in question:
        assert len(_told(owner, f"/admin/audit.csv?{question}")) == found


def test_pages_lead_to_every_entry_and_back(owner: Desk) -> None:
    with inside(owner.app, owner.tenant) as session:
        for number in range(120):
            # Many at the same moment: the order must not lose any between two pages.
            at = NEW_YEAR + timedelta(minutes=number // 30)
            record(session, at, None, "person.sign_in_refused", after={"address": f"a{number}"})
    seen: list[str] = []
    address, pages = "/admin/audit", []
    while address:
        page = owner.get(address).text
        pages.append(address)
        seen += [part.partition("<")[0] for part in page.split("Address: ")[1:]]
        address = _link(page, "next")
    assert len(pages) == 3
    assert seen == [f"a{number}" for number in reversed(range(120))]
    back = _link(owner.get(pages[2]).text, "prev")
    assert owner.get(back).text.count('<th scope="row">') == 50
    assert "Address: a69<" in owner.get(back).text


def _link(page: str, rel: str) -> str:
    found = page.partition(f'rel="{rel}" href="')[2].partition('"')[0]
    return found.replace("&amp;", "&")


def test_a_formula_is_text_in_the_spreadsheet(owner: Desk) -> None:
    bad = "=HYPERLINK(1)"
    _write(owner.app, owner.tenant, "owner", "plan.removed", NEW_YEAR, subject="plan", before={"name": bad})
    row = _told(owner, "/admin/audit.csv")[0]
    assert row["Thing"] == f"'{bad}"
    assert row["What"] == "Removed a plan"


def test_it_is_for_who_may_read_it(app: Flask, world: World) -> None:
    north = world.northlight
    assert Desk(app, north, "owner").get("/admin/audit").status_code == 200
    assert Desk(app, north, "manager").get("/admin/audit.csv").status_code == 200
    assert Desk(app, north, "desk").get("/admin/audit").status_code == 404
    make_role(app, north, "Auditor", [Permission.AUDIT])
    give(app, north, "colleague", Role.CUSTOM, own="Auditor")
    auditor = Desk(app, north, "colleague")
    assert auditor.get("/admin").headers["Location"] == "/admin/audit"
    page = auditor.get("/admin/audit").text
    # Whoever may not open people's pages is not led to them.
    assert "Changed a staff role" in page
    assert f"/admin/people/{north.people['colleague']}" not in page


def test_the_other_tenants_entries_are_not_there(owner: Desk, world: World) -> None:
    _write(owner.app, world.harbour, "owner", "plan.removed", NEW_YEAR, before={"name": "Harbour plan"})
    assert "Harbour plan" in Desk(owner.app, world.harbour, "owner").get("/admin/audit").text
    assert "Harbour plan" not in owner.get("/admin/audit").text


_MANY = 100_000
_QUESTIONS = (
    "",
    "who=olive",
    "about=maya",
    "what=bookings",
    "since=2026-01-02&until=2026-01-03",
    "before=50000",
)


def test_a_hundred_thousand_entries_are_as_fast_as_a_hundred(owner: Desk) -> None:
    """Within a second each, on a machine that has other things to do; from an index they take some hundredths."""
    _fill(owner)
    owner.get("/admin/audit")  # what a process remembers of a tenant is read once
    for question in _QUESTIONS:
        with statements(owner.app) as sent:
            assert owner.get(f"/admin/audit?{question}").text.count('<th scope="row">') == 50, question
        assert len([each for each in sent if not each.startswith("BEGIN")]) <= 8, question
    took = []
    for question in _QUESTIONS:
        start = datetime.now(UTC)
        owner.get(f"/admin/audit?{question}")
        took.append((datetime.now(UTC) - start).total_seconds())
    assert max(took) < 1, dict(zip(_QUESTIONS, took, strict=True))


def _fill(desk: Desk) -> None:
    """Entries of a year: most of them sign-ins, one in a hundred about a booking of Maya's."""
    people = desk.tenant.people
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": desk.tenant.id,
            "at": NEW_YEAR + number * timedelta(minutes=5),
            "actor_id": people["desk"] if number % 50 else people["owner"],
            "action": "person.signed_in" if number % 100 else "booking.cancelled",
            "subject": "person" if number % 100 else "booking",
            "subject_id": people["desk"] if number % 100 else 1,
            "for_id": None if number % 100 else people["member"],
            "before": {},
            "after": {},
        }
        for number in range(_MANY)
    ]
    with inside(desk.app, desk.tenant) as session:
        session.execute(reviewed(insert(table_of(AuditEntry))), rows)
