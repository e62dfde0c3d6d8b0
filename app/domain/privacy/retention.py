"""Letting go of what a tenant keeps no longer, a batch at a time, so that nobody waits for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.domain.guests.expecting import forget_guests
from app.domain.house_day import house_day
from app.domain.messaging.report_news import take_back_settled
from app.domain.privacy.settings import DEFAULTS, days_kept, write_days
from app.domain.stored_file import forget_file
from app.models import (
    Attachment,
    AuditEntry,
    Booking,
    CheckIn,
    Delivery,
    LoginSession,
    Message,
    Notice,
    PaidVisit,
    PrivacySetting,
    PushDevice,
    StoredFile,
)

BATCH = 500
DEVICES_KEPT = timedelta(days=180)
_LEEWAY = timedelta(hours=1)
"""The trail's guard goes by the database's own clock, which may be behind ours."""

Step = Callable[[Session, datetime], int]
"""Forgets one batch of one kind; returns how many rows it was."""


def prepare(session: Session) -> None:
    """Write the settings that hold by default: the trail's guard believes nothing but the tenant's row."""
    if session.scalars(select(PrivacySetting.id)).first() is None:
        write_days(session, DEFAULTS)


def forget_entries(session: Session, now: datetime) -> int:
    """Entries of the audit trail."""
    days = days_kept(session).audit_days
    if days is None:
        return 0
    old = select(AuditEntry.id).where(AuditEntry.at < now - timedelta(days=days) - _LEEWAY)
    return _changed(session, delete(AuditEntry).where(AuditEntry.id.in_(_batch(old, AuditEntry.id))))


def forget_notices(session: Session, now: datetime) -> int:
    """Notices with nothing left to deliver."""
    days = days_kept(session).notice_days
    if days is None:
        return 0
    waiting = select(Delivery.notice_id).where(Delivery.next_try_at.is_not(None))
    old = select(Notice.id).where(Notice.created_at < now - timedelta(days=days), Notice.id.not_in(waiting))
    return _changed(session, delete(Notice).where(Notice.id.in_(_batch(old, Notice.id))))


def forget_sessions(session: Session, now: datetime) -> int:
    """Browsers that were not seen for so long: they have to sign in again."""
    days = days_kept(session).session_days
    if days is None:
        return 0
    old = select(LoginSession.id).where(LoginSession.last_seen_at < now - timedelta(days=days))
    return _changed(session, delete(LoginSession).where(LoginSession.id.in_(_batch(old, LoginSession.id))))


def forget_words(session: Session, now: datetime) -> int:
    """Titles of bookings that are long over, and the reasons they were cancelled for."""
    days = days_kept(session).booking_days
    if days is None:
        return 0
    old = select(Booking.id).where(
        Booking.ends_at < now - timedelta(days=days), or_(Booking.title != "", Booking.cancel_reason != "")
    )
    return _changed(
        session,
        update(Booking).where(Booking.id.in_(_batch(old, Booking.id))).values(title="", cancel_reason=""),
    )


def forget_check_ins(session: Session, now: datetime) -> int:
    """That somebody was in the house."""
    days = days_kept(session).check_in_days
    if days is None:
        return 0
    # What a pass is still to pay for is used first, and hours are charged
    running = select(PaidVisit.id).where(PaidVisit.charged_minor.is_(None))
    visit = CheckIn.paid_visit_id
    settled = and_(CheckIn.held_minutes == 0, or_(visit.is_(None), visit.not_in(running)))
    old = select(CheckIn.id).where(CheckIn.ends_at < now - timedelta(days=days), settled)
    return _changed(session, delete(CheckIn).where(CheckIn.id.in_(_batch(old, CheckIn.id))))


def forget_paid_visits(session: Session, now: datetime) -> int:
    """That somebody paid for a visit, once its check-ins are forgotten; what it cost stands on the invoice."""
    days = days_kept(session).check_in_days
    if days is None:
        return 0
    named = exists().where(CheckIn.tenant_id == PaidVisit.tenant_id, CheckIn.paid_visit_id == PaidVisit.id)
    before = house_day(session, now) - timedelta(days=days)
    old = select(PaidVisit.id).where(PaidVisit.day < before, PaidVisit.charged_minor.is_not(None), ~named)
    return _changed(session, delete(PaidVisit).where(PaidVisit.id.in_(_batch(old, PaidVisit.id))))


def forget_messages(session: Session, now: datetime) -> tuple[int, list[str]]:
    """Messages between people, with what hangs on them; also the digests of files that nothing shows any more."""
    days = days_kept(session).message_days
    if days is None:
        return 0, []
    old = session.scalars(
        _batch(select(Message.id).where(Message.sent_at < now - timedelta(days=days)), Message.id)
    ).all()
    digests = session.scalars(
        select(StoredFile.digest)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .where(Attachment.message_id.in_(old))
        .distinct()
    ).all()
    count = _changed(session, delete(Message).where(Message.id.in_(old)))
    take_back_settled(session)
    return count, [digest for digest in digests if forget_file(session, digest)]


def forget_devices(session: Session, now: datetime) -> int:
    """Devices that took push messages, and whose browser has not said for half a year that it still does."""
    old = select(PushDevice.id).where(PushDevice.last_seen_at < now - DEVICES_KEPT)
    return _changed(session, delete(PushDevice).where(PushDevice.id.in_(_batch(old, PushDevice.id))))


STEPS: tuple[Step, ...] = (
    forget_entries,
    forget_notices,
    forget_sessions,
    forget_words,
    forget_check_ins,
    forget_paid_visits,
    forget_devices,
    forget_guests,
)


def _batch(old: Select[int], key: Any) -> Select[int]:
    return old.order_by(key).limit(BATCH)


def _changed(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
