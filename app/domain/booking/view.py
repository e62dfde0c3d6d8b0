"""A booking as pages show it, read in one statement with the names that belong to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, literal, select
from sqlalchemy.orm import aliased

from app.domain.booking.check_in_window import KEPT_MINUTES, waits_for_check_in
from app.domain.booking.cutoff import LATE_FOR_A_FEE
from app.domain.unit_names import UnitName, unit_names
from app.kernel.money import Money
from app.kernel.names import full_name
from app.models import (
    BLOCKING,
    Booking,
    BookingExtra,
    BookingStatus,
    ExtraPricing,
    Location,
    PayWhen,
    Person,
    Resource,
    ResourceType,
    Tenant,
    UnbilledBooking,
)


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking with what stands beside it on a page. Moments are UTC; `zone` is the location's."""

    id: int
    resource_id: int
    room: str
    units: int
    """How many bookings of it may run at once."""
    resource_unit_names: tuple[str, ...]
    unit_numbers: tuple[int, ...] | None
    """Of several units those that it has, in order; from 0."""
    level: str
    location_id: int
    location: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus
    """A hold that ran out says LAPSED, swept or not, and so does what was not answered before it began."""
    title: str
    people: int
    price: Money
    quote: dict[str, Any]
    pays: PayWhen | None
    """When what credit does not pay is paid, as it was agreed; none of what is not booked, and of what costs nothing."""
    pay_until: datetime | None
    """When it may be cancelled for not being paid."""
    billed: bool
    """Whether somebody is billed for rooms of its type."""
    for_team: bool
    """Whether that is the payer of a team; said of what is confirmed and not charged yet."""
    person_id: int
    person: str
    booked_by_id: int
    booked_by: str
    """Who made it, where that was somebody else; empty otherwise."""
    face_digest: str | None
    """Of the person's photograph: for staff, and for oneself."""
    can_cancel: bool
    """By whoever asked, now."""
    cancel_until: datetime
    """Until when the person may cancel for nothing."""
    late_for_a_fee: bool
    """Whether they may afterwards, too, until it starts."""
    created_at: datetime
    sequence: int
    """How often it was changed: who changes it says what they saw."""
    hold_expires_at: datetime | None
    cancel_reason: str
    overridden: tuple[str, ...]
    checked_in: bool
    released: bool
    """Nobody came, and the rest of its time was freed."""
    can_check_in: bool
    """Now; only where the view was made for a moment."""
    series_id: int | None
    """What it is a date of, where it repeats."""
    hourly: tuple[tuple[int, int], ...]
    """Of each extra by the hour that was ordered with it: what an hour of all of it costs, and what it comes to, in minor units."""

    @property
    def unit_names(self) -> tuple[UnitName, ...]:
        """What the units that it has are called; none of a resource that has but one."""
        return unit_names(self.units, self.resource_unit_names, self.unit_numbers)

    def runs(self, now: datetime) -> bool:
        """Whether it is in progress at that moment."""
        return self.status is BookingStatus.CONFIRMED and self.starts_at <= now < self.ends_at

    def can_change(self, now: datetime) -> bool:
        """Whether it can become another booking at all; of one that runs only the end moves."""
        return self.status is BookingStatus.CONFIRMED and now < self.ends_at

    @property
    def waits_for_approval(self) -> bool:
        return self.status is BookingStatus.TENTATIVE


_MAKER = aliased(Person)
_HOURLY = (
    select(
        func.aggregate_strings(
            cast(BookingExtra.price_minor * BookingExtra.quantity, String)
            + literal(":")
            + cast(BookingExtra.total_minor, String),
            ",",
        )
    )
    .where(
        BookingExtra.tenant_id == Booking.tenant_id,
        BookingExtra.booking_id == Booking.id,
        BookingExtra.pricing == ExtraPricing.HOUR,
    )
    .correlate(Booking)
    .scalar_subquery()
)
"""With the booking, so that a page asks for none of it apart: `900:1350,500:750`."""


def bookings(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Bookings with the columns of a view; add order and limit."""
    return (
        select(
            Booking.id,
            Booking.resource_id,
            Resource.name.label("room"),
            Resource.units,
            Resource.unit_names,
            Booking.unit_numbers,
            Resource.level,
            Booking.location_id,
            Location.name.label("location"),
            Location.zone,
            Booking.starts_at,
            Booking.ends_at,
            Booking.status,
            Booking.title,
            Booking.people,
            Booking.price_minor,
            Booking.currency,
            Booking.quote,
            Booking.pays,
            Booking.pay_until,
            ResourceType.tax_rate_id,
            UnbilledBooking.team_id,
            Booking.person_id,
            Person.first_name,
            Person.last_name,
            Person.face_digest,
            Booking.booked_by_id,
            _MAKER.first_name.label("maker_first"),
            _MAKER.last_name.label("maker_last"),
            func.coalesce(Booking.cancel_cutoff_minutes, Resource.cancel_cutoff_minutes).label(
                "cutoff_minutes"
            ),
            LATE_FOR_A_FEE.label("late_for_a_fee"),
            Booking.created_at,
            Booking.sequence,
            Booking.hold_expires_at,
            Booking.cancel_reason,
            Booking.overridden,
            Booking.checked_in_at,
            Booking.released_at,
            Booking.series_id,
            _HOURLY.label("hourly"),
            KEPT_MINUTES.label("kept_minutes"),
        )
        .select_from(Booking)
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(
            ResourceType,
            and_(ResourceType.tenant_id == Resource.tenant_id, ResourceType.id == Resource.resource_type_id),
        )
        .outerjoin(
            UnbilledBooking,
            and_(UnbilledBooking.tenant_id == Booking.tenant_id, UnbilledBooking.booking_id == Booking.id),
        )
        .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
        .join(Person, and_(Person.tenant_id == Booking.tenant_id, Person.id == Booking.person_id))
        .outerjoin(
            _MAKER,
            and_(
                _MAKER.tenant_id == Booking.tenant_id,
                _MAKER.id == Booking.booked_by_id,
                Booking.booked_by_id != Booking.person_id,
            ),
        )
        .join(Tenant, Tenant.id == Booking.tenant_id)
        .where(*where)
    )


MayCancel = Callable[[BookingStatus, datetime, datetime], bool]
"""Of a status, an end and the latest moment for whose it is: whether whoever asks may cancel."""


def view_of(row: Row[*tuple[Any, ...]], may_cancel: MayCancel, now: datetime | None = None) -> BookingView:
    """The view of one row; with `now`, a hold that ran out says so."""
    cutoff = row.starts_at - timedelta(minutes=row.cutoff_minutes)
    latest = row.starts_at if row.late_for_a_fee else cutoff
    status = row.status
    if now is not None and _ran_out(row, now):
        status = BookingStatus.LAPSED
    return BookingView(
        id=row.id,
        resource_id=row.resource_id,
        room=row.room,
        units=row.units,
        resource_unit_names=tuple(row.unit_names or ()),
        unit_numbers=None if row.unit_numbers is None else tuple(row.unit_numbers),
        level=row.level,
        location_id=row.location_id,
        location=row.location,
        zone=row.zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=status,
        title=row.title,
        people=row.people,
        price=Money(row.price_minor, row.currency),
        quote=row.quote,
        pays=row.pays,
        pay_until=row.pay_until,
        billed=row.tax_rate_id is not None,
        for_team=row.team_id is not None,
        person_id=row.person_id,
        person=full_name(row.first_name, row.last_name),
        booked_by_id=row.booked_by_id,
        booked_by="" if row.maker_first is None else full_name(row.maker_first, row.maker_last),
        face_digest=row.face_digest,
        can_cancel=may_cancel(status, row.ends_at, latest),
        cancel_until=cutoff,
        late_for_a_fee=row.late_for_a_fee,
        created_at=row.created_at,
        sequence=row.sequence,
        hold_expires_at=row.hold_expires_at,
        cancel_reason=row.cancel_reason,
        overridden=tuple(row.overridden),
        checked_in=row.checked_in_at is not None,
        released=row.released_at is not None,
        can_check_in=now is not None
        and status is BookingStatus.CONFIRMED
        and row.checked_in_at is None
        and waits_for_check_in(row.starts_at, row.ends_at, row.kept_minutes, now),
        series_id=row.series_id,
        hourly=_hourly(row.hourly),
    )


def _hourly(said: str | None) -> tuple[tuple[int, int], ...]:
    pairs = (each.split(":") for each in (said or "").split(",") if each)
    return tuple((int(hour), int(total)) for hour, total in pairs)


def _ran_out(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    if row.status is BookingStatus.HELD:
        return bool(row.hold_expires_at <= now)
    return row.status is BookingStatus.TENTATIVE and row.starts_at <= now


STANDING = BLOCKING
"""What still can be cancelled."""
