"""Notices about bookings: written in the transaction that made them true, delivered by a job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from app.domain.calendars.series import as_json, series_booked
from app.domain.calendars.writing import uid_of
from app.domain.guests.telling import CANCELLED, CHANGED, INVITED, tell_guests_of
from app.domain.notices import tell
from app.domain.unit_names import unit_names
from app.kernel.spans import Span
from app.kernel.walltime import clock_face, zone
from app.models import Booking, Location, PayWhen, Resource, WaitlistEntry

_GUESTS_TOO = {"booking.confirmed": INVITED, "booking.changed": CHANGED, "booking.cancelled": CANCELLED}


@dataclass(frozen=True, slots=True)
class Was:
    """Where and when a booking was, for whoever is told that it no longer is."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, booking: Booking) -> "Was":
        return cls(booking.resource_id, booking.starts_at, booking.ends_at)


def announce(
    session: Session,
    booking: Booking,
    kind: str,
    now: datetime,
    *,
    reason: str = "",
    was: Was | None = None,
    unpaid: bool = False,
    zone_was: str = "",
) -> None:
    """Tell the person that has the room, their calendar, and their guests. `kind` is `booking.confirmed`, `booking.changed` or `booking.cancelled`.

    The data holds what a message says, so that it stays true to the moment: names, times in UTC with the place's
    zone, price in minor units, the reason when staff gave one, and `unpaid` where it is cancelled for that. Of what is
    otherwise than it `was`: `was_room`, `was_time`. `zone_was` is the zone that the place had, where only its clock is another.
    """
    place = _place(session, booking)
    calendar = _calendar(session, booking, place.address)
    more: dict[str, Any] = {"reason": reason, "calendar": calendar}
    if unpaid:
        more["unpaid"] = True
    if zone_was:
        more["zone_was"] = zone_was
    if was is not None:
        more |= _other(session, booking, was)
    tell(session, now, booking.person_id, kind, _facts(booking, place) | more)
    if kind in _GUESTS_TOO:
        tell_guests_of(session, [booking.id], _GUESTS_TOO[kind], now)


def _other(session: Session, booking: Booking, was: Was) -> dict[str, Any]:
    other: dict[str, Any] = {}
    if was.resource_id != booking.resource_id:
        other["was_room"] = session.scalar(select(Resource.name).where(Resource.id == was.resource_id))
    if (was.starts_at, was.ends_at) != (booking.starts_at, booking.ends_at):
        other["was_time"] = [was.starts_at.isoformat(), was.ends_at.isoformat()]
    return other


def _calendar(session: Session, booking: Booking, address: str) -> dict[str, Any]:
    """What calendars are told of: the booking at that address, or all of the series that it is a date of, each where it is."""
    if booking.series_id is not None:
        return as_json(series_booked(session, [booking.series_id])[booking.series_id])
    return {
        "uid": uid_of(booking.tenant_id, booking.id, booking.created_at),
        "sequence": booking.sequence,
        "changed_at": (booking.changed_at or booking.created_at).isoformat(),
        "address": address,
    }


def announce_offer(session: Session, booking: Booking, until: datetime, pays: PayWhen, now: datetime) -> None:
    """Tell somebody who waits that the room is held for them until then, and when they would pay for it. No calendar hears of it:
    it is not theirs yet."""
    announce_without_entry(
        session,
        booking,
        "booking.offered",
        now,
        until=until.isoformat(),
        people=str(booking.people),
        pays=pays.value,
    )


def announce_freed(session: Session, entry: WaitlistEntry, room: str, span: Span, now: datetime) -> None:
    """Tell somebody who waits that a room is free and not held for them; the data holds what the search for it asks."""
    place = session.execute(
        select(Location.name, Location.zone).where(Location.id == entry.location_id)
    ).one()
    local = span.start.astimezone(zone(place.zone))
    facts = {
        "location_id": entry.location_id,
        "people": entry.people,
        "resource": room,
        "location": place.name,
        "zone": place.zone,
        "starts_at": span.start.isoformat(),
        "ends_at": span.end.isoformat(),
        "date": local.date().isoformat(),
        "start": clock_face(local),
        "minutes": span.minutes,
    }
    tell(session, now, entry.person_id, "booking.freed", facts)


def announce_without_entry(session: Session, booking: Booking, kind: str, now: datetime, **more: str) -> None:
    """Tell the person alone: what is not theirs, or not yet, is in no calendar by mail."""
    tell(session, now, booking.person_id, kind, facts_of(session, booking) | more)


def facts_of(session: Session, booking: Booking) -> dict[str, Any]:
    """What a message says of a booking, as `announce` keeps it."""
    return _facts(booking, _place(session, booking))


def _place(session: Session, booking: Booking) -> Row[*tuple[Any, ...]]:
    return session.execute(
        select(
            Resource.name.label("resource"),
            Resource.units,
            Resource.unit_names,
            Location.name.label("location"),
            Location.zone,
            Location.address,
        )
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(Resource.id == booking.resource_id)
    ).one()


def _facts(booking: Booking, place: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "booking_id": booking.id,
        "resource": place.resource,
        "unit_names": unit_names(place.units, place.unit_names, booking.unit_numbers),
        "location": place.location,
        "zone": place.zone,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "title": booking.title,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
    }


def announce_change(session: Session, booking: Booking, was: Was, now: datetime) -> None:
    """Tell what is otherwise, and have calendars take it for news. Within the transaction that changes it."""
    count_change(booking, now)
    session.flush()
    announce(session, booking, "booking.changed", now, was=was)


def forget_presence(booking: Booking) -> None:
    """It is somewhere else or at another time: nobody came to where it is now, and nobody was warned."""
    booking.checked_in_at = booking.no_show_warned_at = None


def count_change(booking: Booking, now: datetime) -> None:
    """What calendars know of the booking is true no longer."""
    booking.sequence += 1
    booking.changed_at = now
