"""Contracts by month against contracts that are looked at one by one, day by day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.figures.membership import membership
from app.domain.plans.showing import contracts_shown
from app.domain.plans.terms import ContractState
from app.models import Contract, ContractPause, CycleUnit, PlanVersion
from tests.support.tariffs import Tariffs
from tests.support.world import World

RUNNING = {ContractState.ACTIVE, ContractState.ENDING}


@pytest.fixture
def tariffs(session: Session, world: World) -> Tariffs:
    """On 10 March 2026, with three who are on a plan that costs nothing since January."""
    return Tariffs(session, world.northlight, date(2026, 3, 10))


def _by_hand(tariffs: Tariffs, day: date) -> tuple[int, Fraction]:
    """How many contracts run on a day by the words that pages say of each, and what they cost in a month."""
    count, monthly = 0, Fraction(0)
    for person_id in tariffs.tenant.people.values():
        for shown in contracts_shown(tariffs.session, person_id, day):
            if shown.state not in RUNNING:
                continue
            count += 1
            if shown.held is not None:
                version, contract = shown.held.version, shown.contract
                months = Fraction(version.cycle_count)
                if version.cycle_unit is CycleUnit.WEEK:
                    months = months * 12 / 52
                monthly += shown.held.price_minor * contract.quantity / months
    return count, monthly


def _life(tariffs: Tariffs) -> PlanVersion:
    """Somebody who pauses, somebody who changes plan in the middle of a month, one who leaves, and one by the week."""
    month = tariffs.plan("Month", 10001, pauses_a_year=2, pause_cycles=2)
    quarter = tariffs.plan("Quarter", 25000, cycle_count=3)
    week = tariffs.plan("Week", 3333, cycle_unit=CycleUnit.WEEK)
    paused = tariffs.join("contact", month, quantity=2)
    changed = tariffs.join("desk", month)
    tariffs.join("manager", week)
    tariffs.ahead(20)
    tariffs.pause("contact", paused)
    tariffs.change("desk", changed, quarter)
    tariffs.ahead(30)
    left = tariffs.join("owner", month)
    tariffs.ahead(3)
    tariffs.cancel("owner", left)
    return month


def test_who_is_active_is_what_pages_say_of_them(tariffs: Tariffs) -> None:
    _life(tariffs)
    tariffs.set_day(date(2026, 9, 15))
    found = membership(tariffs.session, date(2025, 12, 31), tariffs.today, tariffs.today)
    assert [each.month.month for each in found] == [12, *range(1, 10)]
    assert found[-1].on == tariffs.today
    assert tariffs.session.scalars(select(ContractPause)).all()
    for each in found:
        count, monthly = _by_hand(tariffs, each.on)
        assert (each.active, each.monthly_minor) == (count, int(monthly + Fraction(1, 2)))
    assert len({each.monthly_minor for each in found}) > 3


def test_who_changes_their_plan_neither_joins_nor_leaves(tariffs: Tariffs) -> None:
    _life(tariffs)
    found = {
        each.month.month: each
        for each in membership(tariffs.session, date(2026, 1, 1), date(2026, 8, 1), date(2026, 9, 15))
    }
    assert {month: each.joined for month, each in found.items() if each.joined} == {1: 2, 3: 3, 4: 1}
    assert {month: each.ended for month, each in found.items() if each.ended} == {5: 1}
    followers = tariffs.session.scalars(select(Contract).where(Contract.follows_id.is_not(None))).all()
    assert len(followers) == 1


def test_somebody_leaves_after_their_last_day(tariffs: Tariffs) -> None:
    """They are there on the last day of a month if that is theirs."""
    contract = tariffs.session.scalars(select(Contract)).first()
    assert contract is not None
    contract.ends_on = date(2026, 3, 31)
    tariffs.session.commit()
    march, april = membership(tariffs.session, date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1))
    assert (march.active, march.ended, april.active, april.ended) == (2, 1, 1, 0)
    assert april.on == april.month + timedelta(days=29)


def test_who_waits_for_staff_is_not_counted(tariffs: Tariffs) -> None:
    version = tariffs.plan("Asked for", 10000, needs_approval=True)
    assert tariffs.join("contact", version).pending
    (march,) = membership(tariffs.session, date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 31))
    assert (march.active, march.joined, march.monthly_minor) == (2, 0, 0)
