"""What a plan costs: edited as versions, shown as invoices before it is saved, and who is on it taken along."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Contract, Plan, PlanVersion
from tests.support.invoices import bill
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import World


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    with inside(app, world.northlight) as session:
        bill(session, world.northlight, "member", datetime.now(UTC))
    return Desk(app, world.northlight, "manager")


def _here(desk: Desk) -> str:
    return f"/admin/plans/{desk.tenant.plans['Studio']}/terms"


def _terms(**more: str) -> dict[str, str]:
    usual = {
        "price_minor": "186.00",
        "cycle_count": "1",
        "cycle_unit": "month",
        "tax_rate_id": "1",
        "prorate_first": "y",
        "min_cycles": "0",
        "notice_days": "30",
        "pauses_a_year": "0",
        "pause_cycles": "0",
        "audience": "everyone",
        "visibility": "listed",
    }
    return usual | more


def test_an_edit_makes_a_version_and_the_same_again_makes_none(desk: Desk) -> None:
    assert "No price yet" in desk.get(_here(desk)).text
    for price, versions in (("186.00", 1), ("186.00", 1), ("200.00", 2)):
        assert desk.send(_here(desk), _terms(price_minor=price)).status_code == 303
        assert len(rows(desk.app, desk.tenant, PlanVersion)) == versions
    page = desk.get(_here(desk)).text
    assert 'value="200.00"' in page
    assert "Version 2" in page


def test_looking_shows_the_first_invoices_and_saves_nothing(desk: Desk) -> None:
    joins = f"{datetime.now(UTC).year + 1}-03-17"
    shown = desk.send(_here(desk), _terms(billing_day="1", joins_on=joins, signup_fee_minor="25", look="1"))
    assert shown.status_code == 200
    # 15 of 31 days of March, and the fee
    assert "£115.00" in shown.text
    assert "£186.00" in shown.text
    assert rows(desk.app, desk.tenant, PlanVersion) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"price_minor": ""}, "This is needed."),
        ({"price_minor": "-1"}, "price"),
        ({"price_minor": "1.001"}, "1.001"),
        ({"tax_rate_id": ""}, "This is needed."),
        ({"tax_rate_id": "999999"}, "Choose one from the list."),
        ({"cycle_count": "0"}, "60"),
        ({"cycle_unit": "week", "billing_day": "3"}, "billed by months"),
        ({"deposit_minor": "100"}, "Choose the tax of the deposit"),
        ({"pauses_a_year": "2"}, "Pauses need both numbers"),
        ({"billing_day": "29"}, "28"),
        ({"visibility": "nowhere"}, "Choose one from the list."),
    ],
)
def test_terms_that_make_no_sense_are_refused_and_kept(
    desk: Desk, wrong: dict[str, str], sentence: str
) -> None:
    answer = desk.send(_here(desk), _terms(description="Any desk", **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Any desk" in answer.text
    assert rows(desk.app, desk.tenant, PlanVersion) == []


def test_who_is_on_it_is_taken_along_from_a_day(desk: Desk) -> None:
    here = _here(desk)
    assert desk.send(here, _terms()).status_code == 303
    page = desk.get(here).text
    assert "has older terms" in page or "have older terms" in page
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    refused = desk.send(f"{here}/migration", {"on": today})
    assert refused.status_code == 422
    assert "is the earliest day" in refused.text
    later = f"{datetime.now(UTC) + timedelta(days=40):%Y-%m-%d}"
    assert desk.send(f"{here}/migration", {"on": later}).status_code == 303
    with inside(desk.app, desk.tenant) as session:
        plan_id = desk.tenant.plans["Studio"]
        going_on = session.scalars(
            select(Contract).where(Contract.plan_id == plan_id, Contract.ends_on.is_(None))
        ).all()
        assert going_on
        assert all(each.version_id is not None for each in going_on)


def test_a_link_is_made_and_made_anew(desk: Desk) -> None:
    here = _here(desk)
    assert desk.send(here, _terms(visibility="link")).status_code == 303
    assert "There is none yet." in desk.get(here).text
    links = []
    for _each in range(2):
        assert desk.send(f"{here}/link").status_code == 303
        (plan,) = rows(desk.app, desk.tenant, Plan, id=desk.tenant.plans["Studio"])
        assert f"plans/l/{plan.link_token}" in desk.get(here).text
        links.append(plan.link_token)
    assert len(set(links)) == 2


def test_a_plan_is_retired_and_comes_back(desk: Desk) -> None:
    here = _here(desk)
    for path, retired in (("retirement", True), ("return", False)):
        assert desk.send(f"{here}/{path}").status_code == 303
        (plan,) = rows(desk.app, desk.tenant, Plan, id=desk.tenant.plans["Studio"])
        assert (plan.retired_at is not None) is retired


def test_who_has_no_say_about_spaces_finds_nothing(app: Flask, world: World, desk: Desk) -> None:
    front = Desk(app, world.northlight, "desk")
    assert front.get(_here(desk)).status_code == 404
    assert front.send(_here(desk), _terms()).status_code == 404
