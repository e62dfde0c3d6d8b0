"""Calendars of elsewhere, read every quarter of an hour: asked for and understood outside of any transaction, then blocked."""

import logging
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from app.domain.calendars.outside import Due, due, note_fault, note_reading
from app.domain.calendars.reading import Reading, read_busy
from app.domain.calendars.terms import Fault, Unreadable
from app.jobs.claiming import OpenSession
from app.jobs.guarding import guarded
from app.kernel.clock import Clock
from app.kernel.walltime import zone
from app.ports import CalendarAnswer, CalendarSource, FetchFault, FetchRefused, SecretBox
from app.tenancy import tenant_session

_AT_ONCE = 50
"""Of one tenant and minute; what is left is next."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CalendarTools:
    """What reading calendars takes: who asks for them, and the box that their addresses are in."""

    source: CalendarSource
    box: SecretBox


def read_calendars(open_session: OpenSession, tenant_id: int, tools: CalendarTools, clock: Clock) -> int:
    """Read those of one tenant that are due; returns how many were. Safe at any time, and to be stopped anywhere."""
    with tenant_session(open_session, tenant_id) as session:
        waiting = due(session, tools.box, clock(), _AT_ONCE)
    for each in waiting:
        read = partial(_read, open_session, tenant_id, tools, each, clock)
        if guarded(read, "calendar %s could not be read", each.id) is None:
            note = partial(_note_fault, open_session, tenant_id, each, Fault.FAILED, "")
            guarded(note, "that calendar %s failed could not be noted", each.id)
    return len(waiting)


def _read(open_session: OpenSession, tenant_id: int, tools: CalendarTools, asked: Due, clock: Clock) -> bool:
    """Whether it was understood; where it was not, that is noted."""
    try:
        answer = tools.source.ask(asked.address, asked.etag)
        reading = None if _is_unchanged(answer, asked) else _understood(answer, asked)
    except FetchRefused as refused:
        _note_fault(open_session, tenant_id, asked, refused.fault, refused.detail)
    except Unreadable as wrong:
        _note_fault(open_session, tenant_id, asked, wrong.fault, wrong.detail)
    else:
        with tenant_session(open_session, tenant_id) as session:
            note_reading(session, asked, reading, answer.etag, clock)
        return True
    return False


def _is_unchanged(answer: CalendarAnswer, asked: Due) -> bool:
    return bool(asked.etag) and answer.data is None


def _understood(answer: CalendarAnswer, asked: Due) -> Reading:
    if answer.status != HTTPStatus.OK or answer.data is None:
        raise Unreadable(Fault.BAD_STATUS, str(answer.status))
    return read_busy(answer.data, zone(asked.zone), asked.window)


def _note_fault(
    open_session: OpenSession, tenant_id: int, asked: Due, fault: Fault | FetchFault, detail: str
) -> None:
    _log.info("calendar %s of tenant %s: %s (%s)", asked.id, tenant_id, fault, detail)
    with tenant_session(open_session, tenant_id) as session:
        note_fault(session, asked, fault, detail)
