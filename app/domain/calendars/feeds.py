"""Secret addresses of bookings: made, replaced, taken back, and read by whoever has one."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.actor import Actor, Permission, permissions_of
from app.domain.calendars.bookings import Booked, coming
from app.domain.calendars.series import OWN, Of
from app.domain.lookup import hold_person, one
from app.domain.portal import Portal
from app.domain.reach import location_in_reach, resource_in_reach
from app.domain.visit import granted_to, limits_in, limits_of, token_hash
from app.kernel.errors import NotFound
from app.models import Booking, CalendarFeed, Contract, Location, Person, Resource, Role
from app.models.plan import running_on
from app.tenancy import begin_writing


class Show(StrEnum):
    """How much a feed says."""

    OWN = "own"
    STAFF = "staff"
    """Titles, as staff see them."""
    SHARED = "shared"
    """That something is booked."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What there is at an address."""

    show: Show
    name: str
    """Of the resource or the location; empty for somebody's own."""
    locale: str | None
    """The language of whose it is."""
    with_room: bool
    bookings: list[Booked]


@dataclass(frozen=True, slots=True)
class PlaceFeed:
    """A location or a resource that staff may read a feed of, and since when the asker has an address of it."""

    of: Of
    name: str
    made_at: datetime | None


def new_address(session: Session, actor: Actor, of: Of, now: datetime, *, shared: bool = False) -> str:
    """The token of a new address, kept nowhere; the one before it is dead. Commits what the session had begun.

    `shared` is nobody's and says only that something is booked. Raises NotFound out of the actor's reach.
    """
    begin_writing(session)
    _hold(session, actor, of)
    _remove(session, actor, of, shared=shared)
    token = secrets.token_urlsafe(32)
    session.add(
        CalendarFeed(
            person_id=None if shared else actor.person_id,
            resource_id=of.resource_id,
            location_id=of.location_id,
            token_hash=token_hash(token),
            created_at=now,
        )
    )
    session.flush()
    return token


def no_address(session: Session, actor: Actor, of: Of, *, shared: bool = False) -> None:
    """Nobody reads there any more; safe to repeat. Commits what the session had begun."""
    begin_writing(session)
    _hold(session, actor, of)
    _remove(session, actor, of, shared=shared)
    session.flush()


def made_at(session: Session, actor: Actor, of: Of) -> dict[Show, datetime]:
    """Which addresses there are, and since when."""
    rows = session.scalars(
        select(CalendarFeed).where(
            _of(of), CalendarFeed.person_id.is_(None) | (CalendarFeed.person_id == actor.person_id)
        )
    )
    return {_show(row.person_id, of): row.created_at for row in rows}


def feeds_at(session: Session, actor: Actor, location_id: int) -> list[PlaceFeed]:
    """A location and each resource there, with the addresses that the actor has of them. Three statements.

    Raises NotFound, out of reach too.
    """
    site = location_in_reach(session, actor, location_id)
    mine = aliased(CalendarFeed)
    rows = session.execute(
        select(Resource.id, Resource.name, mine.created_at)
        .outerjoin(
            mine,
            and_(
                mine.tenant_id == Resource.tenant_id,
                mine.resource_id == Resource.id,
                mine.person_id == actor.person_id,
            ),
        )
        .where(Resource.location_id == location_id, Resource.retired_at.is_(None))
        .order_by(Resource.position, Resource.name)
    )
    whole = made_at(session, actor, Of(location_id=location_id)).get(Show.STAFF)
    return [
        PlaceFeed(Of(location_id=location_id), site.name, whole),
        *(PlaceFeed(Of(resource_id=row.id), row.name, row.created_at) for row in rows),
    ]


def read_feed(session: Session, portal: Portal, token: str, now: datetime, today: date) -> Feed:
    """What is at an address, now.

    Raises NotFound for one that is dead, and while its person is suspended, the section is off for whom it is, what it is of is
    retired, or whoever made it is no longer permitted to see that.
    """
    row = session.execute(
        _FIND.where(CalendarFeed.token_hash == token_hash(token)).add_columns(_member(today))
    )
    found = row.one_or_none()
    if found is None:
        raise NotFound
    of = Of(found.resource_id, found.location_id)
    if of == OWN:
        return _own(session, portal, found, now)
    return _of_place(session, portal, found, of, now)


def _own(session: Session, portal: Portal, row: Row[*tuple[Any, ...]], now: datetime) -> Feed:
    place = portal.place(row.home_id)
    switch = portal.section("bookings", place.id if place else None)
    if row.person is None or row.suspended_at or not switch.open_to(signed_in=True, member=row.is_member):
        raise NotFound
    theirs = Booking.person_id == row.person
    return _feed(row, Show.OWN, "", coming(session, now, theirs, OWN))


def _of_place(session: Session, portal: Portal, row: Row[*tuple[Any, ...]], of: Of, now: datetime) -> Feed:
    location_id = row.place_id if of.location_id is None else of.location_id
    if row.resource_retired_at or all(place.id != location_id for place in portal.places):
        raise NotFound
    if not portal.section("bookings", location_id).enabled:
        raise NotFound
    if row.person is not None and (row.suspended_at or not _may_see(row, location_id)):
        raise NotFound
    name = next(place.name for place in portal.places if place.id == location_id)
    show = Show.SHARED if row.person is None else Show.STAFF
    where = (
        Booking.location_id == of.location_id
        if of.resource_id is None
        else Booking.resource_id == of.resource_id
    )
    return _feed(row, show, row.resource_name or name, coming(session, now, where, of))


def _may_see(row: Row[*tuple[Any, ...]], location_id: int) -> bool:
    permissions = permissions_of(row.role, row.granted)
    limits = limits_in(row.limited_to)
    return Permission.BOOKINGS in permissions and (limits is None or location_id in limits)


def _feed(row: Row[*tuple[Any, ...]], show: Show, name: str, bookings: list[Booked]) -> Feed:
    return Feed(show, name, row.locale, with_room=row.resource_id is None, bookings=bookings)


_WHO = Person.id, Person.tenant_id
_FIND = (
    select(
        CalendarFeed.person_id.label("person"),
        CalendarFeed.resource_id,
        CalendarFeed.location_id,
        Person.location_id.label("home_id"),
        Person.suspended_at,
        Person.role,
        Person.locale,
        Resource.location_id.label("place_id"),
        Resource.name.label("resource_name"),
        Resource.retired_at.label("resource_retired_at"),
        case((Person.role == Role.CUSTOM, granted_to(*_WHO))).label("granted"),
        case((Person.role != Role.NONE, limits_of(*_WHO))).label("limited_to"),
    )
    .select_from(CalendarFeed)
    .outerjoin(Person, and_(Person.tenant_id == CalendarFeed.tenant_id, Person.id == CalendarFeed.person_id))
    .outerjoin(
        Resource,
        and_(Resource.tenant_id == CalendarFeed.tenant_id, Resource.id == CalendarFeed.resource_id),
    )
)


def _member(today: date) -> Any:
    running = exists().where(
        Contract.tenant_id == Person.tenant_id, Contract.person_id == Person.id, running_on(today)
    )
    return func.coalesce(running, false()).label("is_member")


def _hold(session: Session, actor: Actor, of: Of) -> None:
    """Let nobody else make an address of the same at the same moment. Raises NotFound out of reach."""
    if of.resource_id is not None:
        resource_in_reach(session, actor, of.resource_id)
        one(session, Resource, of.resource_id, lock=True)
    elif of.location_id is not None:
        location_in_reach(session, actor, of.location_id)
        one(session, Location, of.location_id, lock=True)
    else:
        hold_person(session, actor.person_id)


def _remove(session: Session, actor: Actor, of: Of, *, shared: bool) -> None:
    whose = CalendarFeed.person_id.is_(None) if shared else CalendarFeed.person_id == actor.person_id
    for row in session.scalars(select(CalendarFeed).where(_of(of), whose)):
        session.delete(row)


def _of(of: Of) -> ColumnElement[bool]:
    return and_(
        CalendarFeed.resource_id.is_(None)
        if of.resource_id is None
        else CalendarFeed.resource_id == of.resource_id,
        CalendarFeed.location_id.is_(None)
        if of.location_id is None
        else CalendarFeed.location_id == of.location_id,
    )


def _show(person_id: int | None, of: Of) -> Show:
    if of == OWN:
        return Show.OWN
    return Show.SHARED if person_id is None else Show.STAFF
