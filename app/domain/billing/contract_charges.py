"""Charges of contracts: each cycle as it begins, with the fee and the deposit of a new contract before the first."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charge, take_back_charge
from app.domain.billing.words import ChargeWords, What, language_of
from app.domain.plans.calculating import Part, parts, unused
from app.domain.plans.contracts import Held
from app.kernel.cycles import DAY
from app.models import Contract, Person, Plan, PlanVersion


def charge_contract(session: Session, found: Held, today: date, words: ChargeWords, now: datetime) -> int:
    """Put down what has become due of a contract that is locked, within a transaction that writes; how many charges.

    Every cycle that has begun until today is put down, however long ago, each once.
    """
    contract = found.contract
    if contract.pending or contract.starts_on > today:
        return 0
    writer = _Writer(session, found, words, now)
    count = 0 if contract.billed_until is not None else _put_once(session, found, writer)
    for part in parts(found.deal(), today):
        if part.unit_minor:
            count += writer.put(What.CYCLE, part, f"contract:{contract.id}:{part.days.first}")
        contract.billed_until = part.days.last
    session.flush()
    return count


def give_back_unused(
    session: Session, found: Held, from_day: date, words: ChargeWords, now: datetime
) -> None:
    """Put down what was charged ahead for a day and those after it, below zero; the contract is locked."""
    contract = found.contract
    part = unused(found.deal(), from_day)
    if part is not None and part.unit_minor:
        _Writer(session, found, words, now).put(
            What.UNUSED, part, f"contract:{contract.id}:{from_day}:unused", bill_on=from_day
        )
    if contract.billed_until is not None and contract.billed_until >= from_day:
        contract.billed_until = from_day - DAY
    session.flush()


def take_back_coming(session: Session, found: Held) -> None:
    """Forget the charges of cycles that begin after the last day of a contract, as far as nobody was billed for them."""
    contract = found.contract
    ends_on = contract.ends_on
    while ends_on is not None and contract.billed_until is not None:
        first = max(found.cycles.containing(contract.billed_until).first, contract.starts_on)
        if first <= ends_on or not take_back_charge(session, f"contract:{contract.id}:{first}"):
            break
        contract.billed_until = first - DAY
    session.flush()


class _Writer:
    """What the charges of one contract have in common."""

    def __init__(self, session: Session, found: Held, words: ChargeWords, now: datetime) -> None:
        self._session, self._found, self._words, self._now = session, found, words, now
        person_id = found.contract.person_id
        self._locale = language_of(session, person_id)
        self._plan_name = session.get_one(Plan, found.contract.plan_id).name
        self._location_id = session.get_one(Person, person_id).location_id

    def put(self, what: What, part: Part, reason_key: str, *, bill_on: date | None = None) -> bool:
        return self.put_amount(
            what,
            reason_key,
            part.unit_minor,
            self._found.version.tax_rate_id,
            self._found.contract.quantity,
            bill_on or part.days.first,
            part,
        )

    def put_amount(
        self,
        what: What,
        reason_key: str,
        unit_minor: int,
        tax_rate_id: int,
        quantity: int,
        bill_on: date,
        part: Part | None = None,
    ) -> bool:
        charge = NewCharge(
            self._found.contract.person_id,
            reason_key,
            self._words.charge(self._locale, what, self._plan_name),
            unit_minor,
            tax_rate_id,
            bill_on,
            quantity * 1000,
            None if part is None else part.days.first,
            None if part is None else part.days.last,
            self._location_id,
        )
        return put_charge(self._session, charge, self._now)


def _put_once(session: Session, found: Held, writer: _Writer) -> int:
    """Who goes on from another contract has paid to join, and pays in what the deposit of this one is larger."""
    contract, version = found.contract, found.version
    fee, deposit = version.signup_fee_minor, version.deposit_minor * contract.quantity
    if contract.follows_id is not None:
        before = session.get_one(Contract, contract.follows_id)
        fee, deposit = 0, max(deposit - _deposit_of(session, before), 0)
    count = 0
    if fee:
        key = f"contract:{contract.id}:signup"
        count += writer.put_amount(What.SIGNUP, key, fee, version.tax_rate_id, 1, contract.starts_on)
    if deposit and version.deposit_rate_id is not None:
        key = f"contract:{contract.id}:deposit"
        count += writer.put_amount(What.DEPOSIT, key, deposit, version.deposit_rate_id, 1, contract.starts_on)
    return count


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
