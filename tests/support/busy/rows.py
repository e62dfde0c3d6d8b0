"""The bare rows of the busy house, past the wall and by none of the rules' own code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from app.models import (
    Allocation,
    AuditEntry,
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingRule,
    BookingRuleTarget,
    BookingSeries,
    Charge,
    Contract,
    CreditGrant,
    CreditLine,
    Invoice,
    InvoiceLine,
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
    charges: dict[int, Any]
    documents: dict[int, Any]
    lines_billed: dict[int, Any]
    allocations: list[Any]
    contracts: list[Any]
    rules: list[Any]
    targets: list[Any]
    struck_off: list[Any]
    """What the house noted when it gave up a series."""

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


def read(engine: Engine, tenant_id: int, now: datetime, before: Rows | None = None) -> Rows:
    """Read them past the wall, as the owner of the database; what no verb changes only where nothing was read before."""
    with engine.connect() as connection:
        return Rows(
            parts=before.parts if before else _rows(connection, ResourcePart, tenant_id),
            offers=before.offers if before else _by_id(connection, BookingExtraOffer, tenant_id),
            contracts=before.contracts if before else _rows(connection, Contract, tenant_id),
            rules=before.rules if before else _rows(connection, BookingRule, tenant_id),
            targets=before.targets if before else _rows(connection, BookingRuleTarget, tenant_id),
            now=now,
            bookings=_by_id(connection, Booking, tenant_id),
            resources=_by_id(connection, Resource, tenant_id),
            occupancy=_rows(connection, Occupancy, tenant_id),
            grants=_rows(connection, CreditGrant, tenant_id),
            lines=_rows(connection, CreditLine, tenant_id),
            unbilled={row.booking_id for row in _rows(connection, UnbilledBooking, tenant_id)},
            extras=_rows(connection, BookingExtra, tenant_id),
            series=_by_id(connection, BookingSeries, tenant_id),
            waits=_rows(connection, WaitlistEntry, tenant_id),
            charges=_by_id(connection, Charge, tenant_id),
            documents=_by_id(connection, Invoice, tenant_id),
            lines_billed=_by_id(connection, InvoiceLine, tenant_id),
            allocations=_rows(connection, Allocation, tenant_id),
            struck_off=_rows(connection, AuditEntry, tenant_id, AuditEntry.action == "series.struck_off"),
        )


def _by_id(connection: Connection, model: type[Base], tenant_id: int) -> dict[int, Any]:
    return {row.id: row for row in _rows(connection, model, tenant_id)}


def _rows(connection: Connection, model: type[Base], tenant_id: int, *where: Any) -> list[Any]:
    table = table_of(model)
    query = select(table).where(table.c.tenant_id == tenant_id, *where).order_by(table.c.id)
    return list(connection.execute(query))
