"""A calendar of elsewhere that blocks a resource: given, taken away, due, and what a reading of it makes of the resource."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.booking.minutes import Stretch
from app.domain.booking.repeating import farthest
from app.domain.calendars.blocking import MOST_ROWS, all_is_blocked, apply_busy, as_far_as_rows_go
from app.domain.calendars.contradicting import tell_conflicts
from app.domain.calendars.event_dates import Window
from app.domain.calendars.reading import LEAST, Reading
from app.domain.calendars.terms import Fault, NoWebAddress
from app.domain.live import changed
from app.domain.reach import resource_in_reach
from app.domain.resealing import reseal_column
from app.kernel.clock import Clock
from app.kernel.walltime import day_bounds, local_date, zone
from app.models import Location, OutsideCalendar, Resource
from app.ports import FetchFault, SecretBox, SecretUnreadable
from app.tenancy import begin_writing

EVERY = timedelta(minutes=15)
LONGEST_ADDRESS = 2000
_LONGEST_DETAIL, _LONGEST_ETAG = 300, 200


@dataclass(frozen=True, slots=True)
class Due:
    """What asking for one takes; nothing is locked meanwhile."""

    id: int
    address: str
    etag: str
    sealed: str
    """The address as it stands in the row, by which it is still that one."""
    zone: str
    day: date
    """The first day of the window that it is to be read for."""

    @property
    def window(self) -> Window:
        return window_of(self.day, self.zone)


def window_of(day: date, zone_name: str) -> Window:
    """From the beginning of a local day to the end of the last on which a date of a series may be.

    However far ahead a room may be booked: rules of the house and staff let some people book farther than others.
    """
    tz = zone(zone_name)
    return day_bounds(day, tz)[0], day_bounds(farthest(day), tz)[1]


def web_address(typed: str) -> str:
    """The address as it is asked for; `webcal:` says no more than that a calendar is there. Raises NoWebAddress."""
    address = typed.strip()
    scheme, colon, rest = address.partition(":")
    if scheme.lower() in {"webcal", "webcals"}:
        address = f"https{colon}{rest}"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise NoWebAddress from error
    shown = (
        address.isprintable() and address.isascii() and " " not in address and len(address) <= LONGEST_ADDRESS
    )
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or not shown:
        raise NoWebAddress
    return address


def follow(
    session: Session, actor: Actor, resource_id: int, typed: str, box: SecretBox, clock: Clock
) -> None:
    """Have the busy times of that calendar block the resource, from its first reading on; it takes the place of another.

    Audited, without the address. Commits what the session had begun. Raises NotFound out of reach, NoWebAddress.
    """
    address = web_address(typed)
    begin_writing(session)
    resource = _held(session, actor, resource_id)
    now = clock()
    row = calendar_of(session, resource_id)
    before = {"host": row.host} if row else {}
    if row is not None:
        session.delete(row)
        session.flush()
    row = OutsideCalendar(
        resource_id=resource.id,
        address=box.seal(address),
        host=(urlsplit(address).hostname or "")[:253],
        next_at=now,
    )
    session.add(row)
    changed(session, "bookings", places=[resource.location_id])
    _record(session, actor, resource, "resource.calendar_followed", before, {"host": row.host}, now)


def stop_following(session: Session, actor: Actor, resource_id: int, clock: Clock) -> None:
    """Free what it blocks; safe to repeat. Audited. Commits what the session had begun. Raises NotFound out of reach."""
    begin_writing(session)
    resource = _held(session, actor, resource_id)
    row = calendar_of(session, resource_id)
    if row is None:
        return
    session.delete(row)
    changed(session, "bookings", places=[resource.location_id])
    _record(session, actor, resource, "resource.calendar_left", {"host": row.host}, {}, clock())


def read_soon(session: Session, actor: Actor, resource_id: int, clock: Clock) -> None:
    """Have it read within the minute, where there is one. Commits what the session had begun. Raises NotFound out of reach."""
    begin_writing(session)
    _held(session, actor, resource_id)
    row = calendar_of(session, resource_id)
    if row is not None:
        _read_anew(session, row, clock)


def _held(session: Session, actor: Actor, resource_id: int) -> Resource:
    # Whoever notes a reading holds the calendar, and then refers to the resource with each row that blocks it: two who kept each
    # other from that would wait for ever.
    return resource_in_reach(session, actor, resource_id, lock=True, key_share=True)


def calendar_of(session: Session, resource_id: int) -> OutsideCalendar | None:
    return session.scalars(
        select(OutsideCalendar).where(OutsideCalendar.resource_id == resource_id)
    ).one_or_none()


def due(session: Session, box: SecretBox, now: datetime, limit: int) -> list[Due]:
    """Those whose time has come, each put off until its next; one whose address no key opens says so."""
    begin_writing(session)
    rows = session.execute(
        select(OutsideCalendar, Location.zone)
        .join(
            Resource,
            and_(Resource.tenant_id == OutsideCalendar.tenant_id, Resource.id == OutsideCalendar.resource_id),
        )
        .join(Location, and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id))
        .where(OutsideCalendar.next_at <= now, Resource.retired_at.is_(None))
        .order_by(OutsideCalendar.next_at, OutsideCalendar.id)
        .limit(limit)
        .with_for_update(of=OutsideCalendar, skip_locked=True)
    ).all()
    found = []
    for row, zone_name in rows:
        row.next_at, row.tried_at = now + EVERY, now
        try:
            address = box.open(row.address)
        except SecretUnreadable:
            _say(row, Fault.SECRET_UNREADABLE, "")
            continue
        day = local_date(now, zone(zone_name))
        # Unchanged is an answer only about the days that were read: once a day it is read whole.
        etag = row.etag if row.read_for == day else ""
        found.append(Due(row.id, address, etag, row.address, zone_name, day))
    session.flush()
    return found


def note_reading(session: Session, asked: Due, reading: Reading | None, etag: str, clock: Clock) -> None:
    """Block what was read, and tell staff of what is booked then; with None nothing has changed there, and here what was booked may
    have ended.

    What was read by a clock that the location goes by no longer is dropped, and read again.
    """
    row = _locked(session, asked)
    if row is None:
        return
    if _zone_of(session, row) != asked.zone:
        _read_anew(session, row, clock)
        return
    busy: list[Stretch] = reading.busy if reading else [(start, end) for start, end in row.busy]
    known, until = as_far_as_rows_go(session, row, busy)
    if until is not None and until < asked.window[0] + LEAST:
        _say(row, Fault.TOO_MANY, str(MOST_ROWS))
        session.flush()
        return
    row.fault, row.fault_detail, row.read_at = "", "", clock()
    if reading is not None:
        row.unknown_zones, row.left_out = reading.unknown_zones, reading.left_out
        row.known_until = reading.until
        row.etag, row.read_for = (etag if len(etag) <= _LONGEST_ETAG else ""), asked.day
    if reading is not None or until is not None:
        row.busy = [list(each) for each in known]
        row.known_until = until or row.known_until
    session.flush()
    _block(session, row, clock, anew=reading is not None)
    # Also without news there: what was only held may be booked by now.
    tell_conflicts(session, row, clock())


def _block(session: Session, row: OutsideCalendar, clock: Clock, *, anew: bool) -> None:
    if not anew and all_is_blocked(session, row):
        return
    if not apply_busy(session, row, clock):
        # It blocks what it did before, so "unchanged" is no answer for it.
        row.etag = ""
        session.flush()


def _zone_of(session: Session, row: OutsideCalendar) -> str:
    """What the location goes by now: whoever changes it locks the calendars there before."""
    here = and_(Location.tenant_id == Resource.tenant_id, Location.id == Resource.location_id)
    return session.execute(
        select(Location.zone).join(Resource, here).where(Resource.id == row.resource_id)
    ).scalar_one()


def _read_anew(session: Session, row: OutsideCalendar, clock: Clock) -> None:
    row.next_at, row.etag = clock(), ""
    session.flush()


def note_fault(session: Session, asked: Due, fault: Fault | FetchFault, detail: str) -> None:
    """What was read before goes on blocking: that nobody answers does not make a room free."""
    row = _locked(session, asked)
    if row is not None:
        _say(row, fault, detail)
        session.flush()


def unreadable(row: OutsideCalendar) -> Fault | FetchFault | None:
    """What went wrong with it last."""
    if not row.fault:
        return None
    return Fault(row.fault) if row.fault in set(Fault) else FetchFault(row.fault)


def _locked(session: Session, asked: Due) -> OutsideCalendar | None:
    """The calendar, unless it was taken away meanwhile, or another has its place."""
    begin_writing(session)
    return session.scalars(
        select(OutsideCalendar)
        .where(OutsideCalendar.id == asked.id, OutsideCalendar.address == asked.sealed)
        .with_for_update()
    ).one_or_none()


def _say(row: OutsideCalendar, fault: Fault | FetchFault, detail: str) -> None:
    row.fault, row.fault_detail = fault.value, "".join(filter(str.isprintable, detail))[:_LONGEST_DETAIL]


def reseal_calendars(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal the addresses under the newest key; returns how many were, and how many no key opens."""
    return reseal_column(session, OutsideCalendar.address, box)


def _record(
    session: Session,
    actor: Actor,
    resource: Resource,
    action: str,
    before: dict[str, str],
    after: dict[str, str],
    now: datetime,
) -> None:
    audit.record(
        session,
        now,
        actor.person_id,
        action,
        subject="resource",
        subject_id=resource.id,
        before=before,
        after=after,
    )
    session.flush()
