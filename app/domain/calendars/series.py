"""Bookings that repeat, as calendars are told of them: one object with a rule, what was left out of it, and what is elsewhere."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from app.domain.booking.repeating import days_of, span_on
from app.domain.calendars.repeats import Alone, Repeats
from app.domain.calendars.writing import series_uid_of
from app.kernel.walltime import zone
from app.models import Booking, BookingSeries, BookingStatus, Location, Resource
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Seat:
    """What a date is for, and where."""

    title: str
    room: str
    location: str
    address: str


@dataclass(frozen=True, slots=True)
class Of:
    """What a calendar is of: a resource, a location, or neither, for somebody's own bookings."""

    resource_id: int | None = None
    location_id: int | None = None

    def has(self, resource_id: int, location_id: int) -> bool:
        """Whether what is there is in it."""
        return self.resource_id in (None, resource_id) and self.location_id in (None, location_id)


OWN = Of()


@dataclass(frozen=True, slots=True)
class SeriesBooked:
    """A series as it is now. `stands` is how many of its dates are booked."""

    id: int
    uid: str
    sequence: int
    """Of the series and of all its bookings together, so that it grows whichever of them is changed."""
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    """Of the first date of the rule, whether or not it was left out."""
    zone: str
    stands: int
    repeats: Repeats
    resource_id: int
    location_id: int
    seat: Seat
    elsewhere: dict[date, Seat]
    """Of those among `repeats.moved` that are for something else, or somewhere else."""


def series_booked(session: Session, series_ids: Collection[int], of: Of = OWN) -> dict[int, SeriesBooked]:
    """Several series by their ids, in two statements; none for none. In a calendar of a place without their dates elsewhere."""
    if not series_ids:
        return {}
    dates: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_DATES.where(Booking.series_id.in_(series_ids))):
        dates[row.series_id].append(row)
    rows = session.execute(_SERIES.where(BookingSeries.id.in_(series_ids)))
    return {
        row.BookingSeries.id: _told(tenant_of(session), row, dates[row.BookingSeries.id], of) for row in rows
    }


_SEAT = Resource.name.label("room"), Location.name.label("location"), Location.address
_SERIES = (
    select(BookingSeries, Location.zone, *_SEAT)
    .join(
        Resource,
        and_(Resource.tenant_id == BookingSeries.tenant_id, Resource.id == BookingSeries.resource_id),
    )
    .join(
        Location,
        and_(Location.tenant_id == BookingSeries.tenant_id, Location.id == BookingSeries.location_id),
    )
)
# A date that was cancelled and booked again has several bookings: what stands is one of them at most.
_DATES = (
    select(
        Booking.series_id,
        Booking.series_day,
        Booking.status,
        Booking.starts_at,
        Booking.ends_at,
        Booking.sequence,
        func.coalesce(Booking.changed_at, Booking.created_at).label("changed_at"),
        Booking.title,
        Booking.resource_id,
        Booking.location_id,
        *_SEAT,
    )
    .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
    .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
)


def _told(tenant_id: int, row: Row[*tuple[Any, ...]], dates: list[Any], of: Of) -> SeriesBooked:
    series: BookingSeries = row.BookingSeries
    tz = zone(row.zone)
    stands = {
        each.series_day: each
        for each in dates
        if each.status is BookingStatus.CONFIRMED and of.has(each.resource_id, each.location_id)
    }
    days = days_of(series.rule, series.first_day, series.last_day)
    seat = Seat(series.title, row.room, row.location, row.address)
    seats = {day: Seat(at.title, at.room, at.location, at.address) for day, at in stands.items()}
    moved = []
    for day in days:
        usual = span_on(day, series.starts, series.minutes, tz)
        at = stands.get(day)
        if at and ((at.starts_at, at.ends_at) != (usual.start, usual.end) or seats[day] != seat):
            moved.append(Alone(day, at.starts_at, at.ends_at))
    first = span_on(series.first_day, series.starts, series.minutes, tz)
    return SeriesBooked(
        id=series.id,
        uid=series_uid_of(tenant_id, series.id, series.created_at),
        sequence=series.sequence + sum(each.sequence for each in dates),
        changed_at=max([series.changed_at, *(each.changed_at for each in dates)]),
        starts_at=first.start,
        ends_at=first.end,
        zone=row.zone,
        stands=len(stands),
        repeats=Repeats(
            series.rule,
            series.first_day,
            series.last_day,
            series.starts,
            tuple(day for day in days if day not in stands),
            tuple(moved),
        ),
        resource_id=series.resource_id,
        location_id=series.location_id,
        seat=seat,
        elsewhere={each.day: seats[each.day] for each in moved if seats[each.day] != seat},
    )


def as_json(told: SeriesBooked) -> dict[str, Any]:
    """What a notice keeps of it, so that its mail says what was true when it was written."""
    return {
        "uid": told.uid,
        "sequence": told.sequence,
        "changed_at": told.changed_at.isoformat(),
        "stands": told.stands,
        "starts_at": told.starts_at.isoformat(),
        "ends_at": told.ends_at.isoformat(),
        "series_id": told.id,
        "zone": told.zone,
        "seat": asdict(told.seat),
        "elsewhere": {day.isoformat(): asdict(seat) for day, seat in told.elsewhere.items()},
        "repeats": {
            "rule": told.repeats.rule,
            "first_day": told.repeats.first_day.isoformat(),
            "last_day": told.repeats.last_day.isoformat(),
            "starts": told.repeats.starts,
            "left_out": [each.isoformat() for each in told.repeats.left_out],
            "moved": [
                [each.day.isoformat(), each.starts_at.isoformat(), each.ends_at.isoformat()]
                for each in told.repeats.moved
            ],
        },
    }


def repeats_of(kept: dict[str, Any]) -> Repeats:
    """The reverse for `repeats`."""
    return Repeats(
        kept["rule"],
        date.fromisoformat(kept["first_day"]),
        date.fromisoformat(kept["last_day"]),
        kept["starts"],
        tuple(date.fromisoformat(each) for each in kept["left_out"]),
        tuple(
            Alone(date.fromisoformat(day), datetime.fromisoformat(starts), datetime.fromisoformat(ends))
            for day, starts, ends in kept["moved"]
        ),
    )


def elsewhere_of(kept: dict[str, Any]) -> dict[date, Seat]:
    """The reverse for `elsewhere`."""
    return {date.fromisoformat(day): Seat(**seat) for day, seat in kept.items()}
