"""Staff change what one person pays: with a reason, with the money before and after, and from the next period on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.models import AuditEntry, Contract
from app.web.notice_words import words_of
from tests.support.rows import change, rows
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.world import World


class Front(Shop):
    """The shop, with somebody on a plan, and its desk."""

    def __init__(self, app: Flask, world: World) -> None:
        super().__init__(app, world)
        self.join(*self.plan(pauses_a_year=1, pause_cycles=1))
        (self.contract,) = self.contracts()
        self.desk = Desk(app, self.tenant, "desk")
        self.person = self.tenant.people["contact"]

    def here(self, person_id: int | None = None, contract_id: int | None = None) -> str:
        return f"/admin/people/{person_id or self.person}/contracts/{contract_id or self.contract.id}/price"

    def send(self, **typed: str) -> Any:
        asked = {"price_minor": "150.00", "quantity": "1", "reason": "Here since the start"}
        return self.desk.send(self.here(), asked | typed)


@pytest.fixture
def front(app: Flask, world: World) -> Front:
    return Front(app, world)


def test_the_page_shows_what_is_billed_and_what_would_be(front: Front) -> None:
    page = front.desk.get(front.here()).text
    assert page.count("£186.00") >= 3
    assert "With the new price" not in page
    look = front.send(price_minor="150.00", quantity="2", reason="", look="1")
    assert look.status_code == 200
    assert "With the new price" in look.text
    assert look.text.count("£300.00") == 3
    assert len(front.contracts()) == 1


def test_another_price_begins_with_the_next_period_and_is_audited_and_told(front: Front) -> None:
    answer = front.send(quantity="2")
    assert (answer.status_code, answer.location) == (303, f"/admin/people/{front.person}")
    old, new = sorted(front.contracts(), key=lambda each: each.id)
    assert (old.price_minor, old.quantity) == (None, 1)
    assert (new.price_minor, new.quantity, new.follows_id) == (15000, 2, old.id)
    assert old.billed_until is not None
    assert new.starts_on > old.billed_until
    (entry,) = rows(front.app, front.tenant, AuditEntry, action="contract.repriced")
    assert entry.for_id == front.person
    assert (entry.before["price_minor"], entry.before["quantity"]) == (None, 1)
    assert (entry.after["price_minor"], entry.after["quantity"]) == (15000, 2)
    assert entry.after["reason"] == "Here since the start"
    (notice,) = front.told("contact", "contract.changed")
    with front.app.app_context():
        assert "Residents, £300.00 for each billing period." in words_of(notice).body
    assert "£150.00 instead of the plan’s price" in front.desk.get(f"/admin/people/{front.person}").text


def test_what_staff_changed_the_member_does_not_withdraw(front: Front) -> None:
    front.send()
    mine = front.visitor.get("/plans/mine").text
    assert "Then Residents" in mine
    assert "Keep it" not in mine
    path = f"/plans/mine/{front.contract.id}/change/withdrawal"
    assert front.visitor.post(path, {}, form="/plans/mine").status_code == 303
    assert len(front.contracts()) == 2


def test_where_nothing_was_billed_it_is_the_price_from_the_first_day(front: Front) -> None:
    change(front.app, front.tenant, Contract, front.contract.id, billed_until=None)
    assert front.send().status_code == 303
    (contract,) = front.contracts()
    assert contract.price_minor == 15000


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"price_minor": "cheap"}, "price_minor"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1001"}, "quantity"),
        ({"price_minor": "", "quantity": "1"}, "price_minor"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(front: Front, typed: dict[str, str], field: str) -> None:
    answer = front.send(**typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert len(front.contracts()) == 1


def test_what_ends_or_is_paused_is_left_alone(front: Front) -> None:
    pause = f"/plans/mine/{front.contract.id}/pause"
    front.visitor.post(pause, {"cycles": "1"}, form=pause)
    for answer in (front.desk.get(front.here()), front.send()):
        assert answer.location == f"/admin/people/{front.person}"
    assert len(front.contracts()) == 1


def _of_another(front: Front) -> int:
    """A contract of the member's."""
    member = front.tenant.people["member"]
    return next(each.id for each in rows(front.app, front.tenant, Contract) if each.person_id == member)


def test_a_contract_of_somebody_else_is_not_found_on_this_page(front: Front) -> None:
    assert front.desk.get(front.here()).status_code == 200
    others = _of_another(front)
    assert front.desk.get(front.here(contract_id=others)).status_code == 404
    asked = {"price_minor": "1.00", "quantity": "1", "reason": "x"}
    assert front.desk.send(front.here(contract_id=others), asked).status_code == 404
    assert front.desk.send(front.here(front.tenant.people["member"]), asked).status_code == 404
    assert front.visitor.get(front.here()).status_code == 404


@pytest.mark.parametrize("decision", ["approval", "refusal"])
def test_nobody_decides_about_a_contract_on_somebody_elses_page(
    app: Flask, world: World, decision: str
) -> None:
    shop = Shop(app, world)
    shop.join(*shop.plan(needs_approval=True))
    (waiting,) = shop.contracts()
    desk = Desk(app, shop.tenant, "desk")
    wrong, right = shop.tenant.people["member"], shop.tenant.people["contact"]
    answer = desk.send(f"/admin/people/{wrong}/contracts/{waiting.id}/{decision}", {})
    assert answer.status_code == 404
    assert shop.contracts()[0].pending
    assert desk.send(f"/admin/people/{right}/contracts/{waiting.id}/{decision}", {}).status_code == 303
    assert [each.pending for each in shop.contracts()] == ([False] if decision == "approval" else [])


def test_nobody_ends_a_contract_on_somebody_elses_page(front: Front) -> None:
    day = datetime.now(UTC).date().isoformat()
    path = f"/admin/people/{front.tenant.people['member']}/contracts/{front.contract.id}"
    assert front.desk.send(path, {f"contract{front.contract.id}-ends_on": day}).status_code == 404
    assert front.contracts()[0].ends_on is None
