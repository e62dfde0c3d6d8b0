"""When what credit does not pay of a booking is to be paid: by the policy of the house, agreed once and kept with the booking
(docs/decisions/0052-when-bookings-are-paid.md)."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.domain.billing.settings import BillingChoice
from app.domain.booking.paying import by_credit
from app.domain.extras.ordered import ordered_minor
from app.domain.house_day import house_day
from app.kernel.errors import Refusal
from app.models import BillingSetting, Booking, Contract, PayWhen, Resource, ResourceType
from app.models.plan import running_on

LEAST_WHEN_TOLD = timedelta(days=1)
"""So long at least has somebody to pay who was not there when it was confirmed."""


class PaidAtOnce(Refusal):
    """What it comes to cost more is paid at once, and the page in hand had not said so."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When somebody pays for bookings, and for how long what they pay at once may stay unpaid."""

    when: PayWhen = PayWhen.INVOICE
    within: timedelta | None = None
    """None for as long as it takes."""

    def for_team(self) -> "Policy":
        """Of what a team pays: its payer is not there to pay, and is billed once it is over."""
        return Policy(PayWhen.END) if self.when is PayWhen.NOW else self


def policy_for(session: Session, person_id: int, today: date) -> Policy:
    """By what somebody is on that day of the house: with a plan that runs, or without. One statement."""
    is_member = exists().where(Contract.person_id == person_id, running_on(today))
    row = session.execute(
        select(
            BillingSetting.members_pay,
            BillingSetting.contacts_pay,
            BillingSetting.pay_within_minutes,
            is_member.label("is_member"),
        )
    ).one_or_none()
    if row is None:
        return Policy()
    choice = BillingChoice(
        members_pay=row.members_pay,
        contacts_pay=row.contacts_pay,
        pay_within_minutes=row.pay_within_minutes,
    )
    return policy_by(choice, is_member=row.is_member)


def policy_by(choice: BillingChoice, *, is_member: bool) -> Policy:
    """What the house has chosen for those with a plan that runs, or for everybody else."""
    minutes = choice.pay_within_minutes
    return Policy(
        choice.members_pay if is_member else choice.contacts_pay,
        timedelta(minutes=minutes) if minutes else None,
    )


def agree(
    session: Session,
    bookings: Sequence[Booking],
    now: datetime,
    *,
    for_team: bool,
    told: bool,
    chosen: PayWhen | None = None,
) -> None:
    """Write down with bookings of one person in rooms of one type when they are paid and with which rate of tax, within a
    transaction that holds them. What was agreed before stays; else the time to pay counts from `now`, however long ago they were made.

    `told`: whoever pays hears of it elsewhere, as somebody else confirmed it. `chosen` is what staff say instead of the policy.
    """
    policy, rate_id = _policy_of(session, bookings, now), _rate_of(session, bookings[0])
    if chosen is not None:
        policy = Policy(chosen, policy.within)
    if for_team:
        policy = policy.for_team()
    for booking in bookings:
        if booking.pays is None:
            booking.pays = policy.when
            if policy.when is PayWhen.NOW and policy.within is not None:
                within = max(policy.within, LEAST_WHEN_TOLD) if told else policy.within
                booking.pay_until = now + within
        due = due_of(booking)
        at_once = booking.pays is PayWhen.NOW
        booking.quote = {
            **booking.quote,
            "due": {
                "when": booking.pays.value,
                "now_minor": due if at_once else 0,
                "later_minor": 0 if at_once else due,
            },
            # As it was agreed, whatever its type says by now; who gives it a room of another type takes that off
            "tax_rate_id": booking.quote.get("tax_rate_id") or rate_id,
        }
    session.flush()


def due_of(booking: Booking) -> int:
    """What of the price of its room credit does not pay, in minor units."""
    return booking.price_minor - by_credit(booking.quote).total_minor


def owed_for(session: Session, bookings: Sequence[Booking]) -> dict[int, int]:
    """What is left to pay of each with what was ordered with it, by their ids, in minor units. One statement."""
    ordered = ordered_minor(session, [each.id for each in bookings])
    return {each.id: due_of(each) + ordered.get(each.id, 0) for each in bookings}


@contextmanager
def nothing_unseen(session: Session, bookings: Sequence[Booking], *, only_later: bool) -> Iterator[None]:
    """Around a change of bookings that are held: raises PaidAtOnce where more of one is paid at once than before, and the page in
    hand had not said so, as `only_later` tells. No statement else, and but one more where something is paid at once."""
    before = owed_for(session, bookings) if only_later else {}
    yield
    at_once = [each for each in bookings if only_later and each.pays is PayWhen.NOW]
    owed = owed_for(session, at_once) if at_once else {}
    if any(minor > before[booking_id] for booking_id, minor in owed.items()):
        raise PaidAtOnce


def taxed_like(session: Session, resource_id: int, others: Collection[int]) -> set[int]:
    """Those of the others that are of the type of a resource, and so taxed as it is. No statement for itself alone."""
    if set(others) <= {resource_id}:
        return set(others)
    kind = select(Resource.resource_type_id).where(Resource.id == resource_id).scalar_subquery()
    return set(
        session.scalars(select(Resource.id).where(Resource.id.in_(others), Resource.resource_type_id == kind))
    )


def _policy_of(session: Session, bookings: Sequence[Booking], now: datetime) -> Policy:
    """For those of which nothing was agreed yet; no statement where that is none."""
    new = next((each for each in bookings if each.pays is None), None)
    return Policy() if new is None else policy_for(session, new.person_id, house_day(session, now))


def _rate_of(session: Session, booking: Booking) -> int | None:
    return session.scalar(
        select(ResourceType.tax_rate_id)
        .join(
            Resource,
            and_(Resource.tenant_id == ResourceType.tenant_id, Resource.resource_type_id == ResourceType.id),
        )
        .where(Resource.id == booking.resource_id)
    )
