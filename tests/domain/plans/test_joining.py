"""Joining a plan: who may, when, for how much, and the word that some plans wait for."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.plans import joining
from app.domain.plans.terms import (
    BadStart,
    ContractTwice,
    JoinPlan,
    NotForYou,
    NotPending,
    OnlyByEnquiry,
    PlanChanged,
    PlanGone,
    SoldOut,
    TermsNotAgreed,
)
from app.domain.plans.versions import renew_link
from app.kernel.errors import NotFound, Refusal
from app.models import Contract, Plan, PlanAudience, PlanVisibility
from app.models.plan import running_on
from tests.support.tariffs import WORDS, Tariffs


def test_the_first_cycle_and_what_is_due_once_are_charged_at_once(tariffs: Tariffs, session: Session) -> None:
    version = tariffs.plan(
        "Desk", 30000, signup_fee_minor=5000, deposit_minor=20000, deposit_rate_id=tariffs.rates[5]
    )
    contract = tariffs.join("contact", version, quantity=2)
    assert tariffs.charges(contract) == [
        (None, None, 5000),
        (None, None, 40000),
        (date(2026, 3, 10), date(2026, 4, 9), 30000),
    ]
    assert tariffs.run().done == 1
    (invoice,) = tariffs.invoices()
    assert invoice.total_minor == 5000 + 40000 + 2 * 30000
    running = select(Contract.id).where(running_on(tariffs.today), Contract.id == contract.id)
    assert session.scalar(running) == contract.id


def test_a_later_start_is_charged_when_it_comes(tariffs: Tariffs) -> None:
    version = tariffs.plan("Desk", 31000, billing_day=1)
    contract = tariffs.join("contact", version, date(2026, 3, 17))
    assert tariffs.charges(contract) == []
    tariffs.set_day(date(2026, 3, 17))
    tariffs.run()
    # 15 of 31 days
    assert tariffs.charges(contract) == [(date(2026, 3, 17), date(2026, 3, 31), 15000)]


@pytest.mark.parametrize(
    ("details", "wish", "refusal"),
    [
        ({}, {"starts_on": date(2026, 3, 9)}, BadStart),
        ({}, {"starts_on": date(2027, 3, 12)}, BadStart),
        ({}, {"version_id": 0}, PlanChanged),
        ({"terms": "Be kind."}, {"agreed": False}, TermsNotAgreed),
        ({"audience": PlanAudience.MEMBERS}, {}, NotForYou),
        ({"visibility": PlanVisibility.ENQUIRE}, {}, OnlyByEnquiry),
        ({"visibility": PlanVisibility.LINK}, {"link_token": "guessed"}, NotFound),
        ({"capacity": 1}, {"quantity": 2}, SoldOut),
    ],
)
def test_it_refuses(
    tariffs: Tariffs,
    session: Session,
    details: dict[str, Any],
    wish: dict[str, Any],
    refusal: type[Refusal],
) -> None:
    version = tariffs.plan("Desk", 30000, **details)
    whole: dict[str, Any] = {
        "plan_id": version.plan_id,
        "version_id": version.id,
        "starts_on": tariffs.today,
        "agreed": True,
    }
    command = JoinPlan(**(whole | wish))
    with pytest.raises(refusal):
        joining.join(session, tariffs.who("contact"), command, WORDS, tariffs.today, tariffs.tick())
    session.rollback()
    assert session.scalars(select(Contract).where(Contract.plan_id == version.plan_id)).all() == []


def test_contacts_only_is_not_for_members(tariffs: Tariffs) -> None:
    version = tariffs.plan("Day", 2000, audience=PlanAudience.CONTACTS)
    with pytest.raises(NotForYou):
        tariffs.join("member", version)
    tariffs.session.rollback()
    tariffs.join("contact", version)


def test_the_link_lets_in_until_it_is_renewed(tariffs: Tariffs, session: Session) -> None:
    version = tariffs.plan("Founders", 1000, visibility=PlanVisibility.LINK)
    token = renew_link(session, tariffs.owner, version.plan_id, tariffs.tick())
    session.commit()
    tariffs.join("contact", version, link_token=token)
    renew_link(session, tariffs.owner, version.plan_id, tariffs.tick())
    session.commit()
    with pytest.raises(NotFound):
        tariffs.join("colleague", version, link_token=token)


def test_a_plan_that_is_retired_or_edited_meanwhile_is_refused(tariffs: Tariffs, session: Session) -> None:
    seen = tariffs.plan("Desk", 30000)
    present = tariffs.plan("Desk", 33000)
    with pytest.raises(PlanChanged) as refused:
        tariffs.join("contact", seen)
    assert refused.value.version_id == present.id
    session.rollback()
    session.get_one(Plan, present.plan_id).retired_at = tariffs.now
    session.commit()
    with pytest.raises(PlanGone):
        tariffs.join("contact", present)


def test_nobody_is_on_a_plan_twice(tariffs: Tariffs) -> None:
    version = tariffs.plan("Desk", 30000)
    tariffs.join("contact", version, tariffs.today + timedelta(days=30))
    with pytest.raises(ContractTwice):
        tariffs.join("contact", version)


def test_what_waits_makes_no_member_and_costs_nothing_until_it_is_approved(
    tariffs: Tariffs, session: Session
) -> None:
    version = tariffs.plan("Office", 90000, needs_approval=True, min_cycles=3)
    contract = tariffs.join("contact", version)
    assert contract.pending
    tariffs.ahead(5)
    tariffs.run()
    assert tariffs.charges(contract) == []
    assert session.scalar(select(Contract.id).where(running_on(tariffs.today), Contract.pending)) is None
    with pytest.raises(NotFound):
        joining.approve(session, tariffs.who("contact"), contract.id, WORDS, tariffs.today, tariffs.tick())
    session.rollback()
    joining.approve(session, tariffs.owner, contract.id, WORDS, tariffs.today, tariffs.tick())
    session.commit()
    # It starts when it is approved, and its term with it
    assert tariffs.charges(contract) == [(date(2026, 3, 15), date(2026, 4, 14), 90000)]
    assert contract.minimum_until == date(2026, 6, 14)
    with pytest.raises(NotPending):
        joining.decline(session, tariffs.owner, contract.id, tariffs.tick())


def test_who_waits_gives_up_their_place(tariffs: Tariffs, session: Session) -> None:
    version = tariffs.plan("Desk", 30000, capacity=1)
    contract = tariffs.join("contact", version, awaits_payment=True)
    with pytest.raises(SoldOut):
        tariffs.join("colleague", version)
    session.rollback()
    with pytest.raises(NotFound):
        joining.decline(session, tariffs.who("colleague"), contract.id, tariffs.tick())
    session.rollback()
    joining.decline(session, tariffs.who("contact"), contract.id, tariffs.tick())
    session.commit()
    tariffs.join("colleague", version)
