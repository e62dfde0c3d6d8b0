"""Joining asks for what invoices need, once, and not who has said it already."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.domain.invoicing.seller import set_payer
from app.domain.invoicing.terms import PayerDetails
from app.kernel.clock import system_clock
from app.models import Invoice, PersonProfile, PlanVisibility
from app.models.invoice import TaxTreatment
from tests.support.rows import inside, rows
from tests.support.shop import Shop
from tests.support.world import World

GIVEN = {
    "billing_name": "Weavers Ltd",
    "company": "Weavers",
    "tax_id": "",
    "billing_street": "2 Loom Lane",
    "billing_postal_code": "EH1 1AA",
    "billing_city": "Edinburgh",
    "billing_country": "GB",
}
EMPTY = dict.fromkeys(GIVEN, "")


@pytest.fixture
def shop(app: Flask, world: World) -> Shop:
    """Whose visitor has not said yet where they are billed."""
    found = Shop(app, world)
    _profile(found, billing_street="", billing_city="", billing_country="", billing_name="")
    return found


def _profile(shop: Shop, **facts: str) -> None:
    with inside(shop.app, shop.tenant) as session:
        person_id = shop.tenant.people["contact"]
        (row,) = [each for each in session.query(PersonProfile) if each.person_id == person_id]
        for name, value in facts.items():
            setattr(row, name, value)
        session.commit()


def _day() -> str:
    return datetime.now(UTC).date().isoformat()


def _review(plan_id: int) -> str:
    return f"/plans/{plan_id}/join/review?starts_on={_day()}"


def _give(shop: Shop, plan_id: int, given: dict[str, str], **more: str) -> Any:
    here = f"/plans/{plan_id}/join/details"
    data = given | {"starts_on": _day()} | more
    return shop.visitor.post(here, data, form="/plans")


def test_who_has_said_nothing_is_asked_and_led_on_to_the_review(shop: Shop) -> None:
    plan_id, version_id = shop.plan()
    asked = shop.visitor.get(_review(plan_id))
    assert (asked.status_code, asked.location) == (303, f"/plans/{plan_id}/join/details?starts_on={_day()}")
    page = shop.visitor.get(asked.location)
    assert page.status_code == 200
    assert f'name="starts_on" value="{_day()}"' in page.text
    answer = _give(shop, plan_id, GIVEN)
    assert (answer.status_code, answer.location) == (303, _review(plan_id))
    assert shop.visitor.get(answer.location).status_code == 200
    shop.join(plan_id, version_id)
    (invoice,) = rows(shop.app, shop.tenant, Invoice)
    assert invoice.document is not None
    customer = invoice.document["customer"]
    assert (customer["name"], customer["street"]) == ("Weavers Ltd", "2 Loom Lane")


@pytest.mark.parametrize("field", ["billing_name", "billing_street", "billing_city", "billing_country"])
def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(shop: Shop, field: str) -> None:
    plan_id, _version = shop.plan()
    answer = _give(shop, plan_id, GIVEN | {field: ""})
    assert answer.status_code == 422
    assert answer.text.count("This is needed.") >= 1
    assert f'id="{field}-error"' in answer.text
    kept = "2 Loom Lane" if field != "billing_street" else "Weavers Ltd"
    assert kept in answer.text
    everything = _give(shop, plan_id, EMPTY)
    for name in ("billing_name", "billing_street", "billing_city", "billing_country"):
        assert f'id="{name}-error"' in everything.text
    assert 'id="billing_postal_code-error"' not in everything.text


def test_a_tax_number_is_needed_of_who_owes_the_tax_themselves(shop: Shop) -> None:
    plan_id, _version = shop.plan()
    with inside(shop.app, shop.tenant) as session:
        payer = PayerDetails(TaxTreatment.REVERSE_CHARGE)
        set_payer(session, shop.tenant.actor("owner"), shop.tenant.people["contact"], payer, system_clock)
        session.commit()
    refused = _give(shop, plan_id, GIVEN)
    assert refused.status_code == 422
    assert 'id="tax_id-error"' in refused.text
    assert _give(shop, plan_id, GIVEN | {"tax_id": "DE123456789"}).status_code == 303


def test_who_has_an_address_is_not_asked(shop: Shop) -> None:
    plan_id, _version = shop.plan()
    assert shop.visitor.get(_review(plan_id)).status_code == 303
    _profile(shop, street="3 Home Road", city="Leith", country="GB")
    assert shop.visitor.get(_review(plan_id)).status_code == 200


def test_a_plan_that_costs_nothing_asks_for_nothing(shop: Shop) -> None:
    plan_id, _version = shop.plan(price_minor=0)
    assert shop.visitor.get(_review(plan_id)).status_code == 200


def test_it_keeps_a_name_that_is_the_own_one_out_of_the_address(shop: Shop) -> None:
    plan_id, _version = shop.plan()
    own = shop.tenant.actor("contact").name
    assert f'value="{own}"' in shop.visitor.get(f"/plans/{plan_id}/join/details?starts_on={_day()}").text
    assert _give(shop, plan_id, GIVEN | {"billing_name": own}).status_code == 303
    (row,) = [each for each in rows(shop.app, shop.tenant, PersonProfile) if each.billing_street]
    assert row.billing_name == ""


def test_it_is_not_there_for_a_plan_that_nobody_sees(shop: Shop) -> None:
    plan_id, _version = shop.plan(visibility=PlanVisibility.LINK)
    token = shop.link(plan_id)
    here = f"/plans/{plan_id}/join/details"
    assert shop.visitor.get(here).status_code == 404
    assert shop.visitor.get(f"{here}?link={token}").status_code == 200
    assert _give(shop, plan_id, GIVEN).status_code == 404
    led_on = _give(shop, plan_id, GIVEN, link=token)
    assert led_on.location == f"{_review(plan_id)}&link={token}"
