"""What was noted with `domain.live.changed` goes to the hubs when it is committed; nobody has to remember it."""

from typing import cast

from flask import Flask, current_app
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.domain.live import Change, forget_changes, take_changes
from app.live.wire import CHANNEL, events
from app.ports import Live
from app.tenancy import reviewed
from app.web.database import db


def init_live(app: Flask, live: Live | None) -> None:
    """`live` brings events to the hubs; without it PostgreSQL does, as a part of the transaction."""
    app.extensions["portico_live"] = live


def _write(session: Session) -> None:
    """Let the database tell it when, and only if, the transaction is committed."""
    if session.in_nested_transaction() or _live() is not None:
        return
    for message in _messages(take_changes(session)):
        session.execute(reviewed(select(func.pg_notify(CHANNEL, message.decode()))))


def _tell(session: Session) -> None:
    live = _live()
    if session.in_nested_transaction() or live is None:
        return
    for message in _messages(take_changes(session)):
        live.tell(message)


def _forget(session: Session) -> None:
    # What a savepoint takes back may be told all the same: somebody asks once too often.
    if not session.in_nested_transaction():
        forget_changes(session)


def _messages(changes: list[Change]) -> list[bytes]:
    return [message for change in changes for message in events(change.tenant_id, change.what, change.topics)]


def _live() -> Live | None:
    return cast("Live | None", current_app.extensions["portico_live"])


event.listen(db.session, "before_commit", _write)
event.listen(db.session, "after_commit", _tell)
event.listen(db.session, "after_rollback", _forget)
