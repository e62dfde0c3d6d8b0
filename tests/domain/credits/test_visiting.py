"""Day passes: spent by who is on no plan, once a day, where the tenant asks for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.credits.granting import ChangeCredit, give
from app.domain.credits.history import history
from app.domain.credits.terms import Holder, NoPass
from app.domain.credits.visiting import ask_for_passes, needs_pass
from app.domain.directory.check_in import check_in
from app.models import AuditEntry, CheckIn, CreditCause, CreditKind
from tests.support.credits import sums
from tests.support.tariffs import WORDS, Tariffs


def _ask(tariffs: Tariffs, *, needed: bool = True) -> None:
    ask_for_passes(tariffs.session, tariffs.owner, tariffs.tick(), needed=needed)
    tariffs.session.commit()


def _arrive(tariffs: Tariffs, who: str = "contact", place: str = "Leith Walk") -> None:
    try:
        check_in(tariffs.session, tariffs.who(who), tariffs.tenant.locations[place], WORDS, tariffs.clock)
        tariffs.session.commit()
    except NoPass:
        tariffs.session.rollback()
        raise


def _give(tariffs: Tariffs, days: int) -> int:
    wish = ChangeCredit(Holder(tariffs.tenant.people["contact"]), CreditKind.DAYS, days, (), "A present")
    grant_id = give(tariffs.session, tariffs.owner, wish, tariffs.tick())
    tariffs.session.commit()
    return grant_id


def test_nobody_needs_one_unless_the_tenant_says_so(session: Session, tariffs: Tariffs) -> None:
    assert not needs_pass(session)
    _arrive(tariffs)
    _ask(tariffs)
    assert needs_pass(session)
    with pytest.raises(NoPass):
        _arrive(tariffs)
    _ask(tariffs, needed=False)
    _arrive(tariffs)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "limits.changed")).all()
    assert [entry.after for entry in entries] == [{"needs_pass": True}, {"needs_pass": False}]


def test_who_is_refused_is_not_checked_in(session: Session, tariffs: Tariffs) -> None:
    _ask(tariffs)
    with pytest.raises(NoPass):
        _arrive(tariffs)
    assert session.scalars(select(CheckIn)).all() == []


@pytest.mark.parametrize("who", ["member", "desk", "owner"])
def test_who_is_on_a_plan_and_staff_need_none(tariffs: Tariffs, who: str) -> None:
    _ask(tariffs)
    _arrive(tariffs, who)


def test_a_day_is_spent_once_and_ends_at_three_in_the_morning(session: Session, tariffs: Tariffs) -> None:
    _ask(tariffs)
    grant_id = _give(tariffs, 2)
    _arrive(tariffs)
    _arrive(tariffs, place="Porto")
    assert sums(session) == {grant_id: 1}
    tariffs.now = tariffs.now.replace(hour=2) + timedelta(days=1)
    _arrive(tariffs)
    assert sums(session) == {grant_id: 1}
    tariffs.now = tariffs.now.replace(hour=4)
    _arrive(tariffs)
    assert sums(session) == {grant_id: 0}
    tariffs.now += timedelta(days=1)
    with pytest.raises(NoPass):
        _arrive(tariffs)
    steps = history(session, Holder(tariffs.tenant.people["contact"]))
    assert [(step.cause, step.amount, step.place) for step in steps[:2]] == [
        (CreditCause.VISITED, -1, "Leith Walk"),
        (CreditCause.VISITED, -1, "Leith Walk"),
    ]
