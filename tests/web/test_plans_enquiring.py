"""Asking about a plan that only staff put people on: everybody at the desk reads it once, and nobody else."""

from typing import Any

import pytest
from flask import Flask

from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.kernel.clock import system_clock
from app.models import PlanVisibility
from tests.support.mail import mailed
from tests.support.rows import inside
from tests.support.shop import Shop
from tests.support.world import World

TEXT = "Is it quiet?\nWe are four."


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    return Shop(app, world)


def _ask(shop: Shop, plan_id: int, text: str = TEXT, **more: str) -> Any:
    here = f"/plans/{plan_id}/enquiry"
    return shop.visitor.post(here, {"text": text, **more}, form=here)


def _plan(shop: Shop) -> int:
    return shop.plan(visibility=PlanVisibility.ENQUIRE)[0]


def test_what_somebody_asks_reaches_the_desk_by_notice_and_mail(shop: Shop) -> None:
    plan_id = _plan(shop)
    assert f'href="/plans/{plan_id}/enquiry"' in shop.visitor.get("/plans").text
    answer = _ask(shop, plan_id, phone="+44 131 496 0123")
    assert (answer.status_code, answer.location) == (303, "/plans")
    assert "We have your message" in shop.visitor.get("/plans").text
    for who, count in {"desk": 1, "owner": 1, "member": 0, "contact": 0}.items():
        assert len(shop.told(who, "plan.enquired")) == count
    (notice,) = shop.told("desk", "plan.enquired")
    assert (notice.data["text"], notice.data["phone"]) == (TEXT, "+44 131 496 0123")
    page = f"/admin/people/{shop.tenant.people['contact']}"
    assert mailed(shop.app, shop.tenant, "/admin/people/") == page
    text = shop.app.extensions["portico_outbox"].newest(shop.tenant.id, 1)[0].text
    for words in ("Is it quiet?", "We are four.", "+44 131 496 0123"):
        assert words in text


def test_a_double_tap_sends_one_and_another_question_another(shop: Shop) -> None:
    plan_id = _plan(shop)
    assert [_ask(shop, plan_id).status_code for _time in range(2)] == [303, 303]
    assert len(shop.told("desk", "plan.enquired")) == 1
    _ask(shop, plan_id, "And the lift?")
    assert [each.data["text"] for each in shop.told("desk", "plan.enquired")] == [TEXT, "And the lift?"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": ""}, "text"), ({"text": "x" * 2001}, "text"), ({"phone": "call me"}, "phone")],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    shop: Shop, wrong: dict[str, str], field: str
) -> None:
    answer = _ask(shop, _plan(shop), **({"text": TEXT, "phone": "+44 131 496 0123"} | wrong))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert ("+44 131 496 0123" if field == "text" else "We are four.") in answer.text
    assert shop.told("desk", "plan.enquired") == []


def test_it_is_limited(app: Flask, shop: Shop) -> None:
    app.config["LIMITS"]["enquiry by account"] = "2 per hour"
    plan_id = _plan(shop)
    answers = [_ask(shop, plan_id, f"Question {number}") for number in range(3)]
    assert [each.status_code for each in answers] == [303, 303, 429]
    assert "Question 2" in answers[2].text
    assert len(shop.told("desk", "plan.enquired")) == 2


def test_nobody_asks_about_what_they_can_join_or_cannot_see(shop: Shop) -> None:
    for visibility in (PlanVisibility.LISTED, PlanVisibility.LINK):
        plan_id, _version = shop.plan(visibility=visibility)
        assert shop.visitor.get(f"/plans/{plan_id}/enquiry").status_code == 404
        answer = shop.visitor.post(f"/plans/{plan_id}/enquiry", {"text": TEXT}, form="/plans")
        assert answer.status_code == 404
    assert shop.told("desk", "plan.enquired") == []


def test_what_somebody_wrote_goes_when_they_do(shop: Shop) -> None:
    _ask(shop, _plan(shop))
    with inside(shop.app, shop.tenant) as session:
        owner, person = shop.tenant.actor("owner"), shop.tenant.people["contact"]
        assert shop.told("desk", "plan.enquired")
        anonymise(session, owner, person, Reason.ASKED, system_clock)
        session.commit()
    assert shop.told("desk", "plan.enquired") == []
