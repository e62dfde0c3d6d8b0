"""What a contract gives with each of its cycles."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.orm import Session

from app.domain.billing.reasons import cycle_key
from app.domain.credits.granting import put_grant
from app.domain.credits.terms import Holder, NewGrant
from app.domain.house_day import house_zone
from app.domain.plans.benefits import benefits_of
from app.domain.plans.calculating import cost, parts
from app.domain.plans.contracts import Held, held
from app.domain.plans.terms import Benefit
from app.kernel.cycles import DAY, Days
from app.kernel.walltime import day_bounds
from app.models import Contract, CreditCause, CreditGrant, CreditKind, CreditLine, CreditSource


def grant_cycles(session: Session, founds: Iterable[Held], today: date, now: datetime) -> None:
    """Give what the cycles of contracts bring that have begun until today and are not over, within a transaction that
    writes and holds them. Each cycle gives once, however often this is called before `billed_until` moves on.

    A cycle of fewer days gives by its days, where the plan prices it so.
    """
    begun = [each for each in founds if not each.contract.pending and each.contract.starts_on <= today]
    benefits = benefits_of(session, {each.version.id for each in begun}) if begun else {}
    for found in begun:
        if found.version.id in benefits:
            _grant(session, found, benefits[found.version.id], today, now)


def _grant(session: Session, found: Held, benefits: tuple[Benefit, ...], today: date, now: datetime) -> None:
    contract = found.contract
    tz = house_zone(session)
    ahead = _used_ahead(session, found, tz)
    for part in parts(found.deal(), today):
        if part.paused or part.days.last < today:
            continue
        for number, benefit in enumerate(benefits):
            whole = _given(found, benefit, part.days)
            amount = max(whole - ahead.get(benefit.kind, 0), 0)
            ahead[benefit.kind] = ahead.get(benefit.kind, 0) - (whole - amount)
            if amount:
                key = f"{cycle_key(contract.id, part.days.first)}:{number}"
                _put(session, found, benefit, amount, key, _bounds(part.days, tz), now)


def end_grants(session: Session, contract_id: int, from_day: date) -> None:
    """Have what a contract gave end before a day, within a transaction that writes."""
    ends = day_bounds(from_day, house_zone(session))[0]
    session.execute(
        update(CreditGrant)
        .where(CreditGrant.contract_id == contract_id, CreditGrant.expires_at > ends)
        .values(expires_at=ends)
    )


def _put(
    session: Session,
    found: Held,
    benefit: Benefit,
    amount: int,
    key: str,
    bounds: tuple[datetime, datetime],
    now: datetime,
) -> None:
    grant = NewGrant(
        Holder(found.contract.person_id),
        benefit.kind,
        amount,
        *bounds,
        CreditSource.CONTRACT,
        key,
        benefit.type_ids,
        contract_id=found.contract.id,
        pass_type_id=benefit.pass_type_id,
    )
    if put_grant(session, grant, now) is None:
        # An end that was withdrawn may have cut it short
        again = update(CreditGrant).where(CreditGrant.reason_key == key)
        session.execute(again.values(expires_at=grant.expires_at))


def _bounds(days: Days, tz: ZoneInfo) -> tuple[datetime, datetime]:
    return day_bounds(days.first, tz)[0], day_bounds(days.last, tz)[1]


def _used_ahead(session: Session, found: Held, tz: ZoneInfo) -> dict[CreditKind, int]:
    """What was used of the cycle in hand beyond its days until now, of this contract and of those that it follows: who
    changes in the middle of a cycle, and has used all of it, does not get it again."""
    ahead = Counter[CreditKind]()
    for before, days in _days_before(session, found):
        for benefit in _benefits(session, before):
            ahead[benefit.kind] -= _given(before, benefit, days)
        for kind, used in session.execute(_used(before.contract.id, day_bounds(days.first, tz)[0])):
            ahead[kind] += int(used)
    return {kind: amount for kind, amount in ahead.items() if amount > 0}


def _days_before(session: Session, found: Held) -> Iterator[tuple[Held, Days]]:
    """The contracts that had earlier days of the cycle in which the next part of this one begins, each with its days."""
    contract = found.contract
    first = contract.starts_on if contract.billed_until is None else contract.billed_until + DAY
    while True:
        if first > contract.starts_on:
            cycle = found.cycles.containing(first - DAY)
            if cycle.last < first:
                return
            yield found, Days(max(cycle.first, contract.starts_on), first - DAY)
            if contract.starts_on <= cycle.first:
                return
        before = None if contract.follows_id is None else session.get_one(Contract, contract.follows_id)
        if before is None or before.version_id is None:
            return
        first, contract, found = contract.starts_on, before, held(session, before)


def _used(contract_id: int, since: datetime) -> Select[CreditKind, int]:
    """What bookings and visits used of the grants of a contract that began at a moment or later."""
    return (
        select(CreditGrant.kind, func.sum(-CreditLine.amount))
        .join(
            CreditLine,
            and_(CreditLine.tenant_id == CreditGrant.tenant_id, CreditLine.grant_id == CreditGrant.id),
        )
        .where(
            CreditGrant.contract_id == contract_id,
            CreditGrant.starts_at >= since,
            CreditLine.cause.in_((CreditCause.BOOKED, CreditCause.RETURNED, CreditCause.VISITED)),
        )
        .group_by(CreditGrant.kind)
    )


def _benefits(session: Session, found: Held) -> tuple[Benefit, ...]:
    return benefits_of(session, [found.version.id]).get(found.version.id, ())


def _given(found: Held, benefit: Benefit, days: Days) -> int:
    """What days of one cycle bring, as their price is worked out."""
    return cost(replace(found.deal(), price_minor=benefit.amount * found.contract.quantity), days)
