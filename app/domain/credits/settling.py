"""Credit and a booking whose price becomes another one: what comes back, what is used in addition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from app.domain.credits.paying import cover
from app.domain.credits.terms import Cover, Fund
from app.kernel.money import share
from app.models import CreditCause, CreditGrant, CreditGrantType, CreditKind, CreditLine, Resource

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Used:
    """What a booking has used of a grant: minutes, or minor units."""

    grant_id: int
    kind: CreditKind
    amount: int
    expires_at: datetime | None
    fits: bool
    """Whether it may pay for the room that is wanted now."""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """From what to what a price goes. Amounts in minor units."""

    before_minor: int
    worth_minor: int
    """What of it the minutes were worth that time credit paid."""
    before_minutes: int
    """Charged minutes until now."""
    minutes: int
    """Charged minutes from now on."""
    after_minor: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """How credit pays for the new price. Parts are (grant id, how much of it)."""

    back: tuple[tuple[int, int], ...]
    back_minutes: int
    back_minor: int
    """Of money; of minutes their worth is gone with the price that it was of."""
    kept_minutes: int
    kept_worth_minor: int
    kept_minor: int
    more: Cover


def used_by(session: Session, booking_id: int, resource_id: int) -> list[Used]:
    """What a booking has used, less what came back, as the room with that id could be paid with. One statement."""
    type_id = select(Resource.resource_type_id).where(Resource.id == resource_id).scalar_subquery()
    fits = _count_types(CreditGrantType.resource_type_id == type_id)
    named = _count_types()
    amount = func.sum(CreditLine.amount)
    rows = session.execute(
        select(
            CreditGrant.tenant_id,
            CreditGrant.id,
            CreditGrant.kind,
            CreditGrant.expires_at,
            amount,
            fits,
            named,
        )
        .join(
            CreditLine,
            and_(CreditLine.tenant_id == CreditGrant.tenant_id, CreditLine.grant_id == CreditGrant.id),
        )
        .where(CreditLine.booking_id == booking_id)
        .group_by(CreditGrant.tenant_id, CreditGrant.id, CreditGrant.kind, CreditGrant.expires_at)
        .having(amount < 0)
    )
    return [
        Used(grant_id, kind, -int(total), expires_at, fitting > 0 or (kind is CreditKind.MONEY and not types))
        for _tenant, grant_id, kind, expires_at, total, fitting, types in rows
    ]


def _count_types(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many types of room a grant names, or how many of them are such ones."""
    return (
        select(func.count())
        .where(
            CreditGrantType.tenant_id == CreditGrant.tenant_id,
            CreditGrantType.grant_id == CreditGrant.id,
            *where,
        )
        .correlate(CreditGrant)
        .scalar_subquery()
    )


def settle(used: Iterable[Used], funds: Iterable[Fund], price: NewPrice) -> Settlement:
    """What was paid last comes back first: what is not billed yet falls, then money goes back, then minutes. Pure.

    What cannot pay for the new room goes back in any case. In addition credit pays for what would be left to pay
    beyond what was left before, as for a booking of its own.
    """
    ordered = sorted(used, key=_soonest)
    time = [each for each in ordered if each.kind is CreditKind.TIME]
    money = [each for each in ordered if each.kind is CreditKind.MONEY]
    had = sum(each.amount for each in time), sum(each.amount for each in money)
    kept_minutes, back_time = _keep(time, price.minutes if price.after_minor > 0 else 0)
    worth = worth_of(price, kept_minutes, had[0])
    kept_minor, back_money = _keep(money, price.after_minor - worth)
    due = price.after_minor - worth - kept_minor
    more = max(due - (price.before_minor - price.worth_minor - had[1]), 0)
    minutes = price.minutes - kept_minutes
    if more < due or kept_minor:
        minutes = min(minutes, _minutes_of(more, price))
    return Settlement(
        back=(*back_time, *back_money),
        back_minutes=had[0] - kept_minutes,
        back_minor=had[1] - kept_minor,
        kept_minutes=kept_minutes,
        kept_worth_minor=worth,
        kept_minor=kept_minor,
        more=_more(list(funds), minutes, more),
    )


def use_settled(session: Session, booking_id: int, found: Settlement, step: str, now: datetime) -> None:
    """Write its lines within a transaction that writes, holds the booking, and has locked the funds.

    `step` tells this change of the booking from every other.
    """
    for grant_id, amount in found.back:
        _line(session, booking_id, grant_id, amount, CreditCause.RETURNED, f"{step}:back", now)
    for grant_id, amount in found.more.parts:
        _line(session, booking_id, grant_id, -amount, CreditCause.BOOKED, step, now)
    session.flush()


def _line(
    session: Session,
    booking_id: int,
    grant_id: int,
    amount: int,
    cause: CreditCause,
    step: str,
    now: datetime,
) -> None:
    session.add(
        CreditLine(
            grant_id=grant_id,
            amount=amount,
            cause=cause,
            reason_key=f"booking:{booking_id}:{grant_id}{step}",
            booking_id=booking_id,
            created_at=now,
        )
    )


def _keep(used: list[Used], most: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How much of it stays used, and what goes back: first what can be used longest."""
    kept = min(sum(each.amount for each in used if each.fits), max(most, 0))
    left, back = kept, []
    for each in used:
        stays = min(each.amount, left) if each.fits else 0
        left -= stays
        if stays < each.amount:
            back.append((each.grant_id, each.amount - stays))
    return kept, tuple(back)


def worth_of(price: NewPrice, kept: int, had: int) -> int:
    """What the kept minutes pay of the new price: their share, and never less than before of one that is no lower for no more
    minutes. Were it so of more minutes, a quarter of an hour would pay for a whole day at a price that does not grow."""
    if kept <= 0:
        return 0
    worth = share(price.after_minor, kept, price.minutes)
    if price.after_minor < price.before_minor or price.minutes > price.before_minutes:
        return worth
    return max(worth, min(share(price.worth_minor, kept, had), price.after_minor))


def _minutes_of(minor: int, price: NewPrice) -> int:
    """For how many charged minutes an amount of the new price stands, rounded up."""
    return -(-minor * price.minutes // price.after_minor) if price.after_minor > 0 else 0


def _more(funds: list[Fund], minutes: int, minor: int) -> Cover:
    if minutes > 0:
        return cover(funds, minutes, minor)
    # Nothing but the room is dearer, and every minute of it is paid for: what is left is money's
    return cover([fund for fund in funds if fund.kind is CreditKind.MONEY], 1, minor)


def _soonest(used: Used) -> tuple[datetime, int]:
    return used.expires_at or _NEVER, used.grant_id
