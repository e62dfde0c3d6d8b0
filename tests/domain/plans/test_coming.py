"""What one payer will be billed next: of all their contracts together, as the runs then do it."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.previewing import ComingInvoice, coming_invoices
from app.domain.plans.showing import contracts_shown
from app.models import CycleUnit
from app.tenancy import begin_writing
from tests.support.tariffs import Tariffs


def _coming(tariffs: Tariffs, count: int = 3) -> list[ComingInvoice]:
    person = tariffs.tenant.people["contact"]
    shown = contracts_shown(tariffs.session, person, tariffs.today)
    billed = [(each.held, each.plan_name) for each in shown if each.held is not None]
    return coming_invoices(tariffs.session, person, billed, tariffs.today, count)


def _days(found: list[ComingInvoice]) -> list[tuple[date, int]]:
    return [(each.day, each.amount_minor) for each in found]


def test_contracts_that_are_billed_on_one_day_make_one_invoice(tariffs: Tariffs) -> None:
    tariffs.join("contact", tariffs.plan("Desk", 31000, billing_day=1))
    tariffs.join("contact", tariffs.plan("Locker", 3100, billing_day=1))
    tariffs.run()
    assert _days(_coming(tariffs)) == [
        (date(2026, 4, 1), 34100),
        (date(2026, 5, 1), 34100),
        (date(2026, 6, 1), 34100),
    ]
    assert {line.text for line in _coming(tariffs)[0].lines} == {"Desk", "Locker"}


def test_it_is_what_the_runs_then_bill(tariffs: Tariffs) -> None:
    small, large = tariffs.plan("Small", 10000), tariffs.plan("Large", 20000, pauses_a_year=1, pause_cycles=1)
    contract = tariffs.join("contact", small)
    tariffs.join("contact", tariffs.plan("Locker", 700, cycle_unit=CycleUnit.WEEK, cycle_count=2))
    tariffs.run()
    tariffs.change("contact", contract, large)
    said = _days(_coming(tariffs, 5))
    had = len(tariffs.invoices())
    while tariffs.today < said[-1][0]:
        tariffs.ahead(1)
        tariffs.run()
    assert [(each.issued_on, each.total_minor) for each in tariffs.invoices()[had:]] == said


def test_what_was_put_down_comes_with_the_next_run_and_less_than_nothing_waits(
    tariffs: Tariffs, session: Session
) -> None:
    large, small = tariffs.plan("Large", 62000), tariffs.plan("Small", 31000)
    contract = tariffs.join("contact", large)
    tariffs.run()
    tariffs.ahead(10)
    tariffs.change("contact", contract, small, at_once=True)
    person = tariffs.tenant.people["contact"]
    begin_writing(session)
    later = tariffs.today + timedelta(days=5)
    put_charge(session, NewCharge(person, "x", "Coffee", 500, tariffs.rates[20], later), tariffs.tick())
    session.commit()
    first, second, third = _coming(tariffs)
    # 42000 back and 21000 for the new plan's days: less than nothing, also with the coffee
    assert (first.day, first.amount_minor) == (date(2026, 4, 10), 31000 - 21000 + 500)
    assert second.amount_minor == third.amount_minor == 31000


def test_what_waits_or_has_ended_is_billed_nothing(tariffs: Tariffs) -> None:
    tariffs.join("contact", tariffs.plan("Office", 50000, needs_approval=True))
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000))
    tariffs.run()
    tariffs.cancel("contact", contract)
    assert _coming(tariffs) == []
