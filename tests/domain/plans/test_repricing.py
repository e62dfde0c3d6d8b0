"""A price of somebody's own: from the next cycle on, or from the first day where nothing was billed; the rest stays."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.domain.plans.repricing import Reprice, preview_reprice, reprice
from app.domain.plans.terms import Ending, PausedAlready, ReasonMissing, SamePlan, StillPending
from app.kernel.errors import NotFound, Refusal
from app.models import Contract
from tests.support.tariffs import Tariffs


def _wish(tariffs: Tariffs, contract: Contract, price: int | None, quantity: int = 1) -> Reprice:
    return Reprice(tariffs.tenant.people["contact"], contract.id, price, quantity, "Here since the start")


def _reprice(tariffs: Tariffs, wish: Reprice, who: str = "desk") -> Contract:
    made = reprice(tariffs.session, tariffs.who(who), wish, tariffs.today, tariffs.tick())
    tariffs.session.commit()
    return made


def test_what_was_billed_stays_and_the_next_cycle_costs_what_was_said(tariffs: Tariffs) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000, min_cycles=3, signup_fee_minor=500))
    tariffs.run()
    wish = _wish(tariffs, contract, 20000, 2)
    said = preview_reprice(tariffs.session, tariffs.who("desk"), wish, tariffs.today)
    assert [each.amount_minor for each in said.before] == [31000] * 3
    assert [each.amount_minor for each in said.after] == [40000] * 3
    minimum = contract.minimum_until
    follower = _reprice(tariffs, wish)
    assert (follower.starts_on, follower.minimum_until) == (said.begins_on, minimum)
    assert said.begins_on == date(2026, 4, 10)
    tariffs.set_day(date(2026, 4, 10))
    tariffs.run()
    assert [each.total_minor for each in tariffs.invoices()] == [31500, 40000]
    back = _reprice(tariffs, _wish(tariffs, follower, None))
    tariffs.set_day(back.starts_on)
    tariffs.run()
    assert tariffs.invoices()[-1].total_minor == 31000


def test_where_nothing_was_billed_the_contract_itself_has_it(tariffs: Tariffs) -> None:
    version = tariffs.plan("Desk", 31000, signup_fee_minor=500)
    contract = tariffs.join("contact", version, date(2026, 3, 20))
    wish = _wish(tariffs, contract, 0)
    said = preview_reprice(tariffs.session, tariffs.who("desk"), wish, tariffs.today)
    assert [each.amount_minor for each in said.after] == [500]
    assert _reprice(tariffs, wish).id == contract.id
    tariffs.set_day(date(2026, 3, 20))
    tariffs.run()
    assert tariffs.invoices()[-1].total_minor == 500


def _refused(tariffs: Tariffs, wish: Reprice, refusal: type[Refusal], who: str = "desk") -> None:
    with pytest.raises(refusal):
        _reprice(tariffs, wish, who)
    tariffs.session.rollback()


def test_it_needs_a_reason_and_a_difference(tariffs: Tariffs) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000))
    person = tariffs.tenant.people["contact"]
    _refused(tariffs, Reprice(person, contract.id, 20000, 1), ReasonMissing)
    _refused(tariffs, _wish(tariffs, contract, None), SamePlan)


def test_what_waits_pauses_or_ends_is_left_alone(tariffs: Tariffs) -> None:
    waiting = tariffs.join("contact", tariffs.plan("Office", 50000, needs_approval=True))
    _refused(tariffs, _wish(tariffs, waiting, 1), StillPending)
    paused = tariffs.join("contact", tariffs.plan("Desk", 31000, pauses_a_year=1, pause_cycles=1))
    tariffs.pause("contact", paused)
    _refused(tariffs, _wish(tariffs, paused, 1), PausedAlready)
    tariffs.resume("contact", paused)
    tariffs.cancel("contact", paused)
    _refused(tariffs, _wish(tariffs, paused, 1), Ending)


def test_a_contract_is_that_persons_or_not_there(tariffs: Tariffs, session: Session) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000))
    other = Reprice(tariffs.tenant.people["member"], contract.id, 1, 1, "x")
    _refused(tariffs, other, NotFound)
    with pytest.raises(NotFound):
        preview_reprice(session, tariffs.who("desk"), other, tariffs.today)
    unbilled = session.query(Contract).filter_by(person_id=tariffs.tenant.people["member"]).first()
    assert unbilled is not None
    _refused(tariffs, Reprice(unbilled.person_id, unbilled.id, 1, 1, "x"), NotFound)
