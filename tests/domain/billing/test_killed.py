"""A run that is killed at any line, again and again, ends where an undisturbed one does."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing import running
from app.domain.billing.running import run_billing
from app.domain.invoicing.verifying import verify
from app.models import BillingRun, Charge, Invoice, InvoiceLine, RunState
from app.tenancy import tenant_of
from tests.support.databases import EngineName
from tests.support.sessions import walled_sessions
from tests.support.tariffs import WORDS, Tariffs
from tests.support.world import CAST, TenantWorld, World

START = date(2026, 1, 31)
KILLS = {"sqlite": 50, "postgres": 10}


@contextmanager
def _session(url: str, tenant: TenantWorld) -> Iterator[Session]:
    with walled_sessions(url) as (_engine, open_session), open_session(tenant.id) as session:
        yield session


def _fill(url: str, tenant: TenantWorld) -> None:
    """Everybody has something to pay: by the month, by the week, for two, with a deposit."""
    with _session(url, tenant) as session:
        tariffs = Tariffs(session, tenant, START)
        month = tariffs.plan("Month", 31000, signup_fee_minor=1000, pauses_a_year=2, pause_cycles=1)
        weeks = tariffs.plan("Fortnight", 7000, cycle_count=2, cycle_unit="week")
        first = tariffs.plan(
            "First", 9915, billing_day=1, deposit_minor=500, deposit_rate_id=tariffs.rates[5]
        )
        for number, name in enumerate(CAST):
            contract = tariffs.join(name, month, START + timedelta(days=number))
            tariffs.join(name, weeks, START, quantity=2)
            tariffs.join(name, first, START + timedelta(days=2 * number))
            if number % 2:
                tariffs.pause(name, contract)


def _clock(attempt: int) -> Any:
    """An hour later with each attempt, for a run is taken to be over once it has been silent for minutes."""
    now = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=attempt)
    return lambda: now


class _Lines:
    """Counts the lines of our own that run, and kills the process at one of them."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.count, self._kill_at = 0, kill_at

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "call" and "/app/domain/" not in frame.f_code.co_filename:
            return None
        self.count += event == "line"
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return self


def _run(url: str, tenant: TenantWorld, day: date, attempt: int, lines: _Lines) -> None:
    with _session(url, tenant) as session:
        before = sys.gettrace()
        sys.settrace(lines)
        try:
            run_billing(session, day, WORDS, _clock(attempt))
        finally:
            sys.settrace(before)


def _killed(url: str, tenant: TenantWorld, day: date, attempt: int, kill_at: int) -> bool:
    """Run in a process of its own; whether it died."""
    child = os.fork()
    if child == 0:
        try:
            _run(url, tenant, day, attempt, _Lines(kill_at))
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _facts(url: str, tenant: TenantWorld) -> dict[str, Any]:
    """All that billing leaves behind, by people's names."""
    names = {person_id: name for name, person_id in tenant.people.items()}
    with _session(url, tenant) as session:
        charges = [
            (names[each.payer_id], each.from_day, each.until_day, each.unit_minor, each.quantity_thousandths)
            for each in session.scalars(select(Charge))
        ]
        invoices = [
            (
                names[invoice.payer_id],
                invoice.number,
                invoice.total_minor,
                sorted(
                    (line.description, str(line.from_day), line.gross_minor)
                    for line in session.scalars(
                        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
                    )
                ),
            )
            for invoice in session.scalars(select(Invoice).order_by(Invoice.number))
        ]
        verdict = verify(session)
        assert tenant_of(session) == tenant.id
    return {"charges": sorted(map(str, charges)), "invoices": invoices, "verdict": verdict}


def test_the_end_is_that_of_an_undisturbed_run(
    database: str, world: World, engine: EngineName, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a run has several transactions, and dies between them as well as in them
    monkeypatch.setattr(running, "TOGETHER", 2)
    disturbed, calm = world.northlight, world.harbour
    for tenant in (disturbed, calm):
        _fill(database, tenant)
    chance, day, attempt, kills = random.Random(20261129), START, 0, 0
    while kills < KILLS[engine]:
        day += timedelta(days=31)
        attempt += 1
        lines = _Lines()
        _run(database, calm, day, attempt, lines)
        for _ in range(8):
            attempt += 1
            kills += _killed(database, disturbed, day, attempt, chance.randint(1, lines.count // 2))
        attempt += 1
        _run(database, disturbed, day, attempt, _Lines())
        assert _facts(database, disturbed) == _facts(database, calm)
    facts = _facts(database, calm)
    assert facts["verdict"].faults == ()
    assert len(facts["invoices"]) > len(CAST)
    with _session(database, disturbed) as session:
        states = list(session.scalars(select(BillingRun.state)))
    # They did die in the middle
    assert states.count(RunState.BROKEN_OFF) > KILLS[engine] // 2
