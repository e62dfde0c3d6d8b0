"""A series as its page shows it: what it is, and what each of its dates has come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.cutoff import RoomCutoff, cutoffs_of, latest_change
from app.domain.booking.repeating import days_of, span_on
from app.domain.booking.series_rows import series_for
from app.domain.booking.strikes import strikes_of
from app.kernel.money import Money
from app.kernel.names import full_name
from app.kernel.spans import Span
from app.kernel.walltime import local_date, zone
from app.models import Booking, BookingSeries, BookingStatus, Location, Person, Resource, Tenant
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """A date of the rule. Without a booking it was left out, and `span` is when it would have been."""

    day: date
    span: Span
    booking_id: int | None
    moved: bool
    """It is at another time than is usual, or in another room."""
    elsewhere: str
    """The other room's name; empty in the room of the series."""
    price: Money | None
    over: bool
    changeable: bool
    """By whoever asked, now."""
    cancellable: bool
    """By whoever asked, now, if need be for a fee."""


@dataclass(frozen=True, slots=True)
class SeriesView:
    """Moments are UTC; `zone` is the location's."""

    id: int
    resource_id: int
    room: str
    level: str
    location_id: int
    location: str
    zone: str
    person_id: int
    person: str
    rule: str
    first_day: date
    last_day: date
    starts: int
    minutes: int
    title: str
    people: int
    dates: tuple[SeriesDate, ...]
    strikes: int
    """To how many dates in a row nobody came; 0 where that ends nothing."""
    strike_limit: int
    """After how many of them the rest is cancelled; 0 for never."""

    @property
    def ahead(self) -> tuple[SeriesDate, ...]:
        """Booked, and not over."""
        return tuple(each for each in self.dates if each.booking_id and not each.over)

    @property
    def changeable(self) -> bool:
        return any(each.changeable for each in self.dates)

    @property
    def cancellable(self) -> bool:
        return any(each.cancellable for each in self.dates)


def show_series(session: Session, actor: Actor, series_id: int, now: datetime) -> SeriesView:
    """One's own series, or for staff on their behalf anybody's; four statements. Raises NotFound for any other."""
    series = series_for(session, actor, series_id)
    place = session.execute(
        select(
            Resource.name.label("room"),
            Resource.level,
            Location.name.label("location"),
            Location.zone,
            Person.first_name,
            Person.last_name,
            func.coalesce(Tenant.strike_limit, 0).label("strike_limit"),
        )
        .select_from(Resource)
        .join(Tenant, Tenant.id == tenant_of(session))
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .join(Person, and_(Person.tenant_id == Resource.tenant_id, Person.id == series.person_id))
        .where(Resource.id == series.resource_id)
    ).one()
    standing = _standing(session, series)
    rooms = cutoffs_of(session, {series.resource_id, *(each.resource_id for each in standing)})

    def latest(booking: Booking, *, for_a_fee: bool) -> datetime:
        room = rooms[booking.resource_id]
        if actor.acts_for_others(booking.location_id) or (for_a_fee and room.late_for_a_fee):
            return booking.starts_at
        return latest_change(booking, room.minutes)

    return SeriesView(
        id=series.id,
        resource_id=series.resource_id,
        room=place.room,
        level=place.level,
        location_id=series.location_id,
        location=place.location,
        zone=place.zone,
        person_id=series.person_id,
        person=full_name(place.first_name, place.last_name),
        rule=series.rule,
        first_day=series.first_day,
        last_day=series.last_day,
        starts=series.starts,
        minutes=series.minutes,
        title=series.title,
        people=series.people,
        dates=tuple(_dates(series, standing, place.zone, rooms, latest, now)),
        strikes=len(strikes_of(series, standing, now)) if place.strike_limit else 0,
        strike_limit=place.strike_limit,
    )


def _standing(session: Session, series: BookingSeries) -> Sequence[Booking]:
    return session.scalars(
        select(Booking).where(Booking.series_id == series.id, Booking.status == BookingStatus.CONFIRMED)
    ).all()


class _Latest(Protocol):
    """Until when a booking is changed, or cancelled for a fee."""

    def __call__(self, booking: Booking, *, for_a_fee: bool) -> datetime: ...


def _dates(
    series: BookingSeries,
    standing: Sequence[Booking],
    zone_name: str,
    rooms: Mapping[int, RoomCutoff],
    latest: _Latest,
    now: datetime,
) -> list[SeriesDate]:
    tz = zone(zone_name)
    booked = {booking.series_day: booking for booking in standing}
    found = []
    for day in days_of(series.rule, series.first_day, series.last_day):
        usual = span_on(day, series.starts, series.minutes, tz)
        booking = booked.get(day)
        if booking is None:
            over = day < local_date(now, tz)
            found.append(_left_out(day, usual, over=over))
            continue
        span, stays = Span(booking.starts_at, booking.ends_at), booking.resource_id == series.resource_id
        found.append(
            SeriesDate(
                day,
                span,
                booking.id,
                moved=span != usual or not stays,
                elsewhere="" if stays else rooms[booking.resource_id].name,
                price=Money(booking.price_minor, booking.currency),
                over=booking.ends_at <= now,
                changeable=now < booking.starts_at and now <= latest(booking, for_a_fee=False),
                cancellable=now < booking.starts_at and now <= latest(booking, for_a_fee=True),
            )
        )
    return found


def _left_out(day: date, usual: Span, *, over: bool) -> SeriesDate:
    return SeriesDate(
        day,
        usual,
        None,
        moved=False,
        elsewhere="",
        price=None,
        over=over,
        changeable=False,
        cancellable=False,
    )
