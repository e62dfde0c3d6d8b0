"""The JSON that a device keeps for its signed-in person."""

from datetime import datetime
from typing import Any

from app.domain.actor import Actor
from app.domain.offline import KeptBooking, KeptCard, OfflineData
from app.domain.portal import Place, Portal
from app.web.person_key import person_key
from app.web.qr import qr_code
from app.web.unit_words import with_unit


def kept(
    data: OfflineData, actor: Actor, portal: Portal, place: Place | None, now: datetime
) -> dict[str, Any]:
    """`person`, `savedAt` (UTC, ISO 8601), `card` and `bookings`; without what the portal has switched off.

    `card` is null or name, place, plan, since (a year) and qr (an SVG as a data address); a booking is room,
    place, zone (IANA), starts, ends (UTC, ISO 8601) and title.
    """
    return {
        "person": person_key(actor),
        "savedAt": _iso(now),
        "card": _card(data.card, place) if _open(portal, "account", actor, place) else None,
        "bookings": [_booking(booking) for booking in data.bookings]
        if _open(portal, "bookings", actor, place)
        else [],
    }


def _open(portal: Portal, key: str, actor: Actor, place: Place | None) -> bool:
    switch = portal.section(key, place.id if place else None)
    return switch.open_to(signed_in=True, member=actor.is_member)


def _card(card: KeptCard, place: Place | None) -> dict[str, Any]:
    return {
        "name": card.name,
        "place": place.name if place else "",
        "plan": card.plan or "",
        "since": card.since.year if card.since else None,
        # As an address for an <img>, so that nothing kept on a device is ever read as markup.
        "qr": qr_code(card.token).address,
    }


def _booking(booking: KeptBooking) -> dict[str, Any]:
    return {
        "room": with_unit(booking.room, booking.unit_names),
        "place": booking.place,
        "zone": booking.zone,
        "starts": _iso(booking.starts_at),
        "ends": _iso(booking.ends_at),
        "title": booking.title,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
