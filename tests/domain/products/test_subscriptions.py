"""What recurs: billed with the cycles of a contract, paused with it, gone with it, on with the one that follows."""

from datetime import date

import pytest
from sqlalchemy import select

from app.domain.billing.previewing import coming_invoices, preview_billing
from app.domain.plans.showing import contracts_shown
from app.domain.products.showing import had_by
from app.domain.products.stock import taken
from app.domain.products.terms import CannotBuy, GoesOn, StopsAlready, Trouble
from app.kernel.cycles import Days
from app.kernel.errors import NotFound
from app.models import Charge, Contract, CycleUnit, Product, ProductBilling, ProductSubscription
from tests.support.products import Counter


def _locker(counter: Counter, **details: object) -> Product:
    return counter.product("Locker", 3100, recurring=True, **details)


def _has(counter: Counter, product: Product, name: str = "contact") -> ProductSubscription:
    counter.put(name, product)
    counter.buy(name)
    return _latest(counter)


def _latest(counter: Counter) -> ProductSubscription:
    query = select(ProductSubscription).order_by(ProductSubscription.id.desc()).limit(1)
    return counter.session.scalars(query).one()


def _charged(counter: Counter) -> list[tuple[date, date, int, date]]:
    """First day, last day, price of one, and when it may be billed."""
    query = select(Charge).where(Charge.reason_key.like("subscription:%")).order_by(Charge.id)
    return [
        (each.from_day, each.until_day, each.unit_minor, each.bill_on)
        for each in counter.session.scalars(query)
        if each.from_day and each.until_day
    ]


def test_it_is_billed_by_its_days_at_first_and_then_with_each_cycle(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    _has(counter, _locker(counter))
    assert _charged(counter) == [(date(2026, 3, 10), date(2026, 3, 31), 2200, date(2026, 3, 10))]
    counter.set_day(date(2026, 5, 20))
    counter.run()
    counter.run()
    assert [(first, last, minor) for first, last, minor, _day in _charged(counter)][1:] == [
        (date(2026, 4, 1), date(2026, 4, 30), 3100),
        (date(2026, 5, 1), date(2026, 5, 31), 3100),
    ]
    descriptions = [invoice.total_minor for invoice in counter.invoices()]
    # The locker's days in March; the desk's were billed with them. Then two months of both
    assert sum(descriptions) == 2200 + 2 * 3100 + 21290 + 2 * 30000


def test_the_first_days_come_with_the_next_invoice_where_it_says_so(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    counter.bill("contact")
    _has(counter, _locker(counter, billing=ProductBilling.NEXT))
    assert _charged(counter) == [(date(2026, 3, 10), date(2026, 3, 31), 2200, date(2026, 4, 1))]
    assert len(counter.invoices()) == 1
    counter.set_day(date(2026, 4, 1))
    counter.run()
    assert [invoice.total_minor for invoice in counter.invoices()][1:] == [2200 + 3100 + 30000]


def test_a_quarterly_contract_bills_three_months_at_a_time(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, cycle_count=3))
    _has(counter, _locker(counter))
    assert _charged(counter) == [(date(2026, 3, 10), date(2026, 6, 9), 9300, date(2026, 3, 10))]


def test_a_contract_by_weeks_bills_it_by_months(counter: Counter) -> None:
    counter.join("contact", counter.plan("Flex", 4800, cycle_count=4, cycle_unit=CycleUnit.WEEK))
    _has(counter, _locker(counter))
    assert _charged(counter) == [(date(2026, 3, 10), date(2026, 4, 9), 3100, date(2026, 3, 10))]


def test_it_takes_a_contract_that_is_billed_and_runs(counter: Counter) -> None:
    product = _locker(counter)
    for name in ("contact", "member"):  # the member's contract costs nothing and is not billed
        with pytest.raises(CannotBuy) as found:
            counter.put(name, product)
        assert [each.trouble for each in found.value.snags] == [Trouble.NO_PLAN]
        counter.session.rollback()


def test_what_is_stopped_ends_with_what_is_paid_for_and_may_be_kept_until_then(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    subscription = _has(counter, _locker(counter, stock=1))
    assert counter.stop("contact", subscription).ends_on == date(2026, 3, 31)
    with pytest.raises(StopsAlready):
        counter.stop("contact", subscription)
    counter.session.rollback()
    assert counter.keep("contact", subscription).ends_on is None
    with pytest.raises(GoesOn):
        counter.keep("contact", subscription)
    counter.session.rollback()
    counter.stop("contact", subscription)
    product_ids = [subscription.product_id]
    assert taken(counter.session, product_ids, date(2026, 3, 31)) == {product_ids[0]: 1}
    assert taken(counter.session, product_ids, date(2026, 4, 1)) == {}
    counter.set_day(date(2026, 4, 2))
    counter.run()
    assert len(_charged(counter)) == 1
    with pytest.raises(GoesOn):
        counter.keep("contact", subscription)


def test_others_neither_stop_nor_keep_it(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000))
    subscription = _has(counter, _locker(counter))
    with pytest.raises(NotFound):
        counter.stop("member", subscription)


def test_it_ends_with_its_contract_and_goes_on_when_that_does(counter: Counter) -> None:
    contract = counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    _has(counter, _locker(counter, stock=1))
    counter.cancel("contact", contract)
    (had,) = had_by(counter.session, counter.tenant.people["contact"], counter.today)
    assert (had.ends_on, had.next_bill) == (date(2026, 3, 31), None)
    counter.withdraw("contact", contract)
    (had,) = had_by(counter.session, counter.tenant.people["contact"], counter.today)
    assert (had.ends_on, had.next_bill) == (None, date(2026, 4, 1))
    counter.cancel("contact", contract)
    counter.set_day(date(2026, 4, 2))
    counter.run()
    assert len(_charged(counter)) == 1
    assert had_by(counter.session, counter.tenant.people["contact"], counter.today) == []


def test_it_goes_on_with_the_contract_that_follows(counter: Counter) -> None:
    contract = counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    subscription = _has(counter, _locker(counter, stock=1))
    follower = counter.change("contact", contract, counter.plan("Office", 90000, billing_day=1))
    (had,) = had_by(counter.session, counter.tenant.people["contact"], counter.today)
    assert had.ends_on is None
    counter.set_day(date(2026, 4, 2))
    counter.run()
    assert [(first, last) for first, last, *_rest in _charged(counter)][1:] == [
        (date(2026, 4, 1), date(2026, 4, 30))
    ]
    counter.session.refresh(subscription)
    assert subscription.contract_id == follower.id
    assert taken(counter.session, [subscription.product_id], counter.today) != {}


def test_a_change_at_once_bills_no_day_twice(counter: Counter) -> None:
    contract = counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    _has(counter, _locker(counter))
    counter.set_day(date(2026, 3, 20))
    counter.change("contact", contract, counter.plan("Office", 90000), at_once=True)
    counter.set_day(date(2026, 4, 25))
    counter.run()
    days = [Days(first, last) for first, last, *_rest in _charged(counter)]
    # Until 31 March it is paid for; then by the days of the new cycles, which begin on the 20th
    assert [(each.first, each.last) for each in days] == [
        (date(2026, 3, 10), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 19)),
        (date(2026, 4, 20), date(2026, 5, 19)),
    ]


def test_it_costs_nothing_while_its_contract_is_paused(counter: Counter) -> None:
    version = counter.plan("Desk", 30000, billing_day=1, pauses_a_year=1, pause_cycles=1)
    contract = counter.join("contact", version)
    _has(counter, _locker(counter))
    counter.pause("contact", contract)
    counter.set_day(date(2026, 5, 2))
    counter.run()
    assert [(first, minor) for first, _last, minor, _day in _charged(counter)][1:] == [
        (date(2026, 5, 1), 3100)
    ]


def test_the_dry_run_shows_what_the_run_does(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    _has(counter, _locker(counter))
    day = date(2026, 4, 2)
    (preview,) = preview_billing(counter.session, day)
    assert [(line.text, line.amount_minor) for line in preview.lines] == [("Desk", 30000), ("Locker", 3100)]
    counter.set_day(day)
    counter.run()
    assert counter.invoices()[-1].total_minor == preview.amount_minor
    assert preview_billing(counter.session, day) == []


def test_what_was_taken_costs_what_it_cost_then(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    subscription = _has(counter, _locker(counter))
    counter.session.get_one(Product, subscription.product_id).price_minor = 9900
    counter.session.commit()
    counter.set_day(date(2026, 4, 1))
    counter.run()
    assert [minor for _first, _last, minor, _day in _charged(counter)] == [2200, 3100]


def test_contracts_of_a_chain_that_has_ended_leave_nothing_due(counter: Counter) -> None:
    contract = counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    _has(counter, _locker(counter))
    follower = counter.change("contact", contract, counter.plan("Office", 90000, billing_day=1))
    counter.set_day(date(2026, 4, 2))
    counter.run()
    counter.cancel("contact", counter.session.get_one(Contract, follower.id))
    counter.set_day(date(2026, 6, 2))
    assert counter.run().total == 0
    assert len(_charged(counter)) == 2


def _coming(counter: Counter, count: int = 3) -> list[tuple[date, int]]:
    person = counter.tenant.people["contact"]
    shown = contracts_shown(counter.session, person, counter.today)
    billed = [(each.held, each.plan_name) for each in shown if each.held is not None]
    found = coming_invoices(counter.session, person, billed, counter.today, count)
    return [(each.day, each.amount_minor) for each in found]


def test_the_forecast_holds_what_recurs(counter: Counter) -> None:
    small = counter.plan("Desk", 30000, billing_day=1, pauses_a_year=1, pause_cycles=1)
    contract = counter.join("contact", small)
    kept = _has(counter, _locker(counter))
    stopped = _has(counter, counter.product("Shelf", 3100, recurring=True))
    counter.run()
    assert _coming(counter)[0] == (date(2026, 4, 1), 30000 + 3100 + 3100)
    counter.stop("contact", stopped)
    counter.pause("contact", contract)
    assert [minor for _, minor in _coming(counter)] == [33100] * 3
    counter.resume("contact", contract)
    counter.change("contact", contract, counter.plan("Studio", 50000, billing_day=1))
    said, had = _coming(counter), len(counter.invoices())
    assert said[0] == (date(2026, 4, 1), 50000 + 3100)
    for day, _minor in said:
        counter.set_day(day)
        counter.run()
    assert [(each.issued_on, each.total_minor) for each in counter.invoices()[had:]] == said
    assert counter.session.get_one(ProductSubscription, kept.id).ends_on is None
