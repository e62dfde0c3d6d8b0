"""A contract's life: changed, paused, cancelled, kept after all; and what that costs."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.plans import changing, ending, versions
from app.domain.plans.at_the_desk import end_contract, start_contract
from app.domain.plans.contracts import taken
from app.domain.plans.showing import contracts_shown, offers
from app.domain.plans.terms import (
    BadVersion,
    ContractState,
    ContractTwice,
    EndContract,
    Ending,
    NewContract,
    NoPause,
    NotEnding,
    NotPaused,
    PausedAlready,
    PlanGone,
    SamePlan,
    SoldOut,
    TooEarly,
    TooLong,
    TooManyPauses,
    VersionDetails,
)
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.kernel.errors import NotFound
from app.models import Contract, CycleUnit, Plan, PlanVersion
from app.models.plan import running_on
from tests.support.tariffs import Tariffs

MONTH = (date(2026, 3, 10), date(2026, 4, 9))


def _states(tariffs: Tariffs, name: str = "contact") -> list[ContractState]:
    found = contracts_shown(tariffs.session, tariffs.tenant.people[name], tariffs.today)
    return [each.state for each in found]


def test_a_change_comes_when_the_cycle_is_over(tariffs: Tariffs) -> None:
    small, large = tariffs.plan("Small", 10000), tariffs.plan("Large", 20000, signup_fee_minor=900)
    contract = tariffs.join("contact", small)
    follower = tariffs.change("contact", contract, large)
    assert (contract.ends_on, follower.starts_on) == (date(2026, 4, 9), date(2026, 4, 10))
    assert _states(tariffs) == [ContractState.COMING, ContractState.ENDING]
    tariffs.set_day(date(2026, 4, 12))
    tariffs.run()
    assert tariffs.charges(contract) == [(*MONTH, 10000)]
    assert tariffs.charges(follower) == [(date(2026, 4, 10), date(2026, 5, 9), 20000)]
    assert _states(tariffs) == [ContractState.ACTIVE, ContractState.ENDED]


def test_a_change_at_once_gives_back_what_is_not_had(tariffs: Tariffs) -> None:
    small, large = tariffs.plan("Small", 31000), tariffs.plan("Large", 62000)
    contract = tariffs.join("contact", small)
    tariffs.run()
    tariffs.ahead(10)
    follower = tariffs.change("contact", contract, large, at_once=True)
    tariffs.run()
    # 21 of 31 days back, and the same days of the larger plan
    assert tariffs.charges(contract) == [
        (*MONTH, 31000),
        (date(2026, 3, 20), date(2026, 4, 9), -21000),
    ]
    assert tariffs.charges(follower) == [(date(2026, 3, 20), date(2026, 4, 9), 42000)]
    assert [invoice.total_minor for invoice in tariffs.invoices()] == [31000, 21000]


def test_what_is_given_back_waits_for_something_to_take_it_off(tariffs: Tariffs) -> None:
    large, small = tariffs.plan("Large", 62000), tariffs.plan("Small", 31000)
    contract = tariffs.join("contact", large)
    tariffs.run()
    tariffs.ahead(10)
    tariffs.change("contact", contract, small, at_once=True)
    assert tariffs.run().failed == 0
    assert len(tariffs.invoices()) == 1
    tariffs.set_day(date(2026, 4, 10))
    tariffs.run()
    assert [invoice.total_minor for invoice in tariffs.invoices()] == [62000, 31000 + 21000 - 42000]


def test_a_change_to_other_cycles_begins_them_anew(tariffs: Tariffs) -> None:
    month, week = tariffs.plan("Month", 31000), tariffs.plan("Week", 7000, cycle_unit=CycleUnit.WEEK)
    contract = tariffs.join("contact", month)
    tariffs.ahead(10)
    follower = tariffs.change("contact", contract, week, at_once=True)
    assert tariffs.charges(follower) == [(date(2026, 3, 20), date(2026, 3, 26), 7000)]


def test_the_31st_comes_again_after_a_change(tariffs: Tariffs) -> None:
    small, large = tariffs.plan("Small", 10000), tariffs.plan("Large", 20000)
    tariffs.set_day(date(2026, 1, 31))
    contract = tariffs.join("contact", small)
    follower = tariffs.change("contact", contract, large)
    assert follower.starts_on == date(2026, 2, 28)
    tariffs.set_day(date(2026, 3, 31))
    tariffs.run()
    assert [first for first, *_rest in tariffs.charges(follower)] == [date(2026, 2, 28), date(2026, 3, 31)]


def test_a_term_goes_along_and_is_not_shaken_off(tariffs: Tariffs) -> None:
    long, short = tariffs.plan("Long", 10000, min_cycles=12), tariffs.plan("Short", 9000)
    contract = tariffs.join("contact", long)
    follower = tariffs.change("contact", contract, short)
    assert follower.minimum_until == contract.minimum_until == date(2027, 3, 9)


def test_changes_that_are_refused(tariffs: Tariffs) -> None:
    small, full = tariffs.plan("Small", 10000), tariffs.plan("Full", 20000, capacity=0)
    contract = tariffs.join("contact", small)
    with pytest.raises(SamePlan):
        tariffs.change("contact", contract, small)
    tariffs.session.rollback()
    with pytest.raises(SoldOut):
        tariffs.change("contact", contract, full)
    tariffs.session.rollback()
    with pytest.raises(NotFound):
        tariffs.change("member", contract, small, quantity=2)
    tariffs.session.rollback()
    later = tariffs.join("colleague", small, date(2026, 5, 1))
    with pytest.raises(TooEarly):
        tariffs.change("colleague", later, small, quantity=2, at_once=True)


def test_a_change_is_withdrawn_until_it_comes(tariffs: Tariffs, session: Session) -> None:
    small, large = tariffs.plan("Small", 10000), tariffs.plan("Large", 20000)
    contract = tariffs.join("contact", small)
    tariffs.change("contact", contract, large)
    with pytest.raises(Ending):
        tariffs.change("contact", contract, large, quantity=2)
    session.rollback()
    changing.withdraw_change(session, tariffs.who("contact"), contract.id, tariffs.today, tariffs.tick())
    session.commit()
    assert contract.ends_on is None
    tariffs.change("contact", contract, large)
    tariffs.set_day(date(2026, 4, 10))
    with pytest.raises(NotEnding):
        changing.withdraw_change(session, tariffs.who("contact"), contract.id, tariffs.today, tariffs.tick())


def test_cancelling_shows_what_it_costs_and_can_be_withdrawn(tariffs: Tariffs, session: Session) -> None:
    version = tariffs.plan("Desk", 31000, notice_days=40, prorate_last=True)
    contract = tariffs.join("contact", version)
    tariffs.run()
    shown = ending.preview_cancel(session, tariffs.who("contact"), contract.id, tariffs.today)
    assert shown.earliest == date(2026, 4, 19)
    # 10 of 30 days
    assert [(each.bill_on, each.amount_minor) for each in shown.invoices] == [(date(2026, 4, 10), 10333)]
    with pytest.raises(TooEarly):
        tariffs.cancel("contact", contract, date(2026, 4, 18))
    session.rollback()
    assert tariffs.cancel("contact", contract) == date(2026, 4, 19)
    assert _states(tariffs) == [ContractState.ENDING]
    tariffs.set_day(date(2026, 4, 12))
    tariffs.run()
    tariffs.withdraw("contact", contract)
    tariffs.set_day(date(2026, 4, 25))
    tariffs.run()
    assert tariffs.charges(contract)[1:] == [
        (date(2026, 4, 10), date(2026, 4, 19), 10333),
        (date(2026, 4, 20), date(2026, 5, 9), 20667),
    ]
    with pytest.raises(NotEnding):
        tariffs.withdraw("contact", contract)


def test_nobody_is_billed_after_the_end(tariffs: Tariffs) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000))
    tariffs.cancel("contact", contract)
    tariffs.set_day(date(2026, 8, 1))
    assert tariffs.run().total == 1
    assert tariffs.charges(contract) == [(*MONTH, 31000)]
    assert tariffs.run().total == 0


def test_a_place_that_was_given_away_is_not_taken_back(tariffs: Tariffs) -> None:
    version = tariffs.plan("Desk", 31000, capacity=1)
    contract = tariffs.join("contact", version)
    tariffs.cancel("contact", contract)
    tariffs.join("colleague", version, date(2026, 4, 10))
    with pytest.raises(SoldOut):
        tariffs.withdraw("contact", contract)


def test_who_joined_again_does_not_go_on_as_well(tariffs: Tariffs) -> None:
    version = tariffs.plan("Desk", 31000)
    contract = tariffs.join("contact", version)
    tariffs.cancel("contact", contract)
    tariffs.join("contact", version, date(2026, 4, 10))
    with pytest.raises(ContractTwice):
        tariffs.withdraw("contact", contract)


def test_a_paused_contract_makes_no_member_and_costs_nothing(tariffs: Tariffs, session: Session) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000, pauses_a_year=1, pause_cycles=2))
    assert tariffs.pause("contact", contract, 2) == (date(2026, 4, 10), date(2026, 6, 9))
    with pytest.raises(PausedAlready):
        tariffs.pause("contact", contract)
    session.rollback()
    for today, runs in ((date(2026, 4, 9), True), (date(2026, 4, 10), False), (date(2026, 6, 10), True)):
        tariffs.set_day(today)
        tariffs.run()
        found = session.scalar(select(Contract.id).where(running_on(today), Contract.id == contract.id))
        assert (found is not None) is runs
    assert tariffs.charges(contract) == [(*MONTH, 31000), (date(2026, 6, 10), date(2026, 7, 9), 31000)]
    with pytest.raises(TooManyPauses) as refused:
        tariffs.pause("contact", contract)
    assert refused.value.again_on == date(2027, 4, 10)


def test_a_pause_ends_with_its_cycle_or_before_it_begins(tariffs: Tariffs) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000, pauses_a_year=2, pause_cycles=3))
    tariffs.pause("contact", contract, 3)
    assert tariffs.resume("contact", contract) == date(2026, 4, 10)
    tariffs.pause("contact", contract, 3)
    tariffs.set_day(date(2026, 4, 15))
    tariffs.run()
    assert _states(tariffs) == [ContractState.PAUSED]
    assert tariffs.resume("contact", contract) == date(2026, 5, 10)
    tariffs.set_day(date(2026, 5, 10))
    tariffs.run()
    assert tariffs.charges(contract) == [(*MONTH, 31000), (date(2026, 5, 10), date(2026, 6, 9), 31000)]
    with pytest.raises(NotPaused):
        tariffs.resume("contact", contract)


def test_pauses_that_are_refused(tariffs: Tariffs) -> None:
    contract = tariffs.join("contact", tariffs.plan("Desk", 31000))
    with pytest.raises(NoPause):
        tariffs.pause("contact", contract)
    tariffs.session.rollback()
    other = tariffs.join("contact", tariffs.plan("Studio Plus", 31000, pauses_a_year=1, pause_cycles=1))
    with pytest.raises(TooLong):
        tariffs.pause("contact", other, 2)
    tariffs.session.rollback()
    tariffs.cancel("contact", other)
    with pytest.raises(Ending):
        tariffs.pause("contact", other)


def test_an_edit_leaves_contracts_alone_until_they_are_taken_along(
    tariffs: Tariffs, session: Session
) -> None:
    old = tariffs.plan("Desk", 10000, terms="Be kind.", min_cycles=2)
    contract = tariffs.join("contact", old)
    new = tariffs.plan("Desk", 12000, terms="Be very kind.", min_cycles=2)
    assert (old.number, new.number) == (1, 2)
    assert (
        versions.set_terms(session, tariffs.owner, new.plan_id, versions.details_of(new), tariffs.tick())
        is new
    )
    with pytest.raises(TooEarly):
        versions.migrate(session, tariffs.owner, new.plan_id, tariffs.today, tariffs.today, tariffs.tick())
    session.rollback()
    moved = versions.migrate(
        session, tariffs.owner, new.plan_id, date(2026, 5, 1), tariffs.today, tariffs.tick()
    )
    session.commit()
    assert moved == 1
    tariffs.set_day(date(2026, 5, 10))
    tariffs.run()
    follower = session.scalars(select(Contract).where(Contract.follows_id == contract.id)).one()
    assert [minor for *_days, minor in tariffs.charges(contract)] == [10000, 10000]
    assert tariffs.charges(follower) == [(date(2026, 5, 10), date(2026, 6, 9), 12000)]
    assert follower.minimum_until == contract.minimum_until
    # They agreed to other terms
    assert follower.terms_accepted_at is None
    versions.agree(session, tariffs.who("contact"), follower.id, tariffs.tick())
    session.commit()
    assert follower.terms_accepted_at is not None


def test_contracts_from_before_there_were_prices_are_taken_along_too(
    tariffs: Tariffs, session: Session
) -> None:
    plan_id = tariffs.tenant.plans["Studio"]
    wish = VersionDetails(15000, tariffs.rates[20], billing_day=1, signup_fee_minor=500)
    versions.set_terms(session, tariffs.owner, plan_id, wish, tariffs.tick())
    session.commit()
    assert tariffs.run().total == 0
    assert (
        versions.migrate(session, tariffs.owner, plan_id, date(2026, 4, 1), tariffs.today, tariffs.tick())
        == 2
    )
    session.commit()
    tariffs.set_day(date(2026, 4, 1))
    assert tariffs.run().done == 2
    (invoice,) = tariffs.invoices("member")
    assert invoice.total_minor == 15000


def test_contracts_that_follow_each_other_have_one_place(tariffs: Tariffs, session: Session) -> None:
    old = tariffs.plan("Desk", 10000, capacity=3)
    contract = tariffs.join("contact", old)
    new = tariffs.plan("Desk", 12000, capacity=3)
    versions.migrate(session, tariffs.owner, new.plan_id, date(2026, 5, 1), tariffs.today, tariffs.tick())
    session.commit()
    assert taken(session, tariffs.today)[new.plan_id] == 1
    with pytest.raises(SoldOut) as refused:
        tariffs.join("colleague", new, quantity=3)
    assert refused.value.left == 2
    session.rollback()
    tariffs.join("colleague", new, quantity=2)
    assert contract.ends_on == date(2026, 5, 9)


def test_who_is_made_nobody_is_billed_no_more_and_gives_up_the_place(
    tariffs: Tariffs, session: Session
) -> None:
    version = tariffs.plan("Desk", 10000, capacity=1)
    contract = tariffs.join("contact", version)
    later = tariffs.change("contact", contract, tariffs.plan("Large", 20000)).id
    anonymise(session, tariffs.owner, tariffs.tenant.people["contact"], Reason.ASKED, tariffs.clock)
    session.commit()
    assert contract.ends_on == tariffs.now.date()
    assert session.scalars(select(Contract).where(Contract.id == later)).all() == []
    assert tariffs.charges(contract) == []
    tariffs.ahead(60)
    assert tariffs.run().total == 0
    tariffs.join("colleague", version)


def test_a_retired_plan_is_joined_by_nobody_and_comes_back(tariffs: Tariffs, session: Session) -> None:
    version = tariffs.plan("Desk", 10000)
    versions.retire_plan(session, tariffs.owner, version.plan_id, tariffs.tick(), retired=True)
    session.commit()
    assert offers(session, tariffs.who("contact"), tariffs.today) == []
    with pytest.raises(PlanGone):
        tariffs.join("contact", version)
    session.rollback()
    versions.retire_plan(session, tariffs.owner, version.plan_id, tariffs.tick(), retired=False)
    session.commit()
    tariffs.join("contact", version)


def test_terms_that_contradict_each_other_are_refused(tariffs: Tariffs) -> None:
    for field, wrong in (
        ("billing_day", {"billing_day": 1, "cycle_unit": CycleUnit.WEEK}),
        ("deposit_rate_id", {"deposit_minor": 1}),
        ("pause_cycles", {"pauses_a_year": 1}),
    ):
        with pytest.raises(BadVersion) as refused:
            versions.check_version(VersionDetails(1000, 1, **wrong))
        assert refused.value.field == field


def test_staff_put_somebody_on_a_plan_at_their_own_price_and_end_it(
    tariffs: Tariffs, session: Session
) -> None:
    version = tariffs.plan("Desk", 31000, capacity=0)
    person = tariffs.tenant.people["contact"]
    wish = NewContract(person, version.plan_id, tariffs.today, quantity=3, price_minor=20000)
    start_contract(session, tariffs.owner, wish, tariffs.clock)
    session.commit()
    contract = session.scalars(select(Contract).where(Contract.plan_id == version.plan_id)).one()
    tariffs.run()
    assert [invoice.total_minor for invoice in tariffs.invoices()] == [60000]
    end_contract(
        session, tariffs.owner, EndContract(person, contract.id, tariffs.today, tariffs.today), tariffs.clock
    )
    session.commit()
    # What stands on an invoice stays charged: staff credit it
    assert contract.billed_until == date(2026, 4, 9)


def test_offers_are_what_somebody_may_see(tariffs: Tariffs, session: Session) -> None:
    desk = tariffs.plan("Desk", 31000, capacity=1)
    tariffs.plan("Desk", 32000, capacity=1)
    tariffs.plan("For members", 100, audience="members")
    tariffs.plan("Secret", 100, visibility="link")
    gone = tariffs.plan("Gone", 100)
    session.get_one(Plan, gone.plan_id).retired_at = tariffs.now
    session.commit()
    found = offers(session, tariffs.who("contact"), tariffs.today)
    assert [(each.plan.name, each.version.price_minor, each.left) for each in found] == [("Desk", 32000, 1)]
    present = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == desk.plan_id)).all()[-1]
    tariffs.join("colleague", present)
    (only,) = offers(session, tariffs.who("contact"), tariffs.today)
    assert only.sold_out
