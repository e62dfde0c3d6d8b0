"""A list of people to invite: kept while somebody looks it over, checked as it would be sent now, then sent."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record, record_row
from app.domain.joining.invitation_file import Line
from app.domain.joining.invitations import already_invited, let_expired_go, new_invitation, notice_of
from app.domain.joining.settings import read_joining
from app.domain.joining.words import LIST_LIFETIME, AlreadyInvited, Invite, JoiningClosed
from app.domain.lookup import one
from app.domain.people.names import check_names
from app.domain.people.terms import BadName
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.folding import fold
from app.models import Delivery, InvitationList, JoiningMode, Location, Person, Plan
from app.notice_kinds import Channel
from app.tenancy import begin_writing


class RowFault(StrEnum):
    """Why a row is left out."""

    BAD_TEXT = "bad_text"
    """Characters that cannot be shown, or more of them than fit."""
    BAD_EMAIL = "bad_email"
    BAD_NAME = "bad_name"
    TWICE = "twice"
    KNOWN = "known"
    INVITED = "invited"
    UNKNOWN_LOCATION = "unknown_location"
    UNKNOWN_PLAN = "unknown_plan"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the file. `faults` are those of its shape, which only whoever reads files can tell."""

    line: Line
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A line with all its faults; without any, the invitation that would be sent."""

    line: Line
    faults: tuple[RowFault, ...]
    command: Invite | None


@dataclass(frozen=True, slots=True)
class CheckedList:
    rows: tuple[CheckedRow, ...]

    @property
    def ready(self) -> list[CheckedRow]:
        return [each for each in self.rows if each.command is not None]

    @property
    def wrong(self) -> list[CheckedRow]:
        return [each for each in self.rows if each.command is None]


def keep_list(session: Session, actor: Actor, rows: Iterable[ListRow], message: str, clock: Clock) -> int:
    """Keep a list for two hours and tell nobody anything; returns its id."""
    begin_writing(session)
    now = clock()
    kept = InvitationList(
        uploaded_by_id=actor.person_id,
        rows=[_as_json(row) for row in rows],
        message=message,
        created_at=now,
        expires_at=now + LIST_LIFETIME,
    )
    session.add(kept)
    session.flush()
    record_row(session, actor, now, kept, "uploaded", after={"rows": len(kept.rows)})
    session.flush()
    return kept.id


def look_over(session: Session, list_id: int, now: datetime) -> CheckedList:
    """Every row as it would be sent now. Six statements, however many rows. Raises NotFound."""
    return _checked(session, _kept(session, list_id, now), now)


def send_list(session: Session, actor: Actor, list_id: int, origin: str, clock: Clock) -> int:
    """Invite everybody whose row is right, and forget the list; returns how many.

    Raises NotFound, JoiningClosed, and AlreadyInvited when somebody else invited one of them at the same moment.
    """
    begin_writing(session)
    now = clock()
    kept = _kept(session, list_id, now, lock=True)
    if read_joining(session).mode is JoiningMode.OFF:
        raise JoiningClosed
    commands = [each.command for each in _checked(session, kept, now).rows if each.command is not None]
    session.delete(kept)
    let_expired_go(session, [command.email.casefold() for command in commands], now)
    invitations = [new_invitation(command, now, invited_by_id=actor.person_id) for command in commands]
    session.add_all(invitations)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise AlreadyInvited from error
    notices = [notice_of(invitation, origin, now) for invitation in invitations]
    session.add_all(notices)
    session.flush()
    session.add_all(
        Delivery(notice_id=notice.id, channel=Channel.MAIL, next_try_at=now) for notice in notices
    )
    for invitation in invitations:
        record_row(session, actor, now, invitation, "created", after={"email": invitation.email})
    record(
        session,
        now,
        actor.person_id,
        "invitation_list.sent",
        subject="invitation_list",
        subject_id=list_id,
        after={"invitations": len(invitations)},
    )
    session.flush()
    return len(invitations)


def forget_old_lists(session: Session, now: datetime) -> None:
    """Delete the lists that nobody looked over to the end."""
    session.execute(delete(InvitationList).where(InvitationList.expires_at <= now))


def _kept(session: Session, list_id: int, now: datetime, *, lock: bool = False) -> InvitationList:
    kept = one(session, InvitationList, list_id, lock=lock)
    if kept.expires_at <= now:
        raise NotFound
    return kept


def _checked(session: Session, kept: InvitationList, now: datetime) -> CheckedList:
    rows = [_from_json(row) for row in kept.rows]
    keys = list({row.line.email.casefold() for row in rows})
    known = set(session.execute(select(Person.email_key).where(Person.email_key.in_(keys))).scalars())
    invited = already_invited(session, keys, now)
    places = _by_name(
        session.execute(select(Location.name, Location.id).where(Location.retired_at.is_(None)))
    )
    plans = _by_name(session.execute(select(Plan.name, Plan.id).where(Plan.retired_at.is_(None))))
    seen: Counter[str] = Counter()
    checked = []
    for row in rows:
        line = row.line
        key = line.email.casefold()
        seen[key] += 1
        faults = [*row.faults, *_name_faults(line)]
        if RowFault.BAD_EMAIL not in faults:
            # Of rows that are there twice the first one is sent.
            faults += [RowFault.TWICE] if seen[key] > 1 else []
            faults += [RowFault.KNOWN] if key in known else []
            faults += [RowFault.INVITED] if key in invited else []
        if line.location and fold(line.location) not in places:
            faults.append(RowFault.UNKNOWN_LOCATION)
        if line.plan and fold(line.plan) not in plans:
            faults.append(RowFault.UNKNOWN_PLAN)
        command = None if faults else _command(line, places, plans, kept.message)
        checked.append(CheckedRow(line, tuple(faults), command))
    return CheckedList(tuple(checked))


def _name_faults(line: Line) -> Sequence[RowFault]:
    if not line.first_name and not line.last_name:
        return ()
    try:
        check_names(line.first_name, line.last_name)
    except BadName:
        return (RowFault.BAD_NAME,)
    return ()


def _command(line: Line, places: Mapping[str, int], plans: Mapping[str, int], message: str) -> Invite:
    return Invite(
        line.email,
        line.first_name,
        line.last_name,
        places.get(fold(line.location)),
        plans.get(fold(line.plan)),
        message,
    )


def _by_name(pairs: Iterable[Any]) -> dict[str, int]:
    return {fold(name): row_id for name, row_id in pairs}


def _as_json(row: ListRow) -> dict[str, Any]:
    return {**asdict(row.line), "faults": [fault.value for fault in row.faults]}


def _from_json(row: dict[str, Any]) -> ListRow:
    texts = {key: value for key, value in row.items() if key != "faults"}
    return ListRow(Line(**texts), tuple(RowFault(fault) for fault in row["faults"]))
