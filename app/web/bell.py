"""After every commit that wrote something to deliver, the worker is woken; nobody has to remember it."""

from typing import Any

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.jobs.work import Work
from app.models import Announcement, AnnouncementState, BillingRun, DataCopy, Delivery, RunState
from app.tenancy import tenant_of
from app.web.database import db

_WAITING = "portico_deliveries_waiting"


def init_bell(app: Flask, work: Work) -> None:
    """Ring for `work` whenever a session of this application has committed deliveries, a wish for a copy of one's
    data or for a run of billing, or an announcement to send."""
    app.extensions["portico_work"] = work


def _notice_deliveries(session: Session, _context: Any) -> None:
    if any(isinstance(row, (DataCopy, Delivery)) or _is_asked(row) for row in session.new) or any(
        _begins_to_send(row) or _is_anew(row) for row in session.dirty
    ):
        session.info[_WAITING] = True


def _begins_to_send(row: object) -> bool:
    return isinstance(row, Announcement) and row.state is AnnouncementState.SENDING


def _is_anew(row: object) -> bool:
    """A delivery that begins again from nothing; one that failed has its next try in time."""
    return isinstance(row, Delivery) and row.next_try_at is not None and not row.attempts


def _is_asked(row: object) -> bool:
    return isinstance(row, BillingRun) and row.state is RunState.ASKED


def _ring(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop(_WAITING, False):
        return
    try:
        current_app.extensions["portico_work"].ring(tenant_of(session))
    except Exception:
        # The mail is in the database, and the worker's next sweep takes it.
        current_app.logger.exception("the worker could not be woken")


def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)


event.listen(db.session, "after_flush", _notice_deliveries)
event.listen(db.session, "after_commit", _ring)
event.listen(db.session, "after_rollback", _forget)
