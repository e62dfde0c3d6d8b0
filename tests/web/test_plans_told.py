"""Who is told what of a contract: the desk of what waits and who leaves, and whoever it is of what became of it."""

import pytest
from flask import Flask

from app.web.notice_words import words_of
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.world import World


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    return Shop(app, world)


def _decide(shop: Shop, decision: str) -> None:
    (waiting,) = shop.contracts()
    person = shop.tenant.people["contact"]
    desk = Desk(shop.app, shop.tenant, "desk")
    assert desk.send(f"/admin/people/{person}/contracts/{waiting.id}/{decision}", {}).status_code == 303


def test_who_joins_is_told_and_nobody_at_the_desk(shop: Shop) -> None:
    shop.join(*shop.plan())
    (notice,) = shop.told("contact", "contract.started")
    with shop.app.app_context():
        words = words_of(notice)
    assert (words.title, words.href) == ("You are on Residents", "/plans/mine")
    assert shop.told("desk", "contract.waiting") == []


@pytest.mark.parametrize("decision", ["approval", "refusal"])
def test_what_waits_is_told_to_the_desk_until_somebody_decides(shop: Shop, decision: str) -> None:
    shop.join(*shop.plan(needs_approval=True))
    assert shop.told("contact", "contract.started") == []
    (notice,) = shop.told("desk", "contract.waiting")
    (contract,) = shop.contracts()
    with shop.app.app_context():
        words = words_of(notice)
    person = f"/admin/people/{shop.tenant.people['contact']}"
    approve = words.action("approve")
    assert approve is not None
    assert (approve.href, approve.posts) == (f"{person}/contracts/{contract.id}/approval", True)
    assert (words.href, shop.told("member", "contract.waiting")) == (person, [])
    _decide(shop, decision)
    assert shop.told("desk", "contract.waiting") == []
    told = {each: len(shop.told("contact", f"contract.{each}")) for each in ("approved", "refused")}
    assert told == {"approved": decision == "approval", "refused": decision == "refusal"}


def test_who_takes_it_back_is_told_nothing(shop: Shop) -> None:
    shop.join(*shop.plan(needs_approval=True))
    (waiting,) = shop.contracts()
    path = f"/plans/mine/{waiting.id}/withdrawal"
    assert shop.visitor.post(path, {}, form="/plans/mine").status_code == 303
    assert shop.told("contact", "contract.refused") == shop.told("desk", "contract.waiting") == []


def test_a_cancellation_is_told_to_both_and_its_withdrawal_takes_it_back_from_the_desk(shop: Shop) -> None:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    path = f"/plans/mine/{contract.id}/cancellation"
    shop.visitor.post(path, {"ends_on": "2099-01-31", "reason": "We move"}, form=path)
    (mine,), (desks,) = shop.told("contact", "contract.cancelled"), shop.told("desk", "contract.leaving")
    with shop.app.app_context():
        assert "31 Jan 2099" in words_of(mine).body
        assert "We move" in words_of(desks).body
    shop.visitor.post(f"{path}/withdrawal", {}, form="/plans/mine")
    assert shop.told("desk", "contract.leaving") == []


def test_staff_who_end_a_contract_tell_whose_it_is_and_not_each_other(shop: Shop) -> None:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    person = shop.tenant.people["contact"]
    desk = Desk(shop.app, shop.tenant, "desk")
    path = f"/admin/people/{person}/contracts/{contract.id}"
    assert desk.send(path, {f"contract{contract.id}-ends_on": "2099-01-31"}).status_code == 303
    assert len(shop.told("contact", "contract.cancelled")) == 1
    assert shop.told("owner", "contract.leaving") == []


def test_a_change_and_a_pause_are_told(shop: Shop) -> None:
    shop.join(*shop.plan(pauses_a_year=1, pause_cycles=1))
    other, version = shop.plan("Studio", 26000)
    (contract,) = shop.contracts()
    here = f"/plans/mine/{contract.id}"
    shop.visitor.post(f"{here}/pause", {"cycles": "1"}, form=f"{here}/pause")
    assert len(shop.told("contact", "contract.paused")) == 1
    shop.visitor.post(f"{here}/pause/end", {}, form="/plans/mine")
    change = f"{here}/change/{other}"
    assert shop.visitor.post(change, {"version_id": str(version)}, form=change).status_code == 303
    (notice,) = shop.told("contact", "contract.changed")
    assert notice.data["plan"] == "Studio"


def test_who_goes_along_to_new_terms_is_told(shop: Shop) -> None:
    shop.join(*shop.plan())
    plan_id, _version = shop.plan(price_minor=20000)
    owner = Desk(shop.app, shop.tenant, "owner")
    assert owner.send(f"/admin/plans/{plan_id}/terms/migration", {"on": "2099-01-31"}).status_code == 303
    assert len(shop.told("contact", "contract.changed")) == 1
