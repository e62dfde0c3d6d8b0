"""Charges of bookings, and of what cancelling them late costs: put down once a booking is over, for then nothing of it changes any more
(docs/decisions/0034-bookings-are-billed.md)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.domain.billing.charging import NewCharge, put_charges
from app.domain.billing.differences import Part, bill_differences
from app.domain.billing.next_bill import NextBills, next_bills
from app.domain.billing.reasons import booking_extra_key, booking_key, cancelled_key
from app.domain.billing.words import ChargeWords, Stay, languages_of
from app.domain.booking.cancel_quote import CancelFee, fee_said
from app.domain.booking.paying import by_credit
from app.domain.house_day import house_zone
from app.kernel.cycles import DAY, Days
from app.kernel.spans import Span
from app.kernel.walltime import day_bounds, local_date, zone
from app.models import (
    Booking,
    BookingExtra,
    BookingStatus,
    Location,
    PayWhen,
    Person,
    Resource,
    ResourceType,
    TeamMember,
    Tenant,
    UnbilledBooking,
)

_LAST = timedelta(minutes=1)
"""What ends at midnight was had on the day before."""


@dataclass(frozen=True, slots=True)
class DueStay:
    """A booking that somebody is to be billed for, or something that was ordered with it, as it stands."""

    id: int
    reason_key: str
    payer_id: int
    location_id: int
    stay: Stay
    price_minor: int
    """As the tenant enters prices, less what credit paid."""
    tax_rate_id: int | None
    """None where nobody is billed for it."""
    over_on: date
    """The tenant's day on which it ends."""
    pays: PayWhen | None
    """As it was agreed; none of what was booked before anybody asked."""

    @property
    def is_billed(self) -> bool:
        return self.price_minor > 0 and self.tax_rate_id is not None


def charge_stays_of(
    session: Session, payer_ids: Collection[int], today: date, words: ChargeWords, now: datetime
) -> None:
    """Put down what people are to pay of bookings that were over before today, and of those that are paid at once, within a
    transaction that holds them; and what changes of such a one come to. Asks no more of the database than for one.

    Raises as issuing a credit note does, where something of what was billed is given back.
    """
    found = _held(session, _paid_by(payer_ids), _to_charge(session, today, now))
    if not found:
        return
    billed = [each for each in found if each.is_billed]
    payers = {each.payer_id for each in billed}
    bills, languages = next_bills(session, payers), languages_of(session, payers)
    charges = [
        (each, _charge(each, words.booking(languages[each.payer_id], each.stay), bills, today))
        for each in billed
    ]
    put_charges(session, [charge for each, charge in charges if charge and each.pays is not PayWhen.NOW], now)
    at_once = {each.id for each in found if each.pays is PayWhen.NOW}
    if at_once:
        parts = [Part(each.id, charge) for each, charge in charges if charge and each.pays is PayWhen.NOW]
        bill_differences(session, at_once, parts, today, now)
    session.execute(delete(UnbilledBooking).where(UnbilledBooking.booking_id.in_([one.id for one in found])))


def stay_payers(session: Session, today: date, now: datetime) -> list[int]:
    """Who is to pay for a booking that was over before today, or that is paid at once."""
    query = _query(_payer_id).where(_to_charge(session, today, now), Person.anonymised_at.is_(None))
    return list(session.scalars(query.distinct()))


def payers_at_once(session: Session) -> list[int]:
    """Who is to be billed for something without waiting for the run, or to have something of it back. One statement."""
    query = _query(_payer_id).where(Booking.pays == PayWhen.NOW, Person.anonymised_at.is_(None))
    return list(session.scalars(query.distinct()))


def stays_ahead(session: Session, payer_id: int, bills: NextBills) -> list[tuple[date, DueStay]]:
    """What somebody will be billed for of all that is booked as it stands, and on which day. One statement."""
    found = [each for each in _due(session, _stays(_paid_by([payer_id]))) if each.is_billed]
    return [(_bill_day(each, bills), each) for each in found]


def stays_before(session: Session, day: date) -> list[tuple[Person, DueStay]]:
    """What everybody is to be billed for of what is booked and over before a day, with who pays. One statement."""
    # Further than any clock is from UTC; which of them are over by the house's clock, each says of itself.
    by_then = Booking.ends_at < datetime.combine(day, time.max, UTC)
    return [
        (row.Person, stay)
        for row, stay in _read(session.execute(_stays(by_then, also=(Person,))))
        if stay.is_billed and stay.over_on < day
    ]


def _charge(each: DueStay, description: str, bills: NextBills, today: date) -> NewCharge | None:
    if each.tax_rate_id is None:
        return None
    span, tz = each.stay.span, ZoneInfo(each.stay.zone)
    days = Days(local_date(span.start, tz), local_date(span.end - _LAST, tz))
    return NewCharge(
        each.payer_id,
        each.reason_key,
        description,
        each.price_minor,
        each.tax_rate_id,
        today if each.pays is PayWhen.NOW else _bill_day(each, bills),
        from_day=days.first,
        until_day=days.last,
        location_id=each.location_id,
    )


def _bill_day(each: DueStay, bills: NextBills) -> date:
    """When it is billed, for what is not paid at once."""
    if each.pays is PayWhen.END:
        return each.over_on + DAY
    return bills.of_usage(each.payer_id, each.over_on)


_PAYS = and_(
    TeamMember.tenant_id == UnbilledBooking.tenant_id,
    TeamMember.team_id == UnbilledBooking.team_id,
    TeamMember.pays,
)
_payer_id = func.coalesce(TeamMember.person_id, Booking.person_id)
"""The team's payer as it is now; whose booking it is, where it is no team's or the team has nobody left."""


def _paid_by(person_ids: Collection[int]) -> ColumnElement[bool]:
    """Their own bookings and their teams', each found by its index, and of these what they pay for."""
    own, shared, paying = aliased(Booking), aliased(UnbilledBooking), aliased(TeamMember)
    candidates = union_all(
        select(own.id).where(own.person_id.in_(person_ids)),
        select(shared.booking_id)
        .join(paying, and_(paying.tenant_id == shared.tenant_id, paying.team_id == shared.team_id))
        .where(paying.person_id.in_(person_ids), paying.pays),
    )
    return and_(Booking.id.in_(candidates), _payer_id.in_(person_ids))


def _over_before(session: Session, today: date, now: datetime) -> ColumnElement[bool]:
    # Never what is not over, whatever day somebody runs it for
    return and_(_before(session, today), Booking.ends_at <= now)


def _to_charge(session: Session, today: date, now: datetime) -> ColumnElement[bool]:
    return or_(_over_before(session, today, now), Booking.pays == PayWhen.NOW)


def _before(session: Session, day: date) -> ColumnElement[bool]:
    return Booking.ends_at <= day_bounds(day, house_zone(session))[0]


def _query(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Bookings first: they are locked before what is noted of them, as by whoever cancels."""
    query: Select[*tuple[Any, ...]] = (
        select(*columns)
        .select_from(Booking)
        .join(
            UnbilledBooking,
            and_(UnbilledBooking.tenant_id == Booking.tenant_id, UnbilledBooking.booking_id == Booking.id),
        )
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(
            ResourceType,
            and_(ResourceType.tenant_id == Resource.tenant_id, ResourceType.id == Resource.resource_type_id),
        )
        .join(Tenant, Tenant.id == Booking.tenant_id)
        .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
        .outerjoin(TeamMember, _PAYS)
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == _payer_id))
        # Of a cancelled one there is something to bill where cancelling it late kept something
        .where(Booking.status.in_((BookingStatus.CONFIRMED, BookingStatus.CANCELLED)))
    )
    return query


def _held(session: Session, *where: ColumnElement[bool]) -> list[DueStay]:
    """What is due, locked in the order of the bookings' ids as by whoever changes several of them: by their days, the two would wait
    for each other for ever.

    They are read once they are locked: what waits for a lock is read anew, but what it is joined with is not, and what was ordered
    with it may cost more by then.
    """
    locked = _query(Booking.id).where(*where).order_by(Booking.id)
    session.execute(locked.with_for_update(of=(Booking, UnbilledBooking), key_share=True)).all()
    found = _due(session, _stays(*where).order_by(None).order_by(Booking.id, BookingExtra.id))
    # As an invoice lists them
    return sorted(found, key=lambda each: each.stay.span.start)


def _due(session: Session, query: Select[*tuple[Any, ...]]) -> list[DueStay]:
    return [stay for _row, stay in _read(session.execute(query))]


def _read(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[tuple[Row[*tuple[Any, ...]], DueStay]]:
    """Each booking once, followed by what was ordered with it: a row each, one without any where nothing was. What came with
    one that was cancelled comes no more, and is billed where something of it is owed."""
    last = None
    for row in rows:
        fee = fee_said(row.quote) if row.status is BookingStatus.CANCELLED else None
        if row.id != last:
            last = row.id
            yield row, _stay(row, fee)
        owed = row.extra_minor if row.status is BookingStatus.CONFIRMED else _owed(fee, row.extra_id)
        if owed is not None:
            yield row, _extra(row, owed)


def _owed(fee: CancelFee | None, line_id: int | None) -> int | None:
    """Of a line of what was cancelled, in minor units; None for nothing."""
    return next((each.minor for each in fee.extras if each.line_id == line_id), None) if fee else None


def _stays(*where: ColumnElement[bool], also: tuple[Any, ...] = ()) -> Select[*tuple[Any, ...]]:
    """Bookings as `_stay` reads them, in the order of their days."""
    return (
        _query(
            Booking.id,
            _payer_id.label("payer_id"),
            Booking.location_id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.status,
            Booking.price_minor,
            Booking.quote,
            Booking.pays,
            Resource.name,
            ResourceType.tax_rate_id,
            Location.zone,
            Tenant.zone.label("house_zone"),
            BookingExtra.id.label("extra_id"),
            BookingExtra.name.label("extra_name"),
            BookingExtra.quantity,
            BookingExtra.total_minor.label("extra_minor"),
            BookingExtra.tax_rate_id.label("extra_rate_id"),
            *also,
        )
        .outerjoin(
            BookingExtra,
            and_(BookingExtra.tenant_id == Booking.tenant_id, BookingExtra.booking_id == Booking.id),
        )
        .where(*where)
        .order_by(Booking.starts_at, Booking.id, BookingExtra.id)
    )


def _stay(row: Row[*tuple[Any, ...]], fee: CancelFee | None) -> DueStay:
    paid = by_credit(row.quote).total_minor
    cancelled = row.status is BookingStatus.CANCELLED
    return DueStay(
        row.id,
        booking_key(row.id) if fee is None else cancelled_key(row.id),
        row.payer_id,
        row.location_id,
        Stay(
            row.name,
            Span(row.starts_at, row.ends_at),
            zone(row.zone).key,
            by_credit=paid > 0,
            cancelled=fee is not None,
        ),
        fee.due_minor if fee else 0 if cancelled else row.price_minor - paid,
        # As it was agreed; what was booked before that was asked goes by what its type says
        row.quote.get("tax_rate_id") or row.tax_rate_id,
        local_date(row.ends_at - _LAST, zone(row.house_zone)),
        row.pays,
    )


def _extra(row: Row[*tuple[Any, ...]], minor: int) -> DueStay:
    return DueStay(
        row.id,
        booking_extra_key(row.id, row.extra_id),
        row.payer_id,
        row.location_id,
        # As a bill writes it in every language.
        Stay(
            f"{row.quantity} × {row.extra_name}",
            Span(row.starts_at, row.ends_at),
            row.zone,
            by_credit=False,
            cancelled=row.status is BookingStatus.CANCELLED,
        ),
        minor,
        row.extra_rate_id,
        local_date(row.ends_at - _LAST, zone(row.house_zone)),
        row.pays,
    )
