"""The list of contracts: found by name, state, plan and location; who sees whose; and as a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.plans.listing import WhichContracts
from app.domain.plans.showing import contracts_shown
from app.models import Contract, ContractPause, Person, Role
from tests.support.bookings import statements
from tests.support.invoices import bill
from tests.support.limited import give
from tests.support.rows import change, inside
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.tariffs import give_prices
from tests.support.visitor import Visitor
from tests.support.world import World

PATH = "/admin/contracts"


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """One contract of each state; those of the member and of the colleague are active."""
    tenant, today = world.northlight, datetime.now(UTC).date()
    day = timedelta(days=1)

    def contract(who: str, **more: object) -> Contract:
        return Contract(
            **{
                "person_id": tenant.people[who],
                "plan_id": tenant.plans["Residents"],
                "starts_on": today - 90 * day,
                **more,
            }
        )

    with inside(app, tenant) as session:
        rate_id = bill(session, tenant, "member", datetime.now(UTC))["rate_id"]
        paused = contract("owner")
        session.add_all(
            [
                paused,
                contract("manager", pending=True, starts_on=today + day),
                contract("desk", ends_on=today),
                contract("contact", starts_on=today + 5 * day),
                contract("contact", ends_on=today - day),
            ]
        )
        session.flush()
        session.add(
            ContractPause(
                contract_id=paused.id,
                from_day=today - day,
                until_day=today,
                asked_at=datetime.now(UTC),
            )
        )
        of_member = session.scalars(select(Contract.id).where(Contract.person_id == tenant.people["member"]))
        give_prices(session, tenant, of_member.one(), rate_id, datetime.now(UTC))
        session.commit()
    return Desk(app, tenant, "desk")


def _rows(desk: Visitor, query: str = "") -> list[dict[str, str]]:
    answer = desk.get(f"{PATH}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


def _names(desk: Visitor, query: str = "") -> set[str]:
    return {row["Name"] for row in _rows(desk, query)}


def test_each_state_finds_those_that_pages_say_are_in_it(app: Flask, desk: Desk) -> None:
    by_state: dict[str, set[int]] = {}
    today = datetime.now(UTC).date()
    with inside(app, desk.tenant) as session:
        for person_id in desk.tenant.people.values():
            for shown in contracts_shown(session, person_id, today):
                by_state.setdefault(shown.state.value, set()).add(person_id)
    assert set(by_state) == set(WhichContracts) - {WhichContracts.ALL}
    names = {who: f"{who}@example.test" for who in desk.tenant.people}
    ids = {names[who]: person_id for who, person_id in desk.tenant.people.items()}
    for state, people in by_state.items():
        assert {ids[row["E-mail"]] for row in _rows(desk, f"which={state}")} == people, state


def test_words_plan_and_location_cut_it_down(app: Flask, desk: Desk) -> None:
    tenant = desk.tenant
    change(app, tenant, Person, tenant.people["member"], location_id=tenant.locations["Porto"])
    assert _names(desk, "q=máya") == {"Maya Member"}
    assert _names(desk, f"plan={tenant.plans['Studio']}") == {"Maya Member", "Colin Colleague"}
    assert _names(desk, f"location={tenant.locations['Porto']}") == {"Maya Member"}
    assert len(_rows(desk, "plan=999999&location=nonsense&which=nonsense")) == 7


def test_who_waits_stands_first_and_leads_to_their_page(app: Flask, desk: Desk) -> None:
    text = desk.get(PATH).text
    assert text.index("Mona Manager") < text.index("Colin Colleague")
    manager = desk.tenant.people["manager"]
    assert f'href="/admin/people/{manager}#contracts-title"' in text
    assert 'id="contracts-title"' in desk.get(f"/admin/people/{manager}").text
    assert '<span class="num amount">£186.00</span><span class="detail nowrap">a month</span>' in text


def test_who_is_limited_to_a_location_sees_no_others(app: Flask, desk: Desk) -> None:
    tenant = desk.tenant
    change(app, tenant, Person, tenant.people["member"], location_id=tenant.locations["Porto"])
    assert "Maya Member" in _names(desk)
    give(app, tenant, "desk", Role.FRONT_DESK, places=["Leith Walk"])
    limited = Desk(app, tenant, "desk")
    assert "Maya Member" not in _names(limited)
    assert "Colin Colleague" in _names(limited)
    assert "Maya Member" not in limited.get(PATH).text


def test_members_do_not_see_it(app: Flask, desk: Desk) -> None:
    visitor = Visitor(app, desk.tenant)
    sign_in_client(app, visitor.client, desk.tenant, "member")
    for path in (PATH, f"{PATH}.csv"):
        assert visitor.get(path).status_code == 404


def test_a_name_is_no_formula(app: Flask, desk: Desk) -> None:
    change(app, desk.tenant, Person, desk.tenant.people["member"], first_name="=1+1")
    assert "'=1+1 Member" in _names(desk)


def test_statements_do_not_grow(app: Flask, desk: Desk) -> None:
    def count(path: str) -> int:
        desk.get(path)
        with statements(app) as seen:
            assert desk.get(path).status_code == 200
        return len(seen)

    few = [count(PATH), count(f"{PATH}.csv")]
    assert max(few) <= 8
    with inside(app, desk.tenant) as session:
        for person_id in desk.tenant.people.values():
            for years in range(1, 15):
                day = datetime.now(UTC).date() - timedelta(days=400 * years)
                plan = desk.tenant.plans["Studio"]
                session.add(Contract(person_id=person_id, plan_id=plan, starts_on=day, ends_on=day))
        session.commit()
    assert [count(PATH), count(f"{PATH}.csv")] == few
    assert "1 to 50 of 91" in desk.get(PATH).text
