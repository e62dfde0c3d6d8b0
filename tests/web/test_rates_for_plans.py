"""Rates for who is on a plan, or in a team: made, shown, paid, and never seen by anybody else."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Booking, Contract, Plan, PlanVersion, Rate, RateTarget, RateUnit
from tests.support.bookings import NOW, SEARCH, booked, span, statements
from tests.support.invoices import bill
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

RATE = {
    "name": "Residents",
    "unit": "hour",
    "amount_minor": "9.00",
    "step_minutes": "15",
    "weekdays": [str(day) for day in range(7)],
    "audience": "named",
    "active": "y",
}


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def owner(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "owner")


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _rate(app: Flask, north: TenantWorld, **named: int) -> int:
    """Half the price for who is on that plan or in that team; as staff make it, so that the house has a new revision."""
    desk = Desk(app, north, "owner")
    chosen = {f"{name}s": str(each) for name, each in named.items()}
    answer = desk.send("/admin/prices", RATE | chosen | {"owner": f"type-{north.types['Meeting room']}"})
    assert answer.status_code == 303, answer.text
    return rows(app, north, Rate)[-1].id


def _plan_of(app: Flask, north: TenantWorld, who: str) -> int:
    """A plan of their own, which nobody else is on."""
    with inside(app, north) as session:
        plan = Plan(name=f"Of {who}")
        session.add(plan)
        session.flush()
        session.add(Contract(person_id=north.people[who], plan_id=plan.id, starts_on=NOW.date()))
        session.commit()
        return plan.id


def _price_of_cedar(page: str) -> str:
    found = re.search(r"Cedar.*?(£\d+\.\d\d)", page, re.DOTALL)
    assert found
    return found[1]


def test_it_is_made_shown_changed_and_refused_without_anybody(
    app: Flask, north: TenantWorld, owner: Desk
) -> None:
    kind = f"type-{north.types['Meeting room']}"
    refused = owner.send("/admin/prices", RATE | {"owner": kind})
    assert refused.status_code == 422
    assert "Choose a plan or a team at least." in refused.text
    assert 'value="Residents"' in refused.text, "the rest of the form is kept"
    assert rows(app, north, Rate) == []
    forged = owner.send("/admin/prices", RATE | {"owner": kind, "plan_ids": str(10**9)})
    assert forged.status_code == 422
    team = make_team(app, north, "colleague")
    rate = _rate(app, north, plan_id=north.plans["Residents"], team_id=team)
    assert {(each.plan_id, each.team_id) for each in rows(app, north, RateTarget)} == {
        (north.plans["Residents"], None),
        (None, team),
    }
    assert "only for Residents or Tidewater" in owner.get("/admin/prices").text
    page = owner.get(f"/admin/prices/{rate}").text
    assert re.search(r'name="audience"[^>]*value="named"[^>]*checked', page)
    assert owner.send(f"/admin/prices/{rate}", RATE | {"audience": "members"}).status_code == 303
    assert rows(app, north, RateTarget) == []
    assert not rows(app, north, Rate, id=rate)[0].named_only


@pytest.mark.parametrize("by", ["plan", "team"])
def test_a_price_that_is_kept_for_one_is_never_shown_to_another(
    app: Flask, north: TenantWorld, by: str
) -> None:
    """Maya and Colin are members, ask the same at the same minute, and share everything that is kept for both."""
    maya, colin = (_visitor(app, north, who) for who in ("member", "colleague"))
    assert _price_of_cedar(maya.get(SEARCH).text) == _price_of_cedar(colin.get(SEARCH).text) == "£18.00"
    named = {
        "plan": lambda: {"plan_id": _plan_of(app, north, "member")},
        "team": lambda: {"team_id": make_team(app, north, "member")},
    }
    _rate(app, north, **named[by]())
    for _ in range(2):
        assert _price_of_cedar(maya.get(SEARCH).text) == "£9.00"
        assert _price_of_cedar(colin.get(SEARCH).text) == "£18.00"
    shown = booked(app, north, "member", "Cedar", span(10))
    other = booked(app, north, "colleague", "Fern", span(10))
    assert [rows(app, north, Booking, id=each)[0].price_minor for each in (shown, other)] == [900, 1800]
    page = maya.get(f"/bookings/{shown}").text
    assert "Residents" in page
    assert "Why this price?" in page


def test_a_plans_percentage_is_never_shown_to_another_either(app: Flask, north: TenantWorld) -> None:
    """The same of what comes off by a plan that no room and no rate asks for."""
    plan_id = _plan_of(app, north, "member")
    with inside(app, north) as session:
        version = PlanVersion(
            plan_id=plan_id,
            number=1,
            made_at=NOW,
            price_minor=0,
            tax_rate_id=bill(session, north, "owner", NOW)["rate_id"],
            booking_discount_hundredths=5000,
        )
        session.add(version)
        session.flush()
        contract = session.scalars(select(Contract).where(Contract.plan_id == plan_id)).one()
        contract.version_id, contract.anchor_on = version.id, contract.starts_on
        session.commit()
    maya, colin = (_visitor(app, north, who) for who in ("member", "colleague"))
    for _ in range(2):
        assert _price_of_cedar(maya.get(SEARCH).text) == "£9.00"
        assert _price_of_cedar(colin.get(SEARCH).text) == "£18.00"


def test_it_holds_as_long_as_one_is_on_the_plan(app: Flask, north: TenantWorld) -> None:
    plan_id = _plan_of(app, north, "member")
    _rate(app, north, plan_id=plan_id)
    maya = _visitor(app, north, "member")
    assert _price_of_cedar(maya.get(SEARCH).text) == "£9.00"
    (contract,) = rows(app, north, Contract, plan_id=plan_id)
    change(
        app,
        north,
        Contract,
        contract.id,
        starts_on=NOW.date().replace(day=1),
        ends_on=NOW.date().replace(day=2),
    )
    assert _price_of_cedar(maya.get(SEARCH).text) == "£18.00", "no setting changed, but who she is"


def test_without_its_plan_it_holds_for_nobody(app: Flask, north: TenantWorld, owner: Desk) -> None:
    with inside(app, north) as session:
        rate = Rate(
            resource_type_id=north.types["Meeting room"],
            name="Orphan",
            unit=RateUnit.HOUR,
            amount_minor=1,
            named_only=True,
        )
        session.add(rate)
        session.commit()
    assert booked(app, north, "member", "Cedar", span(10))
    assert rows(app, north, Booking)[-1].price_minor == 1800
    assert "for nobody: its plans and teams are gone" in owner.get("/admin/prices").text


def test_the_trial_knows_plans_teams_and_people(app: Flask, north: TenantWorld, owner: Desk) -> None:
    plan, team = _plan_of(app, north, "member"), make_team(app, north, "contact")
    _rate(app, north, plan_id=plan, team_id=team)
    asked = f"/admin/prices/trial?room={north.rooms['Cedar']}&day=2026-11-25&at=10:00&minutes=60"
    for question, total in (
        ("&whom=member", "£18.00"),
        (f"&whom=member&plan_id={plan}", "£9.00"),
        (f"&whom=contact&team_id={team}", "£9.00"),
        (f"&whom=contact&email={north.email('contact')}", "£9.00"),
        (f"&whom=contact&email={north.email('colleague')}", "£18.00"),
    ):
        page = owner.get(asked + question).text
        assert re.search(rf'class="sum".*?{total}', page, re.DOTALL), question
    assert owner.get(f"{asked}&whom=member&plan_id={10**9}").status_code == 422


def test_its_pages_ask_no_more(app: Flask, north: TenantWorld, owner: Desk) -> None:
    rate = _rate(app, north, plan_id=north.plans["Residents"])

    def count(path: str) -> int:
        owner.get(path)
        with statements(app) as sent:
            assert owner.get(path).status_code == 200
        return len([each for each in sent if not each.startswith("BEGIN")])

    pages = ["/admin/prices", "/admin/prices/new", f"/admin/prices/{rate}", "/admin/prices/trial"]
    assert {path: many for path in pages if (many := count(path)) > 8} == {}
