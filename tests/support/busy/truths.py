"""What must be true of the busy house whatever was done in it: worked out from the bare rows, by none of the rules' own code."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Engine, select

from app.models import (
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingSeries,
    CreditGrant,
    CreditLine,
    Occupancy,
    Resource,
    ResourcePart,
    UnbilledBooking,
    WaitlistEntry,
)
from app.models.base import Base, table_of

Span = tuple[datetime, datetime]
Weighed = tuple[datetime, datetime, int]


@dataclass(frozen=True)
class Rows:
    """Everything of one tenant's bookings, as the tables have it at a moment."""

    now: datetime
    bookings: dict[int, Any]
    resources: dict[int, Any]
    parts: list[Any]
    occupancy: list[Any]
    grants: list[Any]
    lines: list[Any]
    unbilled: set[int]
    extras: list[Any]
    offers: dict[int, Any]
    series: dict[int, Any]
    waits: list[Any]

    def stands(self, booking: Any) -> bool:
        """It has its room: what is held only until it runs out."""
        return booking.status in ("confirmed", "tentative") or (
            booking.status == "held" and booking.hold_expires_at > self.now
        )

    def blocks(self, booking: Any) -> Span:
        """From when until when, its buffers with it."""
        room = self.resources[booking.resource_id]
        return (
            booking.starts_at - timedelta(minutes=room.buffer_before),
            booking.ends_at + timedelta(minutes=room.buffer_after),
        )

    def takes(self, booking: Any) -> Iterator[tuple[int, int]]:
        """(resource id, units): one of its own room, and all of each room that it is made of."""
        yield booking.resource_id, 1
        for part in self.parts:
            if part.whole_id == booking.resource_id:
                yield part.part_id, self.resources[part.part_id].units


def read(engine: Engine, tenant_id: int, now: datetime) -> Rows:
    """Read them past the wall, as the owner of the database."""
    with engine.connect() as connection:
        return Rows(
            now=now,
            bookings={row.id: row for row in _rows(connection, Booking, tenant_id)},
            resources={row.id: row for row in _rows(connection, Resource, tenant_id)},
            parts=_rows(connection, ResourcePart, tenant_id),
            occupancy=_rows(connection, Occupancy, tenant_id),
            grants=_rows(connection, CreditGrant, tenant_id),
            lines=_rows(connection, CreditLine, tenant_id),
            unbilled={row.booking_id for row in _rows(connection, UnbilledBooking, tenant_id)},
            extras=_rows(connection, BookingExtra, tenant_id),
            offers={row.id: row for row in _rows(connection, BookingExtraOffer, tenant_id)},
            series={row.id: row for row in _rows(connection, BookingSeries, tenant_id)},
            waits=_rows(connection, WaitlistEntry, tenant_id),
        )


def _rows(connection: Connection, model: type[Base], tenant_id: int) -> list[Any]:
    table = table_of(model)
    return list(connection.execute(select(table).where(table.c.tenant_id == tenant_id).order_by(table.c.id)))


def crowded(rows: Rows) -> list[int]:
    """Resources of which more is taken at some moment than there is, by the bookings alone."""
    taken: defaultdict[int, list[Weighed]] = defaultdict(list)
    for booking in filter(rows.stands, rows.bookings.values()):
        start, end = rows.blocks(booking)
        for resource_id, units in rows.takes(booking):
            taken[resource_id].append((start, end, units))
    return sorted(each for each, spans in taken.items() if _fullest(spans) > rows.resources[each].units)


def overdrawn(rows: Rows) -> list[int]:
    """Grants of which more was used than was given, or more came back than was used."""
    left: Counter[int] = Counter()
    for line in rows.lines:
        left[line.grant_id] += line.amount
    return [grant.id for grant in rows.grants if not 0 <= left[grant.id] <= grant.amount]


def short(rows: Rows) -> list[tuple[int, int]]:
    """(extra, location) of which more is promised at some moment than there is."""
    taken: defaultdict[tuple[int, int], list[Weighed]] = defaultdict(list)
    for line in rows.extras:
        booking = rows.bookings[line.booking_id]
        if rows.stands(booking):
            span = booking.starts_at, booking.ends_at, line.quantity
            taken[line.offer_id, booking.location_id].append(span)
    return sorted(each for each, spans in taken.items() if _fullest(spans) > rows.offers[each[0]].stock)


def check(rows: Rows) -> None:
    """All of it at one moment."""
    assert not crowded(rows), "more bookings than units"
    assert not overdrawn(rows), "more credit used than given"
    assert not short(rows), "more extras promised than there are"
    _check_occupancy(rows)
    _check_credit(rows)
    _check_bills(rows)
    _check_waits(rows)


def check_since(before: Rows, rows: Rows) -> None:
    """What never goes back: nothing vanishes, calendars never hear of an older state, and hear of each other time."""
    assert before.bookings.keys() <= rows.bookings.keys()
    for booking_id, was in before.bookings.items():
        booking = rows.bookings[booking_id]
        assert booking.sequence >= was.sequence
        place = "resource_id", "starts_at", "ends_at"
        if was.status == "confirmed" and any(getattr(was, at) != getattr(booking, at) for at in place):
            assert booking.sequence > was.sequence
        if was.status in ("cancelled", "lapsed"):
            assert booking.status == was.status
    for series_id, was in before.series.items():
        assert rows.series[series_id].sequence >= was.sequence


def due_of(rows: Rows, booking_id: int) -> int:
    """What is left to bill of a booking: its price less what credit paid, or what cancelling it late keeps; and what came with it."""
    booking = rows.bookings[booking_id]
    if booking.status == "cancelled":
        return int(booking.quote.get("cancellation", {}).get("due_minor", 0))
    if booking.status != "confirmed":
        return 0
    credit = booking.quote.get("credit", {})
    paid = credit.get("worth_minor", 0) + credit.get("money_minor", 0)
    assert 0 <= paid <= booking.price_minor
    return int(booking.price_minor - paid)


def _fullest(spans: Iterable[Weighed]) -> int:
    """The most at any one moment, looked at whenever something begins."""
    known = list(spans)
    return max(
        sum(many for start, end, many in known if start <= moment < end) for moment, _end, _many in known
    )


def _check_occupancy(rows: Rows) -> None:
    """What blocks is what is booked, and no two rows of a unit overlap."""
    blocked: Counter[tuple[int, int]] = Counter()
    by_unit = defaultdict(list)
    for row in rows.occupancy:
        blocked[row.booking_id, row.resource_id] += _seconds(row.blocks_from, row.blocks_until)
        by_unit[row.resource_id, row.unit].append((row.blocks_from, row.blocks_until))
        assert row.expires_at == rows.bookings[row.booking_id].hold_expires_at
    for spans in by_unit.values():
        for one, two in combinations(spans, 2):
            assert one[1] <= two[0] or two[1] <= one[0]
    for booking in rows.bookings.values():
        if booking.status in ("confirmed", "tentative", "held"):
            for resource_id, units in rows.takes(booking):
                assert blocked.pop((booking.id, resource_id), 0) == units * _seconds(*rows.blocks(booking))
    assert not blocked


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


def _check_credit(rows: Rows) -> None:
    """What the quotes say that credit pays is what was used of the grants."""
    kinds = {grant.id: grant.kind for grant in rows.grants}
    used: Counter[tuple[int | None, str]] = Counter()
    for line in rows.lines:
        used[line.booking_id, kinds[line.grant_id]] -= line.amount
    for booking in rows.bookings.values():
        said: dict[str, int] = {}
        if booking.status == "confirmed":
            said = booking.quote.get("credit", {})
        elif booking.status == "cancelled":
            said = booking.quote.get("cancellation", {}).get("kept", {})
        assert used[booking.id, "time"] == said.get("minutes", 0)
        assert used[booking.id, "money"] == said.get("money_minor", 0)


def _check_bills(rows: Rows) -> None:
    """Whatever is left to pay is waiting to be billed, and prices are those of the quotes."""
    for booking in rows.bookings.values():
        assert booking.price_minor == booking.quote["total_minor"]
        if due_of(rows, booking.id):
            assert booking.id in rows.unbilled
    for line in rows.extras:
        booking = rows.bookings[line.booking_id]
        if booking.status == "confirmed" and line.total_minor:
            assert booking.id in rows.unbilled
    for booking_id in rows.unbilled:
        assert rows.bookings[booking_id].status in ("confirmed", "cancelled")


def _check_waits(rows: Rows) -> None:
    """One offer each at most, and of one kind: held by the house."""
    offered = [row.booking_id for row in rows.waits if row.booking_id is not None]
    assert len(offered) == len(set(offered))
    assert all(rows.bookings[each].offered for each in offered)
