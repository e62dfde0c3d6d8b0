"""The dunning ladder: where somebody stands on it is derived, and gone with the last payment; nobody is told twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dunning.ladder import DayTaken, Step, TooManySteps, add_step, held_back, ladder, remove_step
from app.domain.dunning.reminding import KIND, remind
from app.domain.invoicing.crediting import credit
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.settling import receive, void_payment
from app.domain.invoicing.terms import CreditLines, ReceiveMoney
from app.kernel.errors import NotFound
from app.models import DunningAction, DunningReminder, Invoice, Notice, PaymentWay, Person
from app.tenancy import begin_writing
from tests.support.office import Office

LADDER = (
    Step(1, 3, DunningAction.REMIND),
    Step(2, 10, DunningAction.LIMIT),
    Step(3, 30, DunningAction.SUSPEND),
)
DUE = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days", "held"),
    [
        (0, None),
        (3, None),
        (9, None),
        (10, DunningAction.LIMIT),
        (29, DunningAction.LIMIT),
        (30, DunningAction.SUSPEND),
        (400, DunningAction.SUSPEND),
    ],
)
def test_a_step_holds_from_its_day_on(days: int, held: DunningAction | None) -> None:
    assert held_back(LADDER, DUE, DUE + timedelta(days=days)) is held


def test_who_owes_nothing_is_held_back_by_nothing() -> None:
    assert held_back(LADDER, None, date(2030, 1, 1)) is None
    assert held_back((), DUE, date(2030, 1, 1)) is None


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(DunningAction)), max_size=8), st.integers(-10, 90)
)
def test_the_hardest_step_that_was_reached_holds(steps: list[tuple[int, DunningAction]], days: int) -> None:
    order = list(DunningAction)
    reached = [order.index(action) for day, action in steps if day <= days]
    hardest = order[max(reached)] if reached else None
    found = held_back(
        [Step(number, *each) for number, each in enumerate(steps)], DUE, DUE + timedelta(days=days)
    )
    assert found is (None if hardest is DunningAction.REMIND else hardest)


def _first_due(session: Session, office: Office) -> date | None:
    """What stands beside the name, once it is seen that it is what counting gives."""
    session.expire_all()
    return session.get_one(Person, office.tenant.people["member"]).first_due_on


def _pay(office: Office, invoice: Invoice, minor: int) -> int:
    command = ReceiveMoney(invoice.id, PaymentWay.DESK, minor, office.today)
    payment = receive(office.session, office.owner, command, office.today, office.tick())
    office.session.commit()
    return payment.id


def test_from_when_somebody_owes_follows_everything_that_changes_it(office: Office, session: Session) -> None:
    assert _first_due(session, office) is None
    office.draft(office.line(500))
    assert _first_due(session, office) is None
    first = office.issued(office.line(1000))
    office.now += timedelta(days=3)
    second = office.issued(office.line(2000))
    assert first.due_on is not None
    assert second.due_on == first.due_on + timedelta(days=3)
    assert _first_due(session, office) == first.due_on
    _pay(office, first, 999)
    assert _first_due(session, office) == first.due_on
    last = _pay(office, first, 1)
    assert _first_due(session, office) == second.due_on
    void_payment(session, office.owner, last, office.tick())
    session.commit()
    assert _first_due(session, office) == first.due_on
    _pay(office, first, 1)
    (line,) = lines_of(session, second.id)
    credit(session, office.owner, CreditLines(second.id, {line.id: 2000}, "Wrong"), office.tick())
    session.commit()
    assert _first_due(session, office) is None


def _ladder(office: Office) -> None:
    for step in LADDER:
        add_step(office.session, office.owner, step.days, step.action, office.tick)
        office.session.commit()


def _remind(office: Office, invoice: Invoice, days: int, hour: int = 9) -> int:
    assert invoice.due_on is not None
    day = invoice.due_on + timedelta(days=days)
    begin_writing(office.session)
    told = remind(office.session, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
    office.session.commit()
    return told


def _actions(session: Session) -> list[str]:
    return [each.data["action"] for each in session.scalars(select(Notice).where(Notice.kind == KIND))]


def test_each_step_is_told_once(office: Office, session: Session) -> None:
    _ladder(office)
    invoice = office.issued(office.line(1000))
    told = [_remind(office, invoice, days) for days in (0, 2, 3, 3, 4, 9, 10, 10, 11, 30, 31)]
    assert told == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]
    assert [each.days for each in session.scalars(select(DunningReminder).order_by(DunningReminder.id))] == [
        3,
        10,
        30,
    ]


def test_who_ran_late_tells_the_last_step_only(office: Office, session: Session) -> None:
    _ladder(office)
    invoice = office.issued(office.line(1000))
    assert _remind(office, invoice, 35) == 1
    assert _actions(session) == ["suspend"]


def test_nobody_is_reminded_at_night_or_of_what_is_paid(office: Office) -> None:
    _ladder(office)
    invoice = office.issued(office.line(1000))
    assert _remind(office, invoice, 5, hour=3) == 0
    _pay(office, invoice, 1000)
    assert _remind(office, invoice, 5) == 0


def test_invoices_of_who_is_not_due_are_not_read(office: Office, session: Session) -> None:
    """What stands beside the name decides: whoever owes nothing since then is not asked what is open."""
    _ladder(office)
    invoice = office.issued(office.line(1000))
    payer, first = session.get_one(Person, invoice.payer_id), invoice.due_on
    for stands, told in ((None, 0), (date(2099, 1, 1), 0), (first, 1)):
        payer.first_due_on = stands
        session.commit()
        assert _remind(office, invoice, 5) == told


def test_a_ladder_takes_each_day_once_and_no_more_steps_than_it_holds(
    office: Office, session: Session
) -> None:
    _ladder(office)
    with pytest.raises(DayTaken):
        add_step(session, office.owner, 10, DunningAction.REMIND, office.tick)
    session.rollback()
    for days in range(100, 109):
        add_step(session, office.owner, days, DunningAction.REMIND, office.tick)
        session.commit()
    with pytest.raises(TooManySteps):
        add_step(session, office.owner, 200, DunningAction.REMIND, office.tick)
    session.rollback()
    gone = ladder(session)[0].id
    remove_step(session, office.owner, gone, office.tick)
    session.commit()
    assert [each.days for each in ladder(session)][:2] == [10, 30]
    with pytest.raises(NotFound):
        remove_step(session, office.owner, gone, office.tick)
