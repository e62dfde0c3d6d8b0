"""Contracts in bulk, the run that bills them in a process of its own, and many that issue invoices at once."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.actor import Actor
from app.domain.invoicing.drafting import put_drafts, put_line
from app.domain.invoicing.issuing import issue
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.seller import set_seller
from app.domain.invoicing.terms import NewLine, SellerDetails
from app.domain.plans.terms import VersionDetails
from app.domain.plans.versions import set_terms
from app.models import Contract, Person, Plan, PlanVersion, Role, TaxCategory
from app.models.engine import prepare_engine
from app.tenancy import begin_writing, guard_sessions, reviewed, tenant_session
from app.web.database import db
from tools.bench.processes import ROOT
from tools.bench.stage import Stage, settle
from tools.bench.world import actor_of

CONTRACTS = 10_000
INVOICES = 1_000
WORKERS = 8
_CHUNK = 1_000
_SELLER = SellerDetails("Bench Ltd", "1 Row", "EH6 5AA", "Edinburgh", "GB", tax_id="GB123456789")


@dataclass(frozen=True)
class Took:
    """Seconds of the work, and the most memory of its process in MB."""

    seconds: float
    megabytes: float = 0.0


def fill(app: Flask, on: Stage) -> None:
    """Say who bills, give a plan a price, and put ten thousand people on it from today."""
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        owner, now = _owner(on), datetime.now(UTC)
        set_seller(session, owner, _SELLER, lambda: now)
        session.commit()
        rate = NewRate("VAT", TaxCategory.STANDARD, 2000, date(2020, 1, 1))
        rate_id = create_rate(session, owner, rate, lambda: now).id
        plan = Plan(name="Bench")
        session.add(plan)
        session.commit()
        version = set_terms(session, owner, plan.id, VersionDetails(18600, rate_id), now)
        session.commit()
        for people in _people(on):
            session.execute(reviewed(insert(Person)), people)
        for contracts in _contracts(session, on, version, now.date()):
            session.execute(reviewed(insert(Contract)), contracts)
    settle(on.settings.database_url)


def run(on: Stage) -> Took:
    """Bill all of them, as the command line does, in a process of its own."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "billing", "run"]
    began = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, {**os.environ, **on.env, "PWD": str(ROOT)})
    _pid, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"the run ended with {status}")
    return Took(time.perf_counter() - began, used.ru_maxrss / 1024)


def issue_at_once(app: Flask, on: Stage) -> Took:
    """A thousand drafts, issued by eight processes."""
    drafts = _drafts(app, on)
    url, tenant_id = on.settings.database_url, on.world.tenant_id
    shares = [drafts[at::WORKERS] for at in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        # Every process has begun before the clock does
        list(pool.map(_issue, [url] * WORKERS, [tenant_id] * WORKERS, [[]] * WORKERS))
        began = time.perf_counter()
        list(pool.map(_issue, [url] * WORKERS, [tenant_id] * WORKERS, shares))
        return Took(time.perf_counter() - began)


def _issue(url: str, tenant_id: int, draft_ids: list[int]) -> None:
    engine = create_engine(url)
    prepare_engine(engine, row_security=True)
    factory = sessionmaker(engine, expire_on_commit=False, autoflush=False)
    guard_sessions(factory)
    with tenant_session(factory, tenant_id) as session:
        for draft_id in draft_ids:
            issue(session, None, draft_id, datetime.now(UTC))
            session.commit()
    engine.dispose()


def _drafts(app: Flask, on: Stage) -> list[int]:
    with app.app_context(), tenant_session(db.session.session_factory, on.world.tenant_id) as session:
        rate_id = session.scalars(select(PlanVersion.tax_rate_id)).one()
        payers = session.scalars(
            select(Person.id).where(Person.email_key.like("billed%")).order_by(Person.id).limit(INVOICES)
        ).all()
        begin_writing(session)
        drafts = put_drafts(session, None, dict.fromkeys(payers), datetime.now(UTC))
        for draft in drafts:
            put_line(session, draft, NewLine("Desk", 1000, 18600, rate_id))
        session.commit()
        return [draft.id for draft in drafts]


def _owner(on: Stage) -> Actor:
    return actor_of(on.world, on.world.person_ids[0], Role.OWNER)


def _people(on: Stage) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, CONTRACTS, _CHUNK):
        yield [
            {
                "tenant_id": on.world.tenant_id,
                "email": f"billed{number}@bench.test",
                "email_key": f"billed{number}@bench.test",
                "first_name": "Billie",
                "last_name": f"Number {number}",
                "card_token": f"billed-{number}",
                "created_at": datetime.now(UTC),
            }
            for number in range(start, start + _CHUNK)
        ]


def _contracts(
    session: Session, on: Stage, version: PlanVersion, today: date
) -> Iterator[list[dict[str, Any]]]:
    ids = session.scalars(select(Person.id).where(Person.email_key.like("billed%"))).all()
    starts_on = today - timedelta(days=3)
    for start in range(0, len(ids), _CHUNK):
        yield [
            {
                "tenant_id": on.world.tenant_id,
                "person_id": person_id,
                "plan_id": version.plan_id,
                "version_id": version.id,
                "starts_on": starts_on,
                "anchor_on": starts_on,
            }
            for person_id in ids[start : start + _CHUNK]
        ]
