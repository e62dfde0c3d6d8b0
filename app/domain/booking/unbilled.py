"""Which bookings somebody is still to be billed for. They are charged once they are over: `domain.billing.stays`."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import booking_key, cancelled_key, moved_key
from app.domain.booking.cancel_quote import CancelFee
from app.domain.booking.when_paid import agree, due_of
from app.domain.extras.ordered import ordered_minor
from app.domain.house_day import house_zone
from app.domain.or_nothing import insert_each_or_nothing, insert_or_nothing
from app.domain.team.rights import team_to_book_for
from app.kernel.walltime import local_date
from app.models import Booking, Charge, PayWhen, UnbilledBooking


def note_unbilled(
    session: Session, actor: Actor, booking: Booking, now: datetime, *, chosen: PayWhen | None = None
) -> None:
    """Note a confirmed booking that costs something, or comes with what does, within a transaction that holds it; twice is once.

    What one of a team books for another of it is the team's, and what staff book is whose booking it is. When it is paid is
    agreed with the first note: by the policy of the house, or as staff have `chosen`.
    """
    by_staff = _by_staff(actor, booking)
    told = booking.person_id != actor.person_id
    _note(session, booking, now, by_staff=by_staff, told=told, chosen=chosen if by_staff else None)


def note_unbilled_as_asked(session: Session, booking: Booking, now: datetime) -> None:
    """The same once staff have approved it: whoever asked for it booked it."""
    _note(session, booking, now, by_staff=False, told=True)


def note_each_unbilled(session: Session, actor: Actor, bookings: Sequence[Booking], now: datetime) -> None:
    """The same for several that one person booked for one person; no more statements than for one."""
    free = [booking.id for booking in bookings if not booking.price_minor]
    extra = ordered_minor(session, free)
    priced = [each for each in bookings if each.price_minor or each.id in extra or _pays_now(each)]
    if priced:
        # What is paid at once is no team's, be it one date among others that are
        others = [each for each in priced if not _pays_now(each)] or priced
        team_id = _team_of(session, others[0], by_staff=_by_staff(actor, others[0]))
        told = priced[0].person_id != actor.person_id
        agree(session, priced, now, for_team=team_id is not None, told=told)
        rows = [{"booking_id": each.id, "team_id": None if _pays_now(each) else team_id} for each in priced]
        insert_each_or_nothing(session, UnbilledBooking, rows)


def bill_each_again(session: Session, actor: Actor, bookings: Sequence[Booking], now: datetime) -> None:
    """After other prices of several, within a transaction that holds them: note those that cost something, and forget the others.
    Whoever was to pay for one still is."""
    note_each_unbilled(session, actor, bookings, now)
    free = {each.id for each in bookings if not each.price_minor and not _pays_now(each)}
    forget_unbilled(session, free - ordered_minor(session, free).keys())


def look_again(session: Session, bookings: Sequence[Booking]) -> None:
    """Nobody is billed for these any more, within a transaction that holds them: what was billed at once is credited."""
    insert_each_or_nothing(
        session, UnbilledBooking, [{"booking_id": each.id} for each in bookings if _pays_now(each)]
    )
    forget_unbilled(session, [each.id for each in bookings if not _pays_now(each)])


def _pays_now(booking: Booking) -> bool:
    """What is billed at once is noted whenever something of it changes, whatever it costs then: what was billed for it and what it
    comes to are compared (`billing.differences`)."""
    return booking.pays is PayWhen.NOW


def _note(
    session: Session,
    booking: Booking,
    now: datetime,
    *,
    by_staff: bool,
    told: bool,
    chosen: PayWhen | None = None,
) -> None:
    if booking.price_minor or _pays_now(booking) or ordered_minor(session, [booking.id]):
        team_id = _team_of(session, booking, by_staff=by_staff)
        agree(session, [booking], now, for_team=team_id is not None, told=told, chosen=chosen)
        insert_or_nothing(session, UnbilledBooking, booking_id=booking.id, team_id=team_id)


def _by_staff(actor: Actor, booking: Booking) -> bool:
    """Whether it is staff who made it: whoever else made it made it for whom they did, whoever changes it now."""
    return booking.booked_by_id == actor.person_id and actor.acts_for_others(booking.location_id)


def _team_of(session: Session, booking: Booking, *, by_staff: bool) -> int | None:
    if booking.booked_by_id == booking.person_id or by_staff or _pays_now(booking):
        return None
    return team_to_book_for(session, booking.booked_by_id, booking.person_id)


def bill_fee(
    session: Session, booking: Booking, due_before: int, fee: CancelFee | None, now: datetime
) -> None:
    """After it was cancelled, within a transaction that holds it: bill what is kept of it and what is owed of its extras, and no
    more. Where it is charged already, what is not kept comes off the next invoice; of what was billed at once it is credited.
    """
    if _pays_now(booking):
        look_again(session, [booking])
        return
    due = fee.due_minor if fee else 0
    charge = _charge_of(session, booking)
    if charge is not None:
        _charge_difference(session, booking, charge, due - due_before, cancelled_key(booking.id), now)
    if charge is not None or not (due or (fee and fee.ordered)):
        forget_unbilled(session, [booking.id])


def bill_again(session: Session, actor: Actor, booking: Booking, due_before: int, now: datetime) -> None:
    """After another price, within a transaction that holds the booking: note what is to be billed, or forget it; and where it is
    charged already, charge whoever pays for it the difference, which may be less than nothing.

    `due_before` is what was left to bill by the former price, in minor units.
    """
    if _pays_now(booking):
        note_unbilled(session, actor, booking, now)
        return
    charge = _charge_of(session, booking)
    if charge is not None:
        more = due_of(booking) - due_before
        _charge_difference(session, booking, charge, more, moved_key(booking.id, booking.sequence), now)
    elif booking.price_minor or ordered_minor(session, [booking.id]):
        note_unbilled(session, actor, booking, now)
    else:
        forget_unbilled(session, [booking.id])


def _charge_of(session: Session, booking: Booking) -> Charge | None:
    return session.scalars(select(Charge).where(Charge.reason_key == booking_key(booking.id))).one_or_none()


def _charge_difference(
    session: Session, booking: Booking, charge: Charge, more: int, reason_key: str, now: datetime
) -> None:
    if more:
        difference = NewCharge(
            charge.payer_id,
            reason_key,
            charge.description,
            more,
            charge.tax_rate_id,
            max(charge.bill_on, local_date(now, house_zone(session))),
            location_id=booking.location_id,
        )
        put_charge(session, difference, now)


def forget_unbilled(session: Session, booking_ids: Collection[int]) -> None:
    """Nobody is billed for them, within a transaction that holds them."""
    if booking_ids:
        session.execute(delete(UnbilledBooking).where(UnbilledBooking.booking_id.in_(booking_ids)))
