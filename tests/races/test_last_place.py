"""Many join a plan at the same moment: the last place is taken once, and a run bills once however many begin."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.billing.running import RunInHand, run_billing
from app.domain.invoicing.verifying import verify
from app.domain.plans import joining
from app.domain.plans.terms import ContractTwice, JoinPlan, SoldOut
from app.models import BillingRun, Charge, Contract, Invoice, Plan, PlanVersion
from tests.races.conftest import race
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import CAST, TenantWorld, World

pytestmark = pytest.mark.race

TODAY = date(2026, 3, 2)
PLACES = 3


def _plan(open_session: OpenSession, tenant: TenantWorld, **details: Any) -> PlanVersion:
    with open_session(tenant.id) as session:
        return Tariffs(session, tenant, TODAY).plan("Desk", 30000, **details)


def _joins(open_session: OpenSession, tenant: TenantWorld, version: PlanVersion) -> list[str]:
    names = list(CAST)

    def attempt(session: Session, racer: int) -> str:
        wish = JoinPlan(version.plan_id, version.id, TODAY)
        actor = tenant.actor(names[racer % len(names)])
        try:
            joining.join(session, actor, wish, WORDS, TODAY, Tariffs.now_of(TODAY))
            session.commit()
        except (SoldOut, ContractTwice) as refusal:
            session.rollback()
            return type(refusal).__name__
        return "joined"

    return race(open_session, tenant.id, attempt)


def test_the_last_place_is_taken_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    version = _plan(open_session, tenant, capacity=PLACES)
    said = _joins(open_session, tenant, version)
    assert said.count("joined") == PLACES
    with open_session(tenant.id) as session:
        contracts = session.scalars(select(Contract).where(Contract.plan_id == version.plan_id)).all()
        assert len({contract.person_id for contract in contracts}) == PLACES


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_plan_in_hand_it_is_oversold(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    version = _plan(open_session, tenant, capacity=PLACES)
    monkeypatch.setattr(joining, "plan_in_hand", lambda session, plan_id: session.get_one(Plan, plan_id))
    assert _joins(open_session, tenant, version).count("joined") > PLACES


def test_one_run_at_a_time(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    version = _plan(open_session, tenant)
    with open_session(tenant.id) as session:
        tariffs = Tariffs.reopened(session, tenant, TODAY)
        for name in CAST:
            tariffs.join(name, session.get_one(PlanVersion, version.id))
    now = Tariffs.now_of(TODAY)

    def attempt(session: Session, _racer: int) -> str:
        try:
            return f"{run_billing(session, TODAY, WORDS, lambda: now).done} billed"
        except RunInHand:
            return "refused"

    said = race(open_session, tenant.id, attempt)
    assert f"{len(CAST)} billed" in said
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(Invoice)).all()) == len(CAST)
        assert len(session.scalars(select(Charge)).all()) == len(CAST)
        assert verify(session).faults == ()
        assert len(session.scalars(select(BillingRun)).all()) == len(said) - said.count("refused")
