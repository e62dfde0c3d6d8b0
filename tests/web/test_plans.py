"""Plans as a person meets them: what is on offer, joining one, cancelling it and withdrawing that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.levels import hold_level
from app.models import Invoice, PlanAudience, PlanVisibility, SectionSetting
from tests.support.rows import inside, rows
from tests.support.shop import Shop
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    return Shop(app, world)


def test_without_a_price_there_is_nothing_on_offer(shop: Shop) -> None:
    assert "No plan on offer" in shop.visitor.get("/plans").text
    assert "You are on no plan" in shop.visitor.get("/plans/mine").text


def test_it_says_what_a_plan_costs_and_asks_for(shop: Shop) -> None:
    plan_id, _ = shop.plan(signup_fee_minor=5000, min_cycles=3, notice_days=30, description="Your own desk")
    text = shop.visitor.get("/plans").text
    for words in (
        "£186.00",
        "a month",
        "£50.00 once",
        "At least 3 months",
        "30 days’ notice",
        "Your own desk",
    ):
        assert words in text
    assert f"/plans/{plan_id}/join" in text


def test_a_plan_for_members_is_absent_and_not_found(shop: Shop) -> None:
    plan_id, _ = shop.plan()
    assert "Join Residents" in shop.visitor.get("/plans").text
    shop.plan(audience=PlanAudience.MEMBERS)
    assert "Residents" not in shop.visitor.get("/plans").text
    assert shop.visitor.get(f"/plans/{plan_id}/join").status_code == 404


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"capacity": 0}, "Sold out"),
        ({"visibility": PlanVisibility.ENQUIRE}, "Ask about Residents"),
    ],
)
def test_what_nobody_can_join_has_no_button(shop: Shop, details: dict[str, Any], words: str) -> None:
    shop.plan(**details)
    text = shop.visitor.get("/plans").text
    assert words in text
    assert "Join Residents" not in text


def test_the_review_shows_the_money_before_the_button(shop: Shop) -> None:
    plan_id, _ = shop.plan(signup_fee_minor=5000, terms="Be kind.")
    today = datetime.now(UTC).date()
    text = shop.visitor.get(f"/plans/{plan_id}/join/review?starts_on={today}").text
    for words in ("£236.00", "£186.00", "Be kind.", "earliest last day"):
        assert words in text


@pytest.mark.parametrize("day", ["", "soon", "2000-01-01", "2099-01-01", "2026-02-30"])
def test_a_wrong_day_is_said_at_its_field(shop: Shop, day: str) -> None:
    plan_id, _ = shop.plan()
    answer = shop.visitor.get(f"/plans/{plan_id}/join/review?starts_on={day}")
    assert answer.status_code == 422
    assert 'id="starts_on-error"' in answer.text


def test_joining_bills_and_leads_to_the_invoice_and_twice_is_once(shop: Shop) -> None:
    ids = shop.plan(signup_fee_minor=5000)
    answer = shop.join(*ids)
    (invoice,) = rows(shop.app, shop.tenant, Invoice)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/invoices/{invoice.id}")
    assert invoice.total_minor == 23600
    again = shop.join(*ids)
    assert (again.status_code, again.headers["Location"]) == (303, "/plans/mine")
    assert len(shop.contracts()) == 1
    assert len(rows(shop.app, shop.tenant, Invoice)) == 1
    assert "Your plan" in shop.visitor.get("/plans").text


def test_terms_are_agreed_to_first(shop: Shop) -> None:
    ids = shop.plan(terms="Be kind.")
    answer = shop.join(*ids)
    assert answer.status_code == 422
    assert "tick the box if you agree" in answer.text
    assert shop.contracts() == []
    assert shop.join(*ids, agreed="y").status_code == 303
    assert len(shop.contracts()) == 1


def test_a_plan_that_changed_meanwhile_is_looked_at_again(shop: Shop) -> None:
    ids = shop.plan()
    shop.plan(price_minor=99900)
    answer = shop.join(*ids)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/plans")
    assert "has changed meanwhile" in shop.visitor.get("/plans").text
    assert shop.contracts() == []


def test_who_waits_for_the_front_desk_is_billed_nothing(shop: Shop) -> None:
    assert shop.join(*shop.plan(needs_approval=True)).headers["Location"] == "/plans/mine"
    assert "Waits for the front desk" in shop.visitor.get("/plans/mine").text
    assert rows(shop.app, shop.tenant, Invoice) == []


def test_cancelling_shows_the_day_and_can_be_withdrawn(shop: Shop) -> None:
    shop.join(*shop.plan(min_cycles=3))
    (contract,) = shop.contracts()
    path = f"/plans/mine/{contract.id}/cancellation"
    text = shop.visitor.get(path).text
    assert text.count("£186.00") == 2
    early = {"ends_on": datetime.now(UTC).date().isoformat(), "reason": "We move"}
    answer = shop.visitor.post(path, early, form=path)
    assert answer.status_code == 422
    assert "The earliest last day is" in answer.text
    assert "We move" in answer.text
    assert shop.contracts()[0].ends_on is None
    later = (contract.minimum_until or contract.starts_on) + timedelta(days=40)
    assert shop.visitor.post(path, {"ends_on": later.isoformat()}, form=path).status_code == 303
    assert shop.contracts()[0].ends_on == later
    assert shop.visitor.get(path).status_code == 303
    kept = shop.visitor.post(f"{path}/withdrawal", {}, form="/plans/mine")
    assert kept.status_code == 303
    assert shop.contracts()[0].ends_on is None


def test_somebody_elses_contract_is_not_found(app: Flask, shop: Shop, world: World) -> None:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    other = Visitor(app, world.northlight)
    sign_in_client(app, other.client, world.northlight, "member")
    path = f"/plans/mine/{contract.id}/cancellation"
    assert shop.visitor.get(path).status_code == 200
    assert other.get(path).status_code == 404
    assert other.post(path, {"ends_on": "2099-01-01"}, form="/plans/mine").status_code == 404
    assert shop.contracts()[0].ends_on is None


def test_a_section_that_is_off_is_not_there(shop: Shop) -> None:
    plan_id, _ = shop.plan()
    with inside(shop.app, shop.tenant) as session:
        session.add(SectionSetting(section="plans", enabled=False))
        hold_level(session, None).touch()
        session.commit()
    for path in ("/plans", "/plans/mine", f"/plans/{plan_id}/join", f"/plans/{plan_id}/join/review"):
        assert shop.visitor.get(path).status_code == 404


def test_mine_says_what_is_billed_next_and_for_what(shop: Shop) -> None:
    shop.join(*shop.plan())
    text = _mine(shop)
    assert "Your next invoices" in text
    assert text.count('<span class="num amount">£186.00</span>') == 3
    assert "Residents (" in text
    (contract,) = shop.contracts()
    here = f"/plans/mine/{contract.id}/cancellation"
    shop.visitor.post(here, {"ends_on": contract.starts_on.isoformat()}, form=here)
    shop.visitor.post(here, {"ends_on": str(contract.billed_until)}, form=here)
    assert "Your next invoices" not in _mine(shop)


def _mine(shop: Shop) -> str:
    return shop.visitor.get("/plans/mine").text


def test_a_pause_is_shown_set_and_ended(shop: Shop) -> None:
    plan_id, version_id = shop.plan(pauses_a_year=1, pause_cycles=2)
    shop.join(plan_id, version_id)
    (contract,) = shop.contracts()
    here = f"/plans/mine/{contract.id}/pause"
    page = shop.visitor.get(here).text
    assert "It lasts 2 billing periods at most." in page
    refused = shop.visitor.post(here, {"cycles": "3"}, form=here)
    assert refused.status_code == 422
    assert "at most" in refused.text
    assert shop.visitor.post(here, {"cycles": "1"}, form=here).status_code == 303
    again = shop.visitor.post(here, {"cycles": "1"}, form=here)
    assert again.status_code == 422
    assert "already" in again.text
    assert "End the pause" in _mine(shop)
    assert shop.visitor.post(f"{here}/end", {}, form="/plans/mine").status_code == 303
    assert "End the pause" not in _mine(shop)


def test_a_plan_without_pauses_says_so(shop: Shop) -> None:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    here = f"/plans/mine/{contract.id}/pause"
    assert f'href="{here}"' not in _mine(shop)
    refused = shop.visitor.post(here, {"cycles": "1"}, form=here)
    assert refused.status_code == 422
    assert "This plan has no pauses." in refused.text


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "next period"])
def test_a_change_shows_what_it_costs_and_is_withdrawn(shop: Shop, *, at_once: bool) -> None:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    other, version = shop.plan("Studio", 26000, terms="No dogs.")
    here = f"/plans/mine/{contract.id}/change"
    assert f'href="{here}/{other}"' in shop.visitor.get(here).text
    page = shop.visitor.get(f"{here}/{other}").text
    assert "£260.00" in page
    assert "No dogs." in page
    wish = {"version_id": str(version)} | ({"at_once": "y"} if at_once else {})
    refused = shop.visitor.post(f"{here}/{other}", wish, form=f"{here}/{other}")
    assert refused.status_code == 422
    assert "Read the terms" in refused.text
    agreed = wish | {"agreed": "y"}
    assert shop.visitor.post(f"{here}/{other}", agreed, form=f"{here}/{other}").status_code == 303
    assert [each.plan_id for each in shop.contracts()] == [contract.plan_id, other]
    assert "Then Studio" in _mine(shop)
    assert shop.visitor.post(f"{here}/withdrawal", {}, form="/plans/mine").status_code == 303
    assert len(shop.contracts()) == 1


def test_who_has_a_plan_is_offered_to_switch_beside_joining_as_well(shop: Shop) -> None:
    other, _version = shop.plan("Studio", 26000)
    assert "Join Studio" in shop.visitor.get("/plans").text
    assert "Instead of what you have" not in shop.visitor.get(f"/plans/{other}/join").text
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    page = shop.visitor.get("/plans").text
    there = f"/plans/mine/{contract.id}/change/{other}"
    assert f'href="{there}"' in page
    assert "Switch to Studio" in page
    assert "Join Studio as well" in page
    assert f'href="{there}"' in shop.visitor.get(f"/plans/{other}/join").text
    assert shop.visitor.get(there).status_code == 200


def test_with_two_plans_one_says_which_goes(shop: Shop) -> None:
    for name in ("Residents", "Studio"):
        shop.join(*shop.plan(name))
    other, _version = shop.another("Loft", 40000)
    page = shop.visitor.get("/plans").text
    assert f'href="/plans/{other}/join#instead"' in page
    start = shop.visitor.get(f"/plans/{other}/join").text
    for contract in shop.contracts():
        assert f'href="/plans/mine/{contract.id}/change/{other}"' in start


@pytest.mark.parametrize("details", [{"needs_approval": True}, {"visibility": PlanVisibility.ENQUIRE}])
def test_what_nobody_switches_to_by_themselves_is_joined_or_asked_about(
    shop: Shop, details: dict[str, Any]
) -> None:
    shop.join(*shop.plan())
    shop.plan("Studio", 26000, **details)
    assert "Switch to Studio" not in shop.visitor.get("/plans").text


def test_what_waits_is_taken_back_or_decided_at_the_desk(shop: Shop) -> None:
    plan_id, version_id = shop.plan(needs_approval=True)
    desk = Desk(shop.app, shop.tenant, "desk")
    person = shop.tenant.people["contact"]
    shop.join(plan_id, version_id)
    (first,) = shop.contracts()
    assert shop.visitor.post(f"/plans/mine/{first.id}/withdrawal", {}, form="/plans/mine").status_code == 303
    assert shop.contracts() == []
    for decision, running in (("refusal", 0), ("approval", 1)):
        shop.join(plan_id, version_id)
        (waiting,) = shop.contracts()
        assert "Waits for you" in desk.get(f"/admin/people/{person}").text
        path = f"/admin/people/{person}/contracts/{waiting.id}/{decision}"
        assert desk.send(path, {}).status_code == 303
        assert len([each for each in shop.contracts() if not each.pending]) == running
    (decided,) = shop.contracts()
    again = f"/admin/people/{person}/contracts/{decided.id}/refusal"
    assert desk.send(again, {}).status_code == 303
    assert len(shop.contracts()) == 1


@pytest.mark.parametrize("who", ["colleague", "desk", "owner"])
def test_what_is_mine_is_nobody_elses_here_not_even_staffs(app: Flask, shop: Shop, who: str) -> None:
    shop.join(*shop.plan(pauses_a_year=1, pause_cycles=1))
    other, version = shop.plan("Studio", 26000)
    (contract,) = shop.contracts()
    stranger = Visitor(app, shop.tenant)
    sign_in_client(app, stranger.client, shop.tenant, who)
    here = f"/plans/mine/{contract.id}"
    for path in (f"{here}/cancellation", f"{here}/pause", f"{here}/change", f"{here}/change/{other}"):
        assert stranger.get(path).status_code == 404
    for path, form in (
        (f"{here}/cancellation", {"ends_on": "2099-12-31"}),
        (f"{here}/cancellation/withdrawal", {}),
        (f"{here}/pause", {"cycles": "1"}),
        (f"{here}/pause/end", {}),
        (f"{here}/change/{other}", {"version_id": str(version)}),
        (f"{here}/change/withdrawal", {}),
        (f"{here}/withdrawal", {}),
    ):
        assert stranger.post(path, form, form="/plans").status_code == 404
    assert len(shop.contracts()) == 1
