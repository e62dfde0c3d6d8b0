"""Bookings that repeat, as calendars are told of them: one object with a rule, what was left out of it, and what is elsewhere."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from app.domain.booking.repeating import days_of, span_on
from app.domain.calendars.repeats import Repeats
from app.domain.calendars.writing import series_uid_of
from app.kernel.walltime import zone
from app.models import Booking, BookingSeries, BookingStatus, Location
from app.tenancy import tenant_of


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


def series_booked(session: Session, series_ids: Collection[int]) -> dict[int, SeriesBooked]:
    """Several series by their ids, in two statements; none for none."""
    if not series_ids:
        return {}
    dates: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_DATES.where(Booking.series_id.in_(series_ids))):
        dates[row.series_id].append(row)
    rows = session.execute(_SERIES.where(BookingSeries.id.in_(series_ids)))
    return {row.BookingSeries.id: _told(tenant_of(session), row, dates[row.BookingSeries.id]) for row in rows}


_SERIES = select(BookingSeries, Location.zone).join(
    Location, (Location.tenant_id == BookingSeries.tenant_id) & (Location.id == BookingSeries.location_id)
)
# A date that was cancelled and booked again has several bookings: what stands is one of them at most.
_DATES = (
    select(
        Booking.series_id,
        Booking.series_day,
        func.max(case((Booking.status == BookingStatus.CONFIRMED, Booking.starts_at))).label("starts_at"),
        func.max(case((Booking.status == BookingStatus.CONFIRMED, Booking.ends_at))).label("ends_at"),
        func.sum(Booking.sequence).label("sequence"),
        func.max(func.coalesce(Booking.changed_at, Booking.created_at)).label("changed_at"),
    )
    .group_by(Booking.series_id, Booking.series_day)
    .order_by(Booking.series_day)
)


def _told(tenant_id: int, row: Row[*tuple[Any, ...]], dates: list[Any]) -> SeriesBooked:
    series: BookingSeries = row.BookingSeries
    tz = zone(row.zone)
    stands = {each.series_day: (each.starts_at, each.ends_at) for each in dates if each.starts_at}
    days = days_of(series.rule, series.first_day, series.last_day)
    moved = []
    for day in days:
        usual = span_on(day, series.starts, series.minutes, tz)
        if day in stands and stands[day] != (usual.start, usual.end):
            moved.append((day, *stands[day]))
    first = span_on(series.first_day, series.starts, series.minutes, tz)
    return SeriesBooked(
        id=series.id,
        uid=series_uid_of(tenant_id, series.id, series.created_at),
        sequence=series.sequence + sum(int(each.sequence) for each in dates),
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
        "repeats": {
            "rule": told.repeats.rule,
            "first_day": told.repeats.first_day.isoformat(),
            "last_day": told.repeats.last_day.isoformat(),
            "starts": told.repeats.starts,
            "left_out": [each.isoformat() for each in told.repeats.left_out],
            "moved": [
                [day.isoformat(), starts.isoformat(), ends.isoformat()]
                for day, starts, ends in told.repeats.moved
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
            (date.fromisoformat(day), datetime.fromisoformat(starts), datetime.fromisoformat(ends))
            for day, starts, ends in kept["moved"]
        ),
    )
