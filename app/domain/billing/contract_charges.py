"""Charges of contracts: each cycle as it begins, with the fee and the deposit of a new contract before the first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charges, take_back_charge
from app.domain.billing.reasons import cycle_key, deposit_key, signup_key, unused_key
from app.domain.billing.words import ChargeWords, What, language_in_sql
from app.domain.credits.cycles import end_grants, grant_cycles
from app.domain.plans.calculating import parts, unused
from app.domain.plans.contracts import Held
from app.kernel.cycles import DAY, Days
from app.models import Contract, Person, Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a contract that is to be charged; `key` is its reason key."""

    what: What
    key: str
    unit_minor: int
    quantity: int
    tax_rate_id: int
    bill_on: date
    days: Days | None = None


def due(session: Session, found: Held, through: date) -> Iterator[Due]:
    """What is to be charged of a contract until a day, in the order of an invoice. Writes nothing."""
    contract = found.contract
    if contract.pending or contract.starts_on > through:
        return
    if contract.billed_until is None:
        yield from _once(session, found)
    for part in parts(found.deal(), through):
        if part.unit_minor:
            yield _of_days(
                found, What.CYCLE, part.days, part.unit_minor, cycle_key(contract.id, part.days.first)
            )


def charge_contract(session: Session, found: Held, today: date, words: ChargeWords, now: datetime) -> None:
    """Put down what has become due of a contract that is locked, and give what its cycles bring, within a transaction that
    writes.

    Every cycle that has begun until today is put down, however long ago, each once.
    """
    charge_contracts(session, [found], today, words, now)


def charge_contracts(
    session: Session, founds: Sequence[Held], today: date, words: ChargeWords, now: datetime
) -> None:
    """The same of several; asks no more of the database than for one, but for what their cycles give."""
    begun = [each for each in founds if not each.contract.pending and each.contract.starts_on <= today]
    _put(session, [(found, each) for found in begun for each in due(session, found, today)], words, now)
    grant_cycles(session, begun, today, now)
    for found in begun:
        for part in parts(found.deal(), today):
            found.contract.billed_until = part.days.last
    session.flush()


def give_back_unused(
    session: Session, found: Held, from_day: date, words: ChargeWords, now: datetime
) -> None:
    """Put down what was charged ahead for a day and those after it, below zero; the contract is locked, and what it gave
    ends before that day."""
    contract = found.contract
    part = unused(found.deal(), from_day)
    if part is not None and part.unit_minor:
        back = _of_days(found, What.UNUSED, part.days, part.unit_minor, unused_key(contract.id, from_day))
        _put(session, [(found, back)], words, now)
    end_grants(session, contract.id, from_day)
    if contract.billed_until is not None and contract.billed_until >= from_day:
        contract.billed_until = from_day - DAY
    session.flush()


def take_back_coming(session: Session, found: Held) -> None:
    """Forget the charge of a cycle that begins after the last day of a contract, if nobody was billed for it."""
    contract = found.contract
    ends_on = contract.ends_on
    while ends_on is not None and contract.billed_until is not None:
        first = max(found.cycles.containing(contract.billed_until).first, contract.starts_on)
        if first <= ends_on or not take_back_charge(session, cycle_key(contract.id, first)):
            break
        end_grants(session, contract.id, first)
        contract.billed_until = first - DAY
    session.flush()


def _put(session: Session, dues: Sequence[tuple[Held, Due]], words: ChargeWords, now: datetime) -> None:
    contracts = [found.contract for found, _each in dues]
    if not contracts:
        return
    of_plans = select(Plan.id, Plan.name).where(Plan.id.in_({each.plan_id for each in contracts}))
    names = {row.id: row.name for row in session.execute(of_plans)}
    payers = _payers(session, {each.person_id for each in contracts})
    put_charges(session, [_charge(found.contract, each, names, payers, words) for found, each in dues], now)


class _Payer(NamedTuple):
    locale: str
    location_id: int | None


def _charge(
    contract: Contract, each: Due, names: dict[int, str], payers: dict[int, _Payer], words: ChargeWords
) -> NewCharge:
    payer = payers[contract.person_id]
    return NewCharge(
        contract.person_id,
        each.key,
        words.charge(payer.locale, each.what, names[contract.plan_id]),
        each.unit_minor,
        each.tax_rate_id,
        each.bill_on,
        each.quantity * 1000,
        None if each.days is None else each.days.first,
        None if each.days is None else each.days.last,
        payer.location_id,
    )


def _payers(session: Session, person_ids: Collection[int]) -> dict[int, _Payer]:
    query = select(Person.id, language_in_sql(session), Person.location_id)
    rows = session.execute(query.where(Person.id.in_(person_ids)))
    return {person_id: _Payer(locale, location_id) for person_id, locale, location_id in rows}


def _of_days(found: Held, what: What, days: Days, unit_minor: int, key: str) -> Due:
    contract = found.contract
    return Due(
        what,
        key,
        unit_minor,
        contract.quantity,
        found.version.tax_rate_id,
        days.first,
        days,
    )


def _once(session: Session, found: Held) -> Iterator[Due]:
    """Who goes on from another contract has paid to join, and pays in what the deposit of this one is larger."""
    contract, version = found.contract, found.version
    fee, deposit = version.signup_fee_minor, version.deposit_minor * contract.quantity
    if contract.follows_id is not None:
        fee = 0
    if contract.follows_id is not None and deposit:
        deposit = max(deposit - _deposit_of(session, session.get_one(Contract, contract.follows_id)), 0)
    day = contract.starts_on
    if fee:
        yield Due(What.SIGNUP, signup_key(contract.id), fee, 1, version.tax_rate_id, day)
    if deposit and version.deposit_rate_id is not None:
        yield Due(What.DEPOSIT, deposit_key(contract.id), deposit, 1, version.deposit_rate_id, day)


def _deposit_of(session: Session, contract: Contract) -> int:
    """The most that was asked of a contract and of those that it goes on from."""
    most = 0
    while True:
        if contract.version_id is not None:
            version = session.get_one(PlanVersion, contract.version_id)
            most = max(most, version.deposit_minor * contract.quantity)
        if contract.follows_id is None:
            return most
        contract = session.get_one(Contract, contract.follows_id)
