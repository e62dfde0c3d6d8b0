"""Whatever people do with their contracts, and whenever runs come: every day is charged once, and the books add up."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.charging import unbilled
from app.domain.billing.previewing import preview_billing
from app.domain.invoicing.verifying import verify
from app.domain.plans import changing
from app.domain.plans.contracts import held
from app.kernel.errors import Refusal
from app.models import Charge, Contract, Invoice, InvoiceLine, PlanVersion
from tests.support.tariffs import Tariffs
from tests.support.world import World

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "change", "now", "cancel", "keep", "back", "pause", "resume", "run", "twice"]
        ),
        st.integers(0, 2),
        st.integers(0, 45),
    ),
    min_size=4,
    max_size=14,
)


def _plans(tariffs: Tariffs, number: int) -> list[PlanVersion]:
    pauses = {"pauses_a_year": 3, "pause_cycles": 2}
    return [
        tariffs.plan(f"Month {number}", 31007, prorate_last=True, notice_days=5, **pauses),
        tariffs.plan(f"Fixed {number}", 9915, billing_day=15, min_cycles=1, **pauses),
        tariffs.plan(f"Week {number}", 777, cycle_count=3, cycle_unit="week", signup_fee_minor=50, **pauses),
    ]


def _do(tariffs: Tariffs, what: str, version: PlanVersion, contracts: list[Contract]) -> None:
    if what == "join":
        contracts.append(tariffs.join("contact", version))
    elif what == "run":
        tariffs.run()
    elif what == "twice":
        tariffs.run()
        tariffs.run()
    elif contracts:
        _do_to(tariffs, what, version, contracts)


def _do_to(tariffs: Tariffs, what: str, version: PlanVersion, contracts: list[Contract]) -> None:
    """What is done to the contract that came last."""
    latest = contracts[-1]
    if what in ("change", "now"):
        contracts.append(tariffs.change("contact", latest, version, at_once=what == "now"))
    elif what == "back" and latest.follows_id is not None:
        changing.withdraw_change(
            tariffs.session, tariffs.who("contact"), latest.follows_id, tariffs.today, tariffs.tick()
        )
        tariffs.session.commit()
        contracts.pop()
    elif what in _TO_ONE:
        _TO_ONE[what](tariffs, latest)


_TO_ONE: dict[str, Callable[[Tariffs, Contract], object]] = {
    "cancel": lambda tariffs, contract: tariffs.cancel("contact", contract),
    "keep": lambda tariffs, contract: tariffs.withdraw("contact", contract),
    "pause": lambda tariffs, contract: tariffs.pause("contact", contract),
    "resume": lambda tariffs, contract: tariffs.resume("contact", contract),
}


def _check_days(tariffs: Tariffs, contract: Contract) -> None:
    """Net of what was given back, each day that was to be paid for is charged once, and no other."""
    charged: Counter[date] = Counter()
    for first, last, minor in tariffs.charges(contract):
        for offset in range((last - first).days + 1 if first and last else 0):
            charged[(first or date.min) + timedelta(days=offset)] += 1 if minor > 0 else -1
    found = held(tariffs.session, contract)
    last_day = contract.billed_until or contract.starts_on - timedelta(days=1)
    paused = {day for pause in found.pauses for day in _days(pause.from_day, pause.until_day)}
    wanted = {day for day in _days(contract.starts_on, last_day) if day not in paused}
    assert {day: count for day, count in charged.items() if count} == dict.fromkeys(wanted, 1)
    if contract.ends_on is None or contract.ends_on >= tariffs.today:
        assert last_day >= min(tariffs.today, contract.ends_on or tariffs.today)
    elif found.version.prorate_last:
        assert last_day == contract.ends_on
    else:
        assert last_day >= contract.ends_on


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _check_books(session: Session) -> None:
    verdict = verify(session)
    assert verdict.faults == ()
    invoices = session.scalars(select(Invoice).where(Invoice.number.is_not(None))).all()
    for invoice in invoices:
        lines = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).all()
        assert sum(line.gross_minor for line in lines) == invoice.total_minor
        assert sum(line.net_minor + line.tax_minor for line in lines) == invoice.total_minor
    # What is not billed is less than nothing: it waits to be taken off
    left = session.scalars(select(Charge).where(unbilled())).all()
    assert sum(each.unit_minor * each.quantity_thousandths for each in left) <= 0


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    return Tariffs(session, world.northlight, date(2026, 3, 10))


_EXAMPLES = iter(range(1_000_000))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_every_day_is_charged_once_and_the_books_add_up(
    tariffs: Tariffs, session: Session, steps: list[tuple[str, int, int]]
) -> None:
    plans, contracts = _plans(tariffs, next(_EXAMPLES)), list[Contract]()
    for what, which, days in steps:
        try:
            _do(tariffs, what, plans[which], contracts)
        except Refusal:
            session.rollback()
        tariffs.ahead(days)
    assert tariffs.run().failed == 0
    for contract in contracts:
        _check_days(tariffs, contract)
    _check_books(session)


def test_the_dry_run_says_what_the_run_bills(tariffs: Tariffs, session: Session) -> None:
    month, fixed, week = _plans(tariffs, next(_EXAMPLES))
    for name, version in (("contact", month), ("member", fixed), ("colleague", week)):
        tariffs.join(name, version, tariffs.today + timedelta(days=3), quantity=2)
    paused = tariffs.join("owner", month)
    tariffs.run()
    tariffs.pause("owner", paused, 2)
    tariffs.ahead(70)
    said = {each.payer_id: each.amount_minor for each in preview_billing(session, tariffs.today)}
    session.rollback()
    billed_before = session.scalars(select(Invoice.id)).all()
    tariffs.run()
    made = session.scalars(select(Invoice).where(Invoice.id.not_in(billed_before))).all()
    assert {invoice.payer_id: invoice.total_minor for invoice in made} == said
    assert len(said) == 3
    assert preview_billing(session, tariffs.today) == []
