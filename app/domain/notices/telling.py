"""Telling somebody something: a notice and its deliveries, written in the transaction that made it true."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.live import changed
from app.domain.notices.wishes import Wishes, wishes_of
from app.domain.portal import section_is_open_to
from app.domain.push_devices import with_device
from app.models import Choice, Delivery, Notice
from app.notice_kinds import BY_KEY, Channel, Mailed, NoticeKind


def tell(
    session: Session,
    now: datetime,
    person_id: int,
    kind: str,
    data: dict[str, Any],
    *,
    email: str | None = None,
) -> Notice | None:
    """Tell one person something, by every way that they want; mail goes to `email` when that is not the address they have.

    `kind` is one of `app.notice_kinds`; `data` holds plain JSON values and no secrets. Nothing is sent before the
    caller's transaction commits. An unread notice about the same thing takes up the news. Returns None, having told
    nobody, when the kind's section is off for the person.
    """
    return next(iter(tell_all(session, now, [person_id], kind, data, email=email)), None)


def tell_all(
    session: Session,
    now: datetime,
    person_ids: Collection[int],
    kind: str,
    data: dict[str, Any],
    *,
    email: str | None = None,
) -> list[Notice]:
    """Tell several people the same. Asks no more of the database than for one."""
    return tell_each(session, now, dict.fromkeys(person_ids, data), kind, email=email)


def tell_each(
    session: Session,
    now: datetime,
    news: Mapping[int, dict[str, Any]],
    kind: str,
    *,
    email: str | None = None,
) -> list[Notice]:
    """Tell several people each their own news of one kind, by their ids. Asks no more of the database than for one."""
    known = BY_KEY[kind]
    person_ids: Collection[int] = news
    if known.section is not None:
        person_ids = section_is_open_to(session, known.section, news, now)
    if not person_ids:
        return []
    topics = {person_id: str(news[person_id].get(known.topic, "")) for person_id in person_ids}
    unread = _unread(session, topics, kind) if any(topics.values()) else {}
    notices: dict[int, Notice] = {}
    for person_id in sorted(person_ids):
        data, about = news[person_id], topics[person_id]
        notice = unread.get(person_id)
        if notice is None:
            notice = Notice(
                person_id=person_id,
                email=email,
                kind=kind,
                data=data,
                about=about,
                in_app=known.in_app,
                created_at=now,
            )
            session.add(notice)
        else:
            notice.data, notice.created_at, notice.times = data, now, notice.times + 1
        notices[person_id] = notice
    session.flush()
    if known.in_app:
        changed(session, "inbox", people=person_ids)
    _deliver_all(session, known, notices, now)
    return list(notices.values())


def tell_address(session: Session, now: datetime, email: str, kind: str, data: dict[str, Any]) -> Notice:
    """The same for an address that belongs to nobody yet, by mail. `data` may hold its reader's `first_name` and `locale`."""
    return post(session, Notice(email=email, kind=BY_KEY[kind].key, data=data, created_at=now), now)


def post(session: Session, notice: Notice, now: datetime) -> Notice:
    """Have a notice mailed whose kind is only ever mailed."""
    session.add(notice)
    session.flush()
    _deliver(session, notice, Channel.MAIL, now)
    return notice


def mail_again(session: Session, notice: Notice, now: datetime) -> None:
    """Have a notice mailed now, whether or not it was mailed before or its person wants mail of its kind: somebody asks
    for it. Within the transaction that told it."""
    session.flush()
    known = _deliveries(session, [notice]).get((notice.id, Channel.MAIL))
    if known is None:
        session.add(Delivery(notice_id=notice.id, channel=Channel.MAIL, next_try_at=now))
    else:
        _begin_anew(known, now)
    session.flush()


def _unread(session: Session, topics: Mapping[int, str], kind: str) -> dict[int, Notice]:
    """Each person's newest notice about their topic that they have yet to read."""
    rows = session.scalars(
        select(Notice)
        .where(
            Notice.person_id.in_(topics),
            Notice.kind == kind,
            Notice.about.in_(set(topics.values()) - {""}),
            Notice.in_app,
            Notice.read_at.is_(None),
        )
        .order_by(Notice.id)
        .with_for_update()
    )
    return {person_id: row for row in rows if (person_id := row.person_id) and row.about == topics[person_id]}


def _deliver_all(session: Session, kind: NoticeKind, notices: dict[int, Notice], now: datetime) -> None:
    """By which channels each person hears of it, and when each may begin."""
    wishes = wishes_of(session, notices) if kind.chosen else {}
    reached = with_device(session, notices) if kind.push is not None else set()
    known = _deliveries(session, notices.values())
    for person_id, notice in notices.items():
        ways = {Channel.MAIL: now} if kind.mail is Mailed.ALWAYS else {}
        if person_id in wishes:
            ways |= _mail(kind, wishes[person_id], now)
        if person_id in wishes and person_id in reached:
            ways |= _push(kind, wishes[person_id], now)
        for channel, at in ways.items():
            _deliver(session, notice, channel, at, known.get((notice.id, channel)))


def _deliveries(session: Session, notices: Iterable[Notice]) -> dict[tuple[int, str], Delivery]:
    rows = session.scalars(select(Delivery).where(Delivery.notice_id.in_([each.id for each in notices])))
    return {(row.notice_id, row.channel): row for row in rows}


def _mail(kind: NoticeKind, wishes: Wishes, now: datetime) -> dict[Channel, datetime]:
    if wishes.mail_bounces:
        return {}
    match wishes.choice(kind, Channel.MAIL):
        case Choice.ON if kind.mail is not Mailed.ALWAYS:
            return {Channel.MAIL: now + kind.mail_after}
        case Choice.DIGEST:
            return {Channel.DIGEST: wishes.next_digest(now)}
        case _:
            return {}


def _push(kind: NoticeKind, wishes: Wishes, now: datetime) -> dict[Channel, datetime]:
    if wishes.choice(kind, Channel.PUSH) is not Choice.ON:
        return {}
    # What keeps an account safe does not wait for the morning.
    return {Channel.PUSH: now if kind.mail is Mailed.ALWAYS else wishes.after_quiet(now)}


def _deliver(
    session: Session, notice: Notice, channel: Channel, at: datetime, known: Delivery | None = None
) -> None:
    """Have it delivered once; a device is told again of each news, for its banner says the latest."""
    if known is None:
        session.add(Delivery(notice_id=notice.id, channel=channel, next_try_at=at))
    elif channel is Channel.PUSH:
        _begin_anew(known, at)


def _begin_anew(delivery: Delivery, at: datetime) -> None:
    delivery.next_try_at, delivery.delivered_at, delivery.gave_up_at, delivery.attempts = at, None, None, 0
