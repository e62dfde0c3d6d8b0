"""What somebody wants to be told how: read and changed on one page, and by the link in a digest."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.notices.wishes import Habits, Wishes, read_wishes
from app.models import Choice, Delivery, Notice, NoticePreference, NoticeSetting
from app.notice_kinds import BY_KEY, KINDS, Channel, NoticeKind
from app.tenancy import begin_writing

Choices = Mapping[tuple[str, Channel], Choice]
_DIGEST = BY_KEY["digest.daily"]


def kinds_for(actor: Actor) -> list[NoticeKind]:
    """The kinds that this person can be told of and choose about."""
    return [
        kind
        for kind in KINDS
        if kind.chosen and kind.in_app and (kind.permission is None or kind.permission in actor.permissions)
    ]


def save_wishes(session: Session, actor: Actor, habits: Habits, choices: Choices, now: datetime) -> None:
    """Keep what somebody wants. What waits for their digest comes at the hour that they chose."""
    begin_writing(session)
    _write_habits(session, actor.person_id, habits)
    for (key, channel), choice in choices.items():
        _write_choice(session, actor.person_id, BY_KEY[key], channel, choice)
    session.flush()
    wishes = read_wishes(session, actor.person_id)
    session.execute(
        update(Delivery)
        .where(
            Delivery.channel == Channel.DIGEST,
            Delivery.next_try_at.is_not(None),
            Delivery.notice_id.in_(select(Notice.id).where(Notice.person_id == actor.person_id)),
        )
        .values(next_try_at=wishes.next_digest(now)),
        execution_options={"synchronize_session": False},
    )


def stop_digest(session: Session, person_id: int) -> None:
    """No more digests for this person: what would have waited for one stays in the inbox alone. Safe to repeat."""
    begin_writing(session)
    session.execute(
        update(NoticePreference)
        .where(NoticePreference.person_id == person_id, NoticePreference.choice == Choice.DIGEST)
        .values(choice=Choice.OFF)
    )
    of_person = select(Notice.id).where(Notice.person_id == person_id)
    session.execute(
        delete(Delivery).where(
            Delivery.notice_id.in_(of_person),
            Delivery.channel == Channel.DIGEST,
            Delivery.next_try_at.is_not(None),
        ),
        execution_options={"synchronize_session": False},
    )


def _write_habits(session: Session, person_id: int, habits: Habits) -> None:
    row = session.scalars(select(NoticeSetting).where(NoticeSetting.person_id == person_id)).one_or_none()
    if row is None:
        row = NoticeSetting(person_id=person_id)
        session.add(row)
    row.quiet_from, row.quiet_until = habits.quiet or (None, None)
    row.daily_hour, row.discreet = habits.daily_hour, habits.discreet


def _write_choice(
    session: Session, person_id: int, kind: NoticeKind, channel: Channel, choice: Choice
) -> None:
    """A row only where the wish differs from what the kind does by itself, so that it follows when that changes."""
    which = (
        NoticePreference.person_id == person_id,
        NoticePreference.kind == kind.key,
        NoticePreference.channel == channel,
    )
    row = session.scalars(select(NoticePreference).where(*which)).one_or_none()
    if choice is Wishes().choice(kind, channel):
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(
            NoticePreference(person_id=person_id, kind=kind.key, channel=channel.value, choice=choice)
        )
    else:
        row.choice = choice
