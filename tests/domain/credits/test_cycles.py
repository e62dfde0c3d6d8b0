"""What contracts give with each of their cycles."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom
from app.domain.credits.balance import allowances_of, funds_of
from app.domain.credits.terms import Holder
from app.domain.plans.at_the_desk import start_contract
from app.domain.plans.benefits import benefits_of
from app.domain.plans.changing import withdraw_change
from app.domain.plans.terms import BadVersion, Benefit, NewContract
from app.kernel.spans import Span
from app.models import CreditGrant, CreditKind, CreditLine
from tests.support.credits import amounts
from tests.support.tariffs import Tariffs


def _book_fern(session: Session, tariffs: Tariffs, minutes: int) -> None:
    start = tariffs.now.replace(day=5, hour=9, second=0)
    wish = BookRoom(tariffs.tenant.rooms["Fern"], Span(start, start + timedelta(minutes=minutes)))
    book(session, tariffs.who("contact"), wish, tariffs.clock)
    session.commit()


@pytest.fixture
def hours(tariffs: Tariffs) -> Benefit:
    return Benefit(CreditKind.TIME, 600, (tariffs.tenant.types["Meeting room"],))


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC)


def _has(session: Session, tariffs: Tariffs, who: str = "contact") -> int:
    return sum(each.left for each in funds_of(session, Holder(tariffs.tenant.people[who]), tariffs.now))


def test_who_joins_has_it_at_once(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(hours,)))
    assert amounts(session) == [
        (CreditKind.TIME, 600, _at("2026-03-02"), datetime(2026, 4, 1, 23, tzinfo=UTC))
    ]
    assert _has(session, tariffs) == 600


def test_what_is_used_of_a_cycle_is_told_until_it_is_over(
    session: Session, tariffs: Tariffs, hours: Benefit
) -> None:
    one_hour = replace(hours, amount=60)
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(one_hour,)))
    _book_fern(session, tariffs, 60)
    contact = Holder(tariffs.tenant.people["contact"])
    (fund,) = allowances_of(session, contact, tariffs.now)
    assert (fund.allowed, fund.left, fund.of_cycle) == (60, 0, True)
    # Where only what is left is asked for, it is not there any more
    assert funds_of(session, contact, tariffs.now) == []
    assert allowances_of(session, contact, tariffs.now + timedelta(days=60)) == []


def test_the_run_gives_each_cycle_once(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    money = Benefit(CreditKind.MONEY, 500)
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(hours, money)))
    tariffs.run()
    tariffs.run()
    assert len(amounts(session)) == 2
    tariffs.set_day(date(2026, 4, 2))
    tariffs.run()
    tariffs.run()
    assert [amount for _kind, amount, *_days in amounts(session)] == [600, 500, 600, 500]
    assert _has(session, tariffs) == 1100
    assert len(session.scalars(select(CreditLine)).all()) == 4


def test_a_late_run_gives_nothing_that_is_over(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(hours,)))
    tariffs.set_day(date(2026, 6, 10))
    tariffs.run()
    assert [starts.astimezone(UTC).date() for _k, _a, starts, _e in amounts(session)] == [
        date(2026, 3, 2),
        # Summer time: the day begins at 23:00 UTC
        date(2026, 6, 1),
    ]


def test_a_plan_without_a_price_gives_too(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.join("contact", tariffs.plan("Friends", 0, benefits=(hours,)))
    assert _has(session, tariffs) == 600


def test_several_of_a_plan_give_several_times(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(hours,)), quantity=3)
    assert _has(session, tariffs) == 1800


def test_who_is_put_on_a_plan_by_staff_has_it_before_the_run(
    session: Session, tariffs: Tariffs, hours: Benefit
) -> None:
    version = tariffs.plan("Desk", 30000, benefits=(hours,))
    wish = NewContract(tariffs.tenant.people["contact"], version.plan_id, tariffs.today)
    start_contract(session, tariffs.owner, wish, tariffs.clock)
    session.commit()
    assert _has(session, tariffs) == 600
    assert tariffs.run().failed == 0
    assert _has(session, tariffs) == 600


def test_what_waits_gives_nothing_yet(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.join("contact", tariffs.plan("Desk", 30000, benefits=(hours,), needs_approval=True))
    tariffs.run()
    assert amounts(session) == []


def test_a_paused_cycle_gives_nothing(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    version = tariffs.plan("Desk", 30000, benefits=(hours,), pauses_a_year=1, pause_cycles=1)
    contract = tariffs.join("contact", version)
    tariffs.pause("contact", contract)
    tariffs.set_day(date(2026, 4, 3))
    tariffs.run()
    assert _has(session, tariffs) == 0


def test_a_cycle_of_fewer_days_gives_by_its_days(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    tariffs.set_day(date(2026, 3, 17))
    tariffs.join("contact", tariffs.plan("Desk", 31000, benefits=(hours,), billing_day=1))
    assert _has(session, tariffs) == 290


def test_a_change_at_once_ends_the_one_and_begins_the_other(
    session: Session, tariffs: Tariffs, hours: Benefit
) -> None:
    small = tariffs.plan("Small", 31000, benefits=(hours,), billing_day=1)
    large = tariffs.plan("Large", 62000, benefits=(Benefit(hours.kind, 1240, hours.type_ids),), billing_day=1)
    tariffs.set_day(date(2026, 3, 1))
    contract = tariffs.join("contact", small)
    tariffs.set_day(date(2026, 3, 17))
    tariffs.change("contact", contract, large, at_once=True)
    assert _has(session, tariffs) == 600
    ended = session.scalars(select(CreditGrant).where(CreditGrant.contract_id == contract.id)).one()
    assert ended.expires_at == _at("2026-03-17")


def test_who_used_all_of_it_does_not_get_it_again_by_changes(
    session: Session, tariffs: Tariffs, hours: Benefit
) -> None:
    small = tariffs.plan("Small", 31000, benefits=(Benefit(hours.kind, 465, hours.type_ids),), billing_day=1)
    tiny = tariffs.plan("Tiny", 3100, benefits=(Benefit(hours.kind, 31, hours.type_ids),), billing_day=1)
    tariffs.set_day(date(2026, 3, 1))
    contract = tariffs.join("contact", small)
    _book_fern(session, tariffs, 465)
    assert _has(session, tariffs) == 0
    tariffs.set_day(date(2026, 3, 2))
    contract = tariffs.change("contact", contract, small, at_once=True, quantity=2)
    # 30 days of twice 15 minutes, less what was used beyond the one day
    assert _has(session, tariffs) == 900 - 450
    # Nor by going through something smaller
    tariffs.set_day(date(2026, 3, 3))
    contract = tariffs.change("contact", contract, tiny, at_once=True)
    assert _has(session, tariffs) == 0
    tariffs.set_day(date(2026, 3, 4))
    tariffs.change("contact", contract, small, at_once=True)
    assert _has(session, tariffs) == 28 * 15 - (465 - 15 - 30 - 1)


def test_nor_by_a_change_that_is_withdrawn(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    version = tariffs.plan(
        "Small", 31000, benefits=(Benefit(hours.kind, 465, hours.type_ids),), billing_day=1
    )
    other = tariffs.plan("Other", 31000, billing_day=1)
    tariffs.set_day(date(2026, 3, 1))
    contract = tariffs.join("contact", version)
    _book_fern(session, tariffs, 300)
    tariffs.change("contact", contract, other, at_once=True)
    withdraw_change(session, tariffs.who("contact"), contract.id, tariffs.today, tariffs.tick())
    session.commit()
    tariffs.set_day(date(2026, 3, 2))
    tariffs.run()
    assert _has(session, tariffs) == 465 - 300
    tariffs.run()
    assert _has(session, tariffs) == 465 - 300


def test_each_version_has_its_own(session: Session, tariffs: Tariffs, hours: Benefit) -> None:
    first = tariffs.plan("Desk", 30000, benefits=(hours,))
    second = tariffs.plan("Desk", 30000)
    third = tariffs.plan("Desk", 30000)
    assert third.id == second.id != first.id
    found = benefits_of(session, [first.id, second.id])
    assert found == {first.id: (hours,)}


@pytest.mark.parametrize(
    "benefit",
    [Benefit(CreditKind.TIME, 60), Benefit(CreditKind.TIME, 0, (1,)), Benefit(CreditKind.DAYS, 5, (1,))],
)
def test_nonsense_is_refused(tariffs: Tariffs, benefit: Benefit) -> None:
    with pytest.raises(BadVersion):
        tariffs.plan("Desk", 30000, benefits=(benefit,))
