"""Extras as staff keep them: offered, edited, and retired once nobody is to order them any more."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.extras.terms import ExtraDetails
from app.domain.lookup import all_of, one
from app.domain.reach import check_within_reach
from app.domain.retiring import set_retired
from app.domain.spaces.saving import flush
from app.kernel.errors import NotFound
from app.models import BookingExtraOffer, BookingExtraRoom, Location, Resource, ResourceType, TaxRate
from app.tenancy import begin_writing

_SETS = ("type_ids", "resource_ids")
_COLUMNS = tuple(each.name for each in fields(ExtraDetails) if each.name not in _SETS)


def offers_kept(session: Session) -> list[BookingExtraOffer]:
    """Every extra in the operator's order, retired ones last."""
    order = (BookingExtraOffer.retired_at.is_not(None), BookingExtraOffer.position, BookingExtraOffer.name)
    return list(session.scalars(select(BookingExtraOffer).order_by(*order)))


def extra_details(session: Session, row: BookingExtraOffer) -> ExtraDetails:
    """An extra as its editor shows it. One statement."""
    known = {name: getattr(row, name) for name in _COLUMNS}
    types: set[int] = set()
    rooms: set[int] = set()
    for type_id, resource_id in session.execute(
        select(BookingExtraRoom.resource_type_id, BookingExtraRoom.resource_id).where(
            BookingExtraRoom.offer_id == row.id
        )
    ):
        if type_id is not None:
            types.add(type_id)
        if resource_id is not None:
            rooms.add(resource_id)
    return ExtraDetails(**known, type_ids=frozenset(types), resource_ids=frozenset(rooms))


def create_extra(session: Session, actor: Actor, details: ExtraDetails, now: datetime) -> BookingExtraOffer:
    """Offer something. Raises NotFound for ids that are not the tenant's (a retired rate too), and NameTaken."""
    check_within_reach(actor, None)
    begin_writing(session)
    _check(session, details, None)
    row = BookingExtraOffer(**{name: getattr(details, name) for name in _COLUMNS})
    session.add(row)
    flush(session)
    _put_rooms(session, row.id, details)
    record_row(session, actor, now, row, "created", after=_told(details))
    session.flush()
    return row


def edit_extra(
    session: Session, actor: Actor, extra_id: int, details: ExtraDetails, now: datetime
) -> BookingExtraOffer:
    """Change an extra; what was ordered stays what it was. Raises as `create_extra`."""
    check_within_reach(actor, None)
    begin_writing(session)
    row = one(session, BookingExtraOffer, extra_id, lock=True)
    _check(session, details, row)
    old, new = changes(_told(extra_details(session, row)), _told(details))
    if not new:
        return row
    for name in _COLUMNS:
        setattr(row, name, getattr(details, name))
    flush(session)
    session.execute(delete(BookingExtraRoom).where(BookingExtraRoom.offer_id == row.id))
    _put_rooms(session, row.id, details)
    record_row(session, actor, now, row, "edited", before=old, after=new)
    session.flush()
    return row


def retire_extra(session: Session, actor: Actor, extra_id: int, now: datetime, *, retired: bool) -> None:
    """Have nobody order it any more, or let them again; whoever ordered it has it. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    set_retired(session, actor, one(session, BookingExtraOffer, extra_id, lock=True), now, retired=retired)
    session.flush()


def resource_pairs(session: Session) -> Sequence[tuple[int, str]]:
    """(id, name with its location) of every resource that can be booked."""
    rows = session.execute(
        select(Resource.id, Resource.name, Location.name.label("place"))
        .join(Location, Location.id == Resource.location_id)
        .where(Resource.retired_at.is_(None), Location.retired_at.is_(None))
        .order_by(Location.position, Location.id, Resource.position, Resource.name)
    )
    return [(row.id, f"{row.name}, {row.place}") for row in rows]


def _check(session: Session, details: ExtraDetails, row: BookingExtraOffer | None) -> None:
    """What it has already it may keep, retired since or not."""
    if details.tax_rate_id is not None:
        rate = one(session, TaxRate, details.tax_rate_id)
        if rate.retired_at is not None and (row is None or row.tax_rate_id != rate.id):
            raise NotFound
    all_of(session, ResourceType, details.type_ids)
    all_of(session, Resource, details.resource_ids)


def _put_rooms(session: Session, offer_id: int, details: ExtraDetails) -> None:
    session.add_all(
        BookingExtraRoom(offer_id=offer_id, resource_type_id=each) for each in sorted(details.type_ids)
    )
    session.add_all(
        BookingExtraRoom(offer_id=offer_id, resource_id=each) for each in sorted(details.resource_ids)
    )
    session.flush()


def _told(details: ExtraDetails) -> dict[str, Any]:
    told = asdict(details) | {name: sorted(getattr(details, name)) for name in _SETS}
    return told | {"pricing": details.pricing.value}
