"""The secret link of a plan: who has it sees the plan and joins, who has not sees nothing of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.models import JoiningMode, PlanAudience, PlanVisibility
from tests.support.joining import join_form, open_joining
from tests.support.mail import mailed
from tests.support.shop import Shop
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import World

ME = {"first_name": "Ada", "last_name": "Byron", "password": "a brand new pass phrase"}


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    return Shop(app, world)


def _by_link(shop: Shop, **details: Any) -> tuple[int, int, str]:
    plan_id, version_id = shop.plan(visibility=PlanVisibility.LINK, **details)
    return plan_id, version_id, shop.link(plan_id)


def test_the_link_leads_to_the_plan_and_no_list_does(shop: Shop) -> None:
    plan_id, _, token = _by_link(shop, description="For founders")
    page = shop.visitor.get(f"/plans/l/{token}")
    assert page.status_code == 200
    for words in ("Residents", "£186.00", "For founders", f"/plans/{plan_id}/join?link={token}"):
        assert words in page.text
    assert "Residents" not in shop.visitor.get("/plans").text


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "%C3%A9", "x" * 3000])
def test_a_made_up_link_leads_nowhere(shop: Shop, token: str) -> None:
    plan_id, _, _real = _by_link(shop)
    assert shop.visitor.get(f"/plans/l/{token}").status_code == 404
    assert Visitor(shop.app, shop.tenant).get(f"/plans/l/{token}").status_code == 404
    assert shop.visitor.get(f"/plans/{plan_id}/join?link={token}").status_code == 404


def test_a_link_is_withdrawn_by_a_new_one_by_retiring_and_by_listing(shop: Shop) -> None:
    plan_id, _, first = _by_link(shop)
    second = shop.link(plan_id)
    assert shop.visitor.get(f"/plans/l/{first}").status_code == 404
    assert shop.visitor.get(f"/plans/l/{second}").status_code == 200
    shop.plan()
    assert shop.visitor.get(f"/plans/l/{second}").status_code == 404


def test_another_tenants_link_leads_nowhere(app: Flask, shop: Shop, world: World) -> None:
    _plan, _version, token = _by_link(shop)
    for who in (Visitor(app, world.harbour), Visitor(app, world.northlight)):
        assert who.get(f"/plans/l/{token}").status_code == (200 if who.tenant is world.northlight else 404)


def test_who_has_the_link_joins_through_every_step(shop: Shop) -> None:
    plan_id, version_id, token = _by_link(shop, terms="Be kind.")
    day = datetime.now(UTC).date().isoformat()
    start = f"/plans/{plan_id}/join?link={token}"
    assert f'name="link" value="{token}"' in shop.visitor.get(start).text
    review = f"/plans/{plan_id}/join/review?starts_on={day}&link={token}"
    assert f'name="link" value="{token}"' in shop.visitor.get(review).text
    asked = {"starts_on": day, "version_id": str(version_id), "agreed": "y"}
    here = f"/plans/{plan_id}/join"
    assert shop.visitor.post(here, asked | {"link": "x"}, form=review).status_code == 404
    assert shop.visitor.post(here, asked, form=review).status_code == 404
    unread = shop.visitor.post(here, asked | {"link": token, "agreed": ""}, form=review)
    assert unread.status_code == 422
    assert f'name="link" value="{token}"' in unread.text
    assert shop.visitor.post(here, asked | {"link": token}, form=review).status_code == 303
    (contract,) = shop.contracts()
    assert contract.plan_id == plan_id
    assert "See what you have" in shop.visitor.get(f"/plans/l/{token}").text


@pytest.mark.parametrize(
    ("details", "words"),
    [({"capacity": 0}, "Sold out"), ({"audience": PlanAudience.MEMBERS}, "This plan is for others.")],
)
def test_what_nobody_can_join_has_no_button(shop: Shop, details: dict[str, Any], words: str) -> None:
    _plan, _version, token = _by_link(shop, **details)
    text = shop.visitor.get(f"/plans/l/{token}").text
    assert words in text
    assert "Join Residents" not in text


@pytest.mark.parametrize("mode", list(JoiningMode))
def test_a_visitor_sees_the_plan_and_the_ways_in_that_there_are(
    app: Flask, shop: Shop, mode: JoiningMode
) -> None:
    _plan, _version, token = _by_link(shop)
    open_joining(app, shop.tenant, mode=mode)
    text = Visitor(app, shop.tenant).get(f"/plans/l/{token}").text
    assert "£186.00" in text
    assert f"/login?next=/plans/l/{token}" in text
    assert ("Create an account" in text) is (mode is JoiningMode.OPEN)


def test_signing_in_leads_back(app: Flask, shop: Shop) -> None:
    _plan, _version, token = _by_link(shop)
    visitor = Visitor(app, shop.tenant)
    sign_in_client(app, visitor.client, shop.tenant, "contact")
    assert visitor.get(f"/login?next=/plans/l/{token}").location == f"/plans/l/{token}"


def test_signing_up_leads_back(app: Flask, shop: Shop) -> None:
    _plan, _version, token = _by_link(shop)
    open_joining(app, shop.tenant)
    visitor = Visitor(app, shop.tenant)
    asked = join_form(visitor, "ada@example.test")
    assert visitor.get(f"/join?next=/plans/l/{token}").status_code == 200
    assert visitor.post("/join", asked, form="/join").status_code == 303
    link = mailed(app, shop.tenant, "/join/link/")
    answer = visitor.post(link, ME, form=link)
    assert (answer.status_code, answer.location) == (303, f"/plans/l/{token}")


def test_signing_up_leads_to_no_other_site(app: Flask, shop: Shop) -> None:
    open_joining(app, shop.tenant)
    visitor = Visitor(app, shop.tenant)
    asked = join_form(visitor, "ada@example.test")
    visitor.get("/join?next=//evil.example/")
    visitor.post("/join", asked, form="/join")
    link = mailed(app, shop.tenant, "/join/link/")
    assert visitor.post(link, ME, form=link).location == "/"
