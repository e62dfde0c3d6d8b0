"""What somebody wants of each kind and channel, when they want quiet, and what their clock says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.kernel.walltime import nearest_utc
from app.kernel.walltime import zone as zone_of
from app.models import Choice, Location, NoticePreference, NoticeSetting, Person, PersonProfile, Tenant
from app.notice_kinds import Channel, Mailed, NoticeKind

DAILY_HOUR = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Habits:
    """When and how somebody is told. `quiet` runs from one minute of the day to another, which may be past midnight."""

    quiet: tuple[int, int] | None = None
    daily_hour: int = DAILY_HOUR
    discreet: bool = False
    """A locked screen says that there is something new, and not what."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """`choices` holds only what differs from the kind's own; `zone` is where the person's clock is."""

    habits: Habits = field(default_factory=Habits)
    zone: str = "UTC"
    mail_bounces: bool = False
    """Mail to their address came back: only what is never switched off is still mailed."""
    choices: Mapping[tuple[str, str], Choice] = field(default_factory=dict)

    def choice(self, kind: NoticeKind, channel: Channel) -> Choice:
        """What the person wants, or what the kind does by itself."""
        if channel is Channel.PUSH:
            if kind.push is None:
                return Choice.OFF
            by_itself = Choice.ON if kind.push else Choice.OFF
        else:
            if kind.mail in {Mailed.NEVER, Mailed.ALWAYS}:
                return Choice.ON if kind.mail is Mailed.ALWAYS else Choice.OFF
            by_itself = Choice.ON if kind.mail is Mailed.ON else Choice.OFF
        return self.choices.get((kind.key, channel), by_itself)

    def after_quiet(self, now: datetime) -> datetime:
        """Now, or the end of the quiet that it falls into."""
        if self.habits.quiet is None:
            return now
        begins, ends = self.habits.quiet
        local = now.astimezone(zone_of(self.zone))
        minute = local.hour * 60 + local.minute
        if begins <= ends:
            quiet, tomorrow = begins <= minute < ends, False
        else:
            quiet, tomorrow = minute >= begins or minute < ends, minute >= begins
        return self._at(local + _DAY * tomorrow, ends) if quiet else now

    def next_digest(self, now: datetime) -> datetime:
        """The next time that the chosen hour strikes."""
        local = now.astimezone(zone_of(self.zone))
        today = self._at(local, self.habits.daily_hour * 60)
        return today if today > now else self._at(local + _DAY, self.habits.daily_hour * 60)

    def _at(self, day: datetime, minute: int) -> datetime:
        return nearest_utc(day.date(), time(minute // 60, minute % 60), zone_of(self.zone))


def read_wishes(session: Session, person_id: int) -> Wishes:
    """Everything that decides how this person is told; two statements."""
    return wishes_of(session, [person_id])[person_id]


def wishes_of(session: Session, person_ids: Collection[int]) -> dict[int, Wishes]:
    """The same of several people, in as many statements."""
    rows = session.execute(
        select(
            Person.id,
            Person.email,
            Person.bounced_email,
            func.coalesce(PersonProfile.zone, Location.zone, Tenant.zone).label("zone"),
            NoticeSetting.quiet_from,
            NoticeSetting.quiet_until,
            NoticeSetting.daily_hour,
            NoticeSetting.discreet,
        )
        .join(Tenant, Tenant.id == Person.tenant_id)
        .outerjoin(PersonProfile, _of_person(PersonProfile))
        .outerjoin(NoticeSetting, _of_person(NoticeSetting))
        .outerjoin(Location, and_(Location.tenant_id == Person.tenant_id, Location.id == Person.location_id))
        .where(Person.id.in_(person_ids))
    ).all()
    choices: dict[int, dict[tuple[str, str], Choice]] = {row.id: {} for row in rows}
    for person_id, kind, channel, choice in session.execute(
        select(
            NoticePreference.person_id,
            NoticePreference.kind,
            NoticePreference.channel,
            NoticePreference.choice,
        ).where(NoticePreference.person_id.in_(person_ids))
    ):
        choices[person_id][kind, channel] = choice
    return {
        row.id: Wishes(_habits(row), row.zone, row.bounced_email == row.email, choices[row.id])
        for row in rows
    }


def _habits(row: Any) -> Habits:
    if row.daily_hour is None:
        return Habits()
    quiet = None if row.quiet_from is None else (row.quiet_from, row.quiet_until)
    return Habits(quiet, row.daily_hour, row.discreet)


def _of_person(table: type[PersonProfile] | type[NoticeSetting]) -> ColumnElement[bool]:
    return and_(table.tenant_id == Person.tenant_id, table.person_id == Person.id)
