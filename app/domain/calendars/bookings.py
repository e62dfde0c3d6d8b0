"""Bookings as calendars are told of them; one statement, and two more where some of them repeat."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.rules import LONGEST
from app.domain.calendars.repeats import Repeats
from app.domain.calendars.series import OWN, Of, Seat, SeriesBooked, series_booked
from app.domain.calendars.writing import uid_of
from app.domain.unit_names import UnitName, unit_names
from app.kernel.errors import NotFound
from app.models import Booking, BookingStatus, Location, Resource
from app.models.base import LARGEST_ID
from app.tenancy import tenant_of

PAST = timedelta(days=30)
"""How long what is over stays in a feed."""
_STARTED = PAST + LONGEST
"""What ended since then began since then: so the indexes, which go by the start, need not be read to their beginning."""
MOST = 3000
"""The next so many: a feed is loaded again and again."""


@dataclass(frozen=True, slots=True)
class Booked:
    id: int
    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    room: str
    location: str
    address: str
    zone: str
    series_id: int | None = None
    repeats: Repeats | None = None
    """Of a series, which is one entry; the times are those of its rule's first date."""
    elsewhere: Mapping[date, Seat] = field(default_factory=dict)
    """Of its dates those that are for something else, or somewhere else."""
    unit_names: tuple[UnitName, ...] = ()
    """Which of several it has."""
    tentative: bool = False
    """Asked for, and not approved yet."""


_SHOWN = (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)


def coming(session: Session, now: datetime, where: ColumnElement[bool], of: Of) -> list[Booked]:
    """Bookings that stand, or wait for approval, and are not over for long, by their start."""
    rows = session.execute(
        _select(Booking.status.in_(_SHOWN), _recent(now), where)
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    )
    return _whole(session, [(row, _booked(tenant_of(session), row)) for row in rows], of)


def _whole(session: Session, found: list[tuple[Any, Booked]], of: Of) -> list[Booked]:
    """The same with all of each series in the place of the first of its bookings. Of a series that is elsewhere its dates here stand
    each for itself."""
    known = series_booked(session, {row.series_id for row, _ in found if row.series_id is not None}, of)
    series = {each.id: each for each in known.values() if of.has(each.resource_id, each.location_id)}
    singles = known.keys() - series.keys()
    whole: list[Booked] = []
    for row, booked in found:
        if row.series_id is None or row.series_id in singles:
            whole.append(booked)
        elif row.series_id in series:
            whole.append(_of_series(booked, series.pop(row.series_id)))
    return whole


def _of_series(booked: Booked, series: SeriesBooked) -> Booked:
    return replace(
        booked,
        uid=series.uid,
        sequence=series.sequence,
        changed_at=series.changed_at,
        starts_at=series.starts_at,
        ends_at=series.ends_at,
        **asdict(series.seat),
        zone=series.zone,
        series_id=series.id,
        repeats=series.repeats,
        elsewhere=series.elsewhere,
    )


def own(session: Session, actor: Actor, booking_id: int) -> Booked:
    """One of the actor's own that stands or waits for approval, or all of the series that it is a date of. Raises NotFound
    for any other."""
    if not 0 < booking_id <= LARGEST_ID:
        raise NotFound
    row = session.execute(
        _select(
            Booking.id == booking_id,
            Booking.person_id == actor.person_id,
            Booking.status.in_(_SHOWN),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _whole(session, [(row, _booked(tenant_of(session), row))], OWN)[0]


def _recent(now: datetime) -> ColumnElement[bool]:
    return and_(Booking.ends_at > now - PAST, Booking.starts_at > now - _STARTED)


def _select(*where: ColumnElement[bool]) -> Any:
    return (
        select(
            Booking.id,
            Booking.series_id,
            Booking.created_at,
            Booking.changed_at,
            Booking.sequence,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
            Booking.title,
            Resource.name.label("room"),
            Resource.units,
            Resource.unit_names,
            Booking.unit_numbers,
            Location.name.label("location"),
            Location.address,
            Location.zone,
        )
        .join(Resource, and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id))
        .join(Location, and_(Location.tenant_id == Booking.tenant_id, Location.id == Booking.location_id))
        .where(*where)
    )


def _booked(tenant_id: int, row: Row[*tuple[Any, ...]]) -> Booked:
    return Booked(
        id=row.id,
        uid=uid_of(tenant_id, row.id, row.created_at),
        sequence=row.sequence,
        changed_at=row.changed_at or row.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=row.title,
        room=row.room,
        unit_names=unit_names(row.units, row.unit_names, row.unit_numbers),
        location=row.location,
        address=row.address,
        zone=row.zone,
        tentative=row.status is BookingStatus.TENTATIVE,
    )
