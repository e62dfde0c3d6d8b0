"""What a run would bill on a day, worked out without writing anything."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.domain.billing.charging import unbilled
from app.domain.billing.contract_charges import Due, due
from app.domain.billing.next_bill import NextBills
from app.domain.billing.reasons import names_its_day
from app.domain.billing.running import is_due
from app.domain.billing.stays import DueStay, stays_ahead, stays_before
from app.domain.billing.subscription_charges import (
    DueSubscription,
    chain_of,
    deal_of,
    due_subscriptions,
    subscription_parts,
    subscriptions_of,
)
from app.domain.billing.words import Stay, What
from app.domain.invoicing.amounts import ONE, price_of
from app.domain.plans.calculating import Part
from app.domain.plans.contracts import Held
from app.domain.plans.showing import pauses_of
from app.kernel.cycles import Days
from app.models import Charge, Contract, Person, Plan, PlanVersion, ProductSubscription

_LONGEST_PAUSE = 2 * 53
"""In cycles: a pause lasts two years at most, and what follows it lies within these."""


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """Something that would be billed. `text` is the plan's or the room's name, or what a charge that was put down says."""

    what: What | None
    text: str
    days: Days | None
    """None where the text says when."""
    amount_minor: int
    stay: Stay | None = None
    """A booking that is still to be put down."""


@dataclass(frozen=True, slots=True)
class PayerPreview:
    """What one payer would be billed for, as the tenant enters prices."""

    payer_id: int
    name: str
    gone: bool
    """Their data is gone: nobody can be billed."""
    lines: tuple[PreviewLine, ...]

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def waits(self) -> bool:
        """It comes to less than nothing, and waits for something that it can be taken off."""
        return self.amount_minor < 0


def preview_billing(session: Session, day: date) -> list[PayerPreview]:
    """What a run on a day would bill if nothing changed until then, payers in the order of their names. Five
    statements at most, and two for each contract that has ended and is followed by another since something recurred with it."""
    people: dict[int, Person] = {}
    lines: dict[int, list[PreviewLine]] = {}
    for charge, person in session.execute(_charges(day)).all():
        people[person.id] = person
        lines.setdefault(person.id, []).append(_of_charge(charge))
    stays = stays_before(session, day)
    contracts = _contracts(session, day, {person.id for person, _stay in stays})
    bills = NextBills([(each.contract, each.version) for each in contracts if not each.contract.pending])
    for person, stay in stays:
        if bills.of_usage(person.id, stay.over_on) <= day:
            people[person.id] = person
            lines.setdefault(person.id, []).append(_of_stay(stay))
    due_ones, recurring = [each for each in contracts if each.is_due], due_subscriptions(session, day)
    ids = {each.contract.id for each in due_ones} | {each.contract.id for each in recurring}
    pauses = pauses_of(session, ids)
    for contract, version, plan_name, person, _is_due in due_ones:
        people[person.id] = person
        mine = lines.setdefault(person.id, [])
        held = Held(contract, version, pauses.get(contract.id, ()))
        mine.extend(_of_due(each, plan_name) for each in due(session, held, day))
    for found in recurring:
        people[found.person.id] = found.person
        held = Held(found.contract, found.version, pauses.get(found.contract.id, ()))
        lines.setdefault(found.person.id, []).extend(_of_subscription(session, found, held, day))
    order = sorted(people.values(), key=lambda person: (person.folded_name, person.id))
    return [
        PayerPreview(person.id, person.name, person.anonymised_at is not None, tuple(lines[person.id]))
        for person in order
        # A cycle of a pause begins, and nothing is to be paid
        if lines[person.id]
    ]


@dataclass(frozen=True, slots=True)
class ComingInvoice:
    """What somebody would be billed for on a day if nothing changed until then, as the tenant enters prices."""

    day: date
    lines: tuple[PreviewLine, ...]

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


def coming_invoices(
    session: Session, payer_id: int, contracts: Collection[tuple[Held, str]], today: date, count: int
) -> list[ComingInvoice]:
    """The next invoices of one payer, at most `count`: of what was put down, of what is booked, and of all their contracts with
    their plans' names and what recurs with them. What comes to less than nothing goes into the next one, as a run has it.
    Two statements, one more with contracts, and what a deposit asks.
    """
    days: dict[date, list[PreviewLine]] = {}
    for day, line in _coming_lines(session, payer_id, contracts, count):
        days.setdefault(max(day, today), []).append(line)
    invoices: list[ComingInvoice] = []
    waiting: list[PreviewLine] = []
    for day in sorted(days):
        invoice = ComingInvoice(day, (*waiting, *days[day]))
        waiting = list(invoice.lines) if invoice.amount_minor < 0 else []
        if not waiting:
            invoices.append(invoice)
    return invoices[:count]


def _coming_lines(
    session: Session, payer_id: int, contracts: Collection[tuple[Held, str]], count: int
) -> Iterator[tuple[date, PreviewLine]]:
    """What is to come, with the day on which it may be billed; enough of it for so many days."""
    charges = select(Charge).where(unbilled(), Charge.payer_id == payer_id).order_by(Charge.id)
    for charge in session.scalars(charges):
        yield charge.bill_on, _of_charge(charge)
    held_ones = [found for found, _plan_name in contracts]
    bills = NextBills([(each.contract, each.version) for each in held_ones if not each.contract.pending])
    for day, stay in stays_ahead(session, payer_id, bills):
        yield day, _of_stay(stay)
    for found, plan_name in contracts:
        # One day more than is asked for, should another go into the next
        for each in _first_dues(session, found, count + 1):
            yield each.bill_on, _of_due(each, plan_name)
    for subscription, product_name in subscriptions_of(session, payer_id) if held_ones else ():
        for part in _first_parts(subscription, held_ones, count + 1):
            yield part.days.first, _of_part(part, product_name, subscription.quantity)


def _first_dues(session: Session, found: Held, count: int) -> Iterator[Due]:
    """What is to be charged of a contract on the first days on which something is."""
    deal, days = found.deal(), set[date]()
    farthest = deal.cycles.after(deal.billed_until or deal.starts_on, count + _LONGEST_PAUSE)
    for each in due(session, found, farthest):
        if each.bill_on not in days and len(days) == count:
            return
        days.add(each.bill_on)
        yield each


def _first_parts(subscription: ProductSubscription, contracts: list[Held], count: int) -> Iterator[Part]:
    """What is to be charged of something that recurs on the first days on which something is."""
    chain = _chain_among(contracts, subscription.contract_id)
    if not chain:
        return
    begun = subscription.billed_until or subscription.starts_on
    farthest = deal_of(subscription, chain[0]).cycles.after(begun, count + _LONGEST_PAUSE)
    charged = (part for part in subscription_parts(subscription, chain, farthest) if part.unit_minor)
    yield from islice(charged, count)


def _chain_among(contracts: list[Held], contract_id: int) -> list[Held]:
    """A contract and those that follow it, in their order."""
    known = {each.contract.id: each for each in contracts}
    followers = {each.contract.follows_id: each for each in contracts}
    chain, found = list[Held](), known.get(contract_id)
    while found is not None:
        chain.append(found)
        found = followers.get(found.contract.id)
    return chain


def _of_due(each: Due, plan_name: str) -> PreviewLine:
    return PreviewLine(each.what, plan_name, each.days, price_of(each.unit_minor, each.quantity * ONE))


def _charges(day: date) -> Select[Charge, Person]:
    return (
        select(Charge, Person)
        .join(Person, (Person.tenant_id == Charge.tenant_id) & (Person.id == Charge.payer_id))
        .where(unbilled(), Charge.bill_on <= day)
        .order_by(Charge.id)
    )


def _of_charge(charge: Charge) -> PreviewLine:
    first, last = charge.from_day, charge.until_day
    days = None if first is None or last is None or names_its_day(charge.reason_key) else Days(first, last)
    amount = price_of(charge.unit_minor, charge.quantity_thousandths)
    return PreviewLine(None, charge.description, days, amount)


def _of_stay(each: DueStay) -> PreviewLine:
    return PreviewLine(None, each.stay.room, None, each.price_minor, each.stay)


def _of_subscription(
    session: Session, found: DueSubscription, held: Held, day: date
) -> Iterator[PreviewLine]:
    for part in subscription_parts(found.subscription, chain_of(session, held, day), day):
        if part.unit_minor:
            yield _of_part(part, found.product_name, found.subscription.quantity)


def _of_part(part: Part, product_name: str, quantity: int) -> PreviewLine:
    return PreviewLine(None, product_name, part.days, price_of(part.unit_minor, quantity * ONE))


class _Contract(NamedTuple):
    contract: Contract
    version: PlanVersion
    plan_name: str
    person: Person
    is_due: bool
    """A cycle of it has begun that was not charged."""


def _contracts(session: Session, day: date, person_ids: Collection[int]) -> list[_Contract]:
    """The contracts that are due on a day, and all of those people's, for what they used is billed with their cycles."""
    rows = session.execute(
        select(Contract, PlanVersion, Plan.name, Person, is_due(day))
        .join(
            PlanVersion,
            (PlanVersion.tenant_id == Contract.tenant_id) & (PlanVersion.id == Contract.version_id),
        )
        .join(Plan, (Plan.tenant_id == Contract.tenant_id) & (Plan.id == Contract.plan_id))
        .join(Person, (Person.tenant_id == Contract.tenant_id) & (Person.id == Contract.person_id))
        .where(or_(is_due(day), Contract.person_id.in_(person_ids)))
        .order_by(Contract.id)
    ).all()
    return [_Contract(*row) for row in rows]
