"""When what credit does not pay of a booking is to be paid: by the policy of the house, agreed once and kept with the booking
(docs/decisions/0052-when-bookings-are-paid.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.domain.billing.settings import BillingChoice
from app.domain.booking.paying import by_credit
from app.domain.house_day import house_day
from app.models import BillingSetting, Booking, Contract, PayWhen, Resource, ResourceType
from app.models.plan import running_on

LEAST_WHEN_TOLD = timedelta(days=1)
"""So long at least has somebody to pay who was not there when it was confirmed."""


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
    *,
    for_team: bool,
    told: bool,
    chosen: PayWhen | None = None,
) -> None:
    """Write down with bookings of one person in rooms of one type when they are paid and with which rate of tax, within a
    transaction that holds them. What was agreed before stays.

    `told`: whoever pays hears of it elsewhere, as somebody else confirmed it. `chosen` is what staff say instead of the policy.
    """
    policy, rate_id = _policy_and_rate(session, bookings[0])
    if chosen is not None:
        policy = Policy(chosen, policy.within)
    if for_team:
        policy = policy.for_team()
    for booking in bookings:
        if booking.pays is None:
            booking.pays = policy.when
            if policy.when is PayWhen.NOW and policy.within is not None:
                within = max(policy.within, LEAST_WHEN_TOLD) if told else policy.within
                booking.pay_until = (booking.changed_at or booking.created_at) + within
        due = booking.price_minor - by_credit(booking.quote).total_minor
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


def _policy_and_rate(session: Session, booking: Booking) -> tuple[Policy, int | None]:
    rate_id = session.scalar(
        select(ResourceType.tax_rate_id)
        .join(
            Resource,
            and_(Resource.tenant_id == ResourceType.tenant_id, Resource.resource_type_id == ResourceType.id),
        )
        .where(Resource.id == booking.resource_id)
    )
    if booking.pays is not None:
        return Policy(booking.pays), rate_id
    today = house_day(session, booking.changed_at or booking.created_at)
    return policy_for(session, booking.person_id, today), rate_id
