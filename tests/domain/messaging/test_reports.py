"""Reporting a message, and what staff see of it and do about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messaging.change import edit
from app.domain.messaging.reports import AROUND, decide, open_reports, report
from app.domain.messaging.terms import MakeReport, OwnMessage
from app.domain.messaging.thread import thread
from app.domain.notices.reading import open_notice
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.retention import forget_messages
from app.domain.privacy.settings import DEFAULTS
from app.domain.privacy.terms import Reason
from app.kernel.errors import AlreadyDecided, NotFound
from app.models import (
    AuditEntry,
    Delivery,
    Notice,
    ReportOutcome,
    ReportReason,
    SectionSetting,
    StaffLocation,
)
from app.sections import Audience
from tests.domain.messaging.conftest import Board

RUDE = MakeReport(ReportReason.RUDE, "Not the first time")


def _report(board: Board, who: str, where: int, message_id: int) -> None:
    report(board.session, board.who(who), where, message_id, RUDE, board.tick())
    board.session.commit()


def test_staff_see_the_message_and_a_little_around_it(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    said = [board.say("colleague", where, f"Line {number}").message_id for number in range(9)]
    assert open_reports(session) == []
    _report(board, "member", where, said[4])
    (view,) = open_reports(session)
    assert [line.body for line in view.lines] == [
        f"Line {number}" for number in range(4 - AROUND, 5 + AROUND)
    ]
    assert [line.body for line in view.lines if line.reported] == ["Line 4"]
    assert (view.reporter, view.sender, view.note) == ("Maya Member", "Colin Colleague", RUDE.note)


def test_several_reports_of_one_message_are_one_decision(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    sent = board.say("colleague", where, "Rude")
    for who in ("member", "desk", "member"):
        _report(board, who, where, sent.message_id)
    (view,) = open_reports(session)
    assert view.reports == 2
    decide(session, board.who("owner"), view.id, ReportOutcome.KEPT, board.tick())
    session.commit()
    assert open_reports(session) == []
    with pytest.raises(AlreadyDecided):
        decide(session, board.who("owner"), view.id, ReportOutcome.REMOVED, board.tick())


def test_a_removed_message_says_who_removed_it(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("colleague", where, "Rude")
    _report(board, "member", where, sent.message_id)
    decide(session, board.who("desk"), open_reports(session)[0].id, ReportOutcome.REMOVED, board.tick())
    session.commit()
    (line,) = thread(session, board.who("member"), where, board.tick()).lines
    assert (line.body, line.deleted, line.removed) == ("", True, True)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.removed")).one()
    assert entry.actor_id == board.tenant.people["desk"]
    assert "Rude" not in str(entry.after), "the trail says that it happened, not what was said"


def test_what_was_reported_is_kept_although_it_is_edited(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("colleague", where, "Rude")
    _report(board, "member", where, sent.message_id)
    edit(session, board.who("colleague"), where, sent.message_id, "Kind", board.tick())
    session.commit()
    (view,) = open_reports(session)
    assert (view.said, view.lines[0].body) == ("Rude", "Kind")


def test_nobody_reports_themselves_or_what_they_cannot_read(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("colleague", where, "Mine")
    with pytest.raises(OwnMessage):
        _report(board, "colleague", where, sent.message_id)
    session.rollback()
    with pytest.raises(NotFound):
        _report(board, "desk", where, sent.message_id)
    session.rollback()
    assert open_reports(session) == []


# --- staff hear of it -----------------------------------------------------------------------------------------------


def _told(board: Board) -> dict[str, int]:
    """Who has a notice of a report, and how often it was told since they read it."""
    names = {person_id: name for name, person_id in board.tenant.people.items()}
    rows = board.session.scalars(select(Notice).where(Notice.kind == "report.made"))
    return {names[row.person_id or 0]: row.times for row in rows}


def test_who_decides_hears_of_it_and_nobody_else(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("colleague", where, "Very rude words")
    assert _told(board) == {}
    _report(board, "member", where, sent.message_id)
    assert _told(board) == dict.fromkeys(("owner", "manager", "desk"), 1)
    said = [row.data for row in session.scalars(select(Notice).where(Notice.kind == "report.made"))]
    assert said == [{"message_id": sent.message_id, "reason": "rude"}] * 3
    mails = select(Delivery).join(Notice, Notice.id == Delivery.notice_id).where(Notice.kind == "report.made")
    assert {row.channel for row in session.scalars(mails)} == {"mail"}


def test_staff_of_one_location_hear_nothing_for_they_decide_nothing(board: Board, session: Session) -> None:
    place = board.tenant.locations["Leith Walk"]
    session.add(StaffLocation(person_id=board.tenant.people["desk"], location_id=place))
    session.commit()
    where = board.direct("member", "colleague")
    _report(board, "member", where, board.say("colleague", where).message_id)
    assert _told(board) == dict.fromkeys(("owner", "manager"), 1)


def test_nobody_hears_of_their_own_report_or_of_one_against_them(board: Board) -> None:
    where = board.group("member", "manager", "desk")
    _report(board, "desk", where, board.say("manager", where).message_id)
    assert _told(board) == {"owner": 1}


def test_who_decides_need_be_no_member(board: Board, session: Session) -> None:
    """Where members alone write to each other, the owner, who has no plan, hears all the same."""
    where = board.direct("member", "colleague")
    sent = board.say("colleague", where)
    session.add(SectionSetting(section="messages", enabled=True, audience=Audience.MEMBERS))
    session.commit()
    _report(board, "member", where, sent.message_id)
    assert "owner" in _told(board)


def test_several_reports_of_a_message_are_one_notice(board: Board) -> None:
    where = board.group("member", "colleague", "desk")
    first, second = board.say("colleague", where), board.say("colleague", where)
    for who in ("member", "desk", "member"):
        _report(board, who, where, first.message_id)
    assert _told(board) == {"owner": 2, "manager": 2, "desk": 1}
    _report(board, "member", where, second.message_id)
    assert len(board.session.scalars(select(Notice).where(Notice.kind == "report.made")).all()) == 6


def _decide(board: Board, sender_message: int) -> None:
    decide(
        board.session,
        board.who("owner"),
        open_reports(board.session)[0].id,
        ReportOutcome.KEPT,
        board.tick(),
    )


def _end_sender(board: Board, sender_message: int) -> None:
    goner = board.tenant.people["colleague"]
    anonymise(board.session, board.who("owner"), goner, Reason.ASKED, board.tick)


def _end_reporter(board: Board, sender_message: int) -> None:
    goner = board.tenant.people["member"]
    anonymise(board.session, board.who("owner"), goner, Reason.ASKED, board.tick)


def _let_time_pass(board: Board, sender_message: int) -> None:
    forget_messages(board.session, board.now + timedelta(days=DEFAULTS.message_days or 0, hours=1))


@pytest.mark.parametrize("end", [_decide, _end_sender, _end_reporter, _let_time_pass])
def test_the_notice_goes_when_nothing_is_left_to_decide(
    board: Board, session: Session, end: Callable[[Board, int], None]
) -> None:
    """Also one that was read; and one about another message stays."""
    where, elsewhere = board.direct("member", "colleague"), board.direct("desk", "contact")
    other = board.say("contact", elsewhere)
    sent = board.say("colleague", where)
    _report(board, "member", where, sent.message_id)
    told = session.scalars(
        select(Notice.id).where(
            Notice.kind == "report.made", Notice.person_id == board.tenant.people["owner"]
        )
    ).one()
    open_notice(session, board.tenant.people["owner"], told, board.tick())
    session.commit()
    if end is not _let_time_pass:
        _report(board, "desk", elsewhere, other.message_id)
    end(board, sent.message_id)
    session.commit()
    left = {row.about for row in session.scalars(select(Notice).where(Notice.kind == "report.made"))}
    assert left == (set() if end is _let_time_pass else {str(other.message_id)})
