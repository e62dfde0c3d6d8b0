"""Writing an announcement: begun, changed while nobody was told, thrown away."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.announcements.audience import aim_of
from app.domain.announcements.finding import announcement_in_reach
from app.domain.announcements.terms import Aim, AlreadyBegun, HomeOver, LocationNeeded, WriteAnnouncement
from app.domain.audit import changes, record_row
from app.domain.lookup import all_of
from app.domain.stored_file import digest_of, forget_file, keep_photo
from app.kernel.errors import NotFound
from app.kernel.walltime import day_bounds, zone
from app.models import Announcement, AnnouncementState, AnnouncementTarget, Location, Plan, Team, Tenant
from app.tenancy import begin_writing, tenant_of

_A_MOMENT = timedelta(seconds=1)
CHANGEABLE = (AnnouncementState.DRAFT, AnnouncementState.SCHEDULED)


def create_announcement(
    session: Session, actor: Actor, command: WriteAnnouncement, now: datetime
) -> Announcement:
    """Begin an announcement, as a draft that nobody but staff sees.

    Raises NotFound for locations, plans and teams that are not the tenant's or out of reach; LocationNeeded, HomeOver.
    """
    begin_writing(session)
    zone_name = _checked(session, actor, command.aim)
    made = Announcement(
        title=command.title,
        body=command.body,
        audience=command.aim.audience,
        here_now=command.aim.here_now,
        state=AnnouncementState.DRAFT,
        zone=zone_name,
        home_ends_at=_home_ends(command.home_until, zone_name, now),
        photo_id=keep_photo(session, command.photo) if command.photo else None,
        created_by_id=actor.person_id,
        created_at=now,
        told_up_to=0,
    )
    session.add(made)
    session.flush()
    _aim(session, made, command.aim)
    record_row(session, actor, now, made, "created", after=_facts(made, command.aim))
    session.flush()
    return made


def edit_announcement(
    session: Session, actor: Actor, announcement_id: int, command: WriteAnnouncement, now: datetime
) -> list[str]:
    """Change what nobody was told yet; when it is sent stays. The digests of files that nothing shows any more.

    Raises AlreadyBegun, and as `create_announcement`.
    """
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    before_aim = aim_of(session, found)
    before, photo = _facts(found, before_aim), digest_of(session, found.photo_id)
    found.zone = _checked(session, actor, command.aim)
    found.title, found.body = command.title, command.body
    found.audience, found.here_now = command.aim.audience, command.aim.here_now
    found.home_ends_at = _home_ends(command.home_until, found.zone, found.send_at or now)
    if command.photo is not None:
        found.photo_id = keep_photo(session, command.photo)
    elif command.drop_photo:
        found.photo_id = None
    session.execute(delete(AnnouncementTarget).where(AnnouncementTarget.announcement_id == found.id))
    _aim(session, found, command.aim)
    old, new = changes(before, _facts(found, command.aim))
    if new:
        record_row(session, actor, now, found, "edited", before=old, after=new)
    session.flush()
    return _freed(session, photo)


def remove_announcement(session: Session, actor: Actor, announcement_id: int, now: datetime) -> list[str]:
    """Throw away what nobody was told; the digests of files that nothing shows any more. Raises NotFound and AlreadyBegun."""
    begin_writing(session)
    found = hold_changeable(session, actor, announcement_id)
    photo = digest_of(session, found.photo_id)
    record_row(session, actor, now, found, "removed", before={"title": found.title})
    session.delete(found)
    session.flush()
    return _freed(session, photo)


def hold_changeable(session: Session, actor: Actor, announcement_id: int) -> Announcement:
    """An announcement that nobody was told yet, and that nobody begins to tell before this transaction ends.

    Raises NotFound and AlreadyBegun.
    """
    found = announcement_in_reach(session, actor, announcement_id, lock=True)
    if found.state not in CHANGEABLE:
        raise AlreadyBegun
    return found


def last_home_day(announcement: Announcement) -> date | None:
    """The last day on which the home page shows it, by its own clock."""
    ends = announcement.home_ends_at
    return None if ends is None else (ends - _A_MOMENT).astimezone(zone(announcement.zone)).date()


def _checked(session: Session, actor: Actor, aim: Aim) -> str:
    """The zone by whose clock it is. Raises NotFound for what is not there for the actor, and LocationNeeded."""
    places = all_of(session, Location, aim.location_ids)
    all_of(session, Plan, aim.plan_ids)
    all_of(session, Team, aim.team_ids)
    if actor.limited_to is not None:
        if not places:
            raise LocationNeeded
        # Teams are of the whole house.
        if aim.team_ids or not aim.location_ids <= actor.limited_to:
            raise NotFound
    if len(places) == 1:
        return places[0].zone
    return session.scalars(select(Tenant.zone).where(Tenant.id == tenant_of(session))).one()


def _home_ends(until: date | None, zone_name: str, after: datetime) -> datetime | None:
    """When the day is over; it must be after the moment from which on people are told."""
    if until is None:
        return None
    ends = day_bounds(until, zone(zone_name))[1]
    if ends <= after:
        raise HomeOver
    return ends


def _aim(session: Session, announcement: Announcement, aim: Aim) -> None:
    for column, ids in (
        ("location_id", aim.location_ids),
        ("plan_id", aim.plan_ids),
        ("team_id", aim.team_ids),
    ):
        session.add_all(
            AnnouncementTarget(announcement_id=announcement.id, **{column: id_}) for id_ in sorted(ids)
        )


def _facts(announcement: Announcement, aim: Aim) -> dict[str, Any]:
    """What the trail says of it: no need to keep its text twice."""
    sets = {name: sorted(ids) for name, ids in asdict(aim).items() if name.endswith("_ids")}
    ends = announcement.home_ends_at
    return {
        "title": announcement.title,
        "length": len(announcement.body),
        "audience": announcement.audience.value,
        "here_now": announcement.here_now,
        "home_ends_at": ends.isoformat() if ends else None,
        "photo": announcement.photo_id,
        **sets,
    }


def _freed(session: Session, digest: str | None) -> list[str]:
    return [digest] if digest and forget_file(session, digest) else []
