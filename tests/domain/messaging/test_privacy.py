"""What becomes of messages: in an archive, at the end of an account, at a merger, and after their time."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.messaging.blocks import block
from app.domain.messaging.thread import thread
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.archive import write_archive
from app.domain.privacy.merge import merge_people
from app.domain.privacy.retention import forget_messages
from app.domain.privacy.settings import DEFAULTS, Days, write_days
from app.domain.privacy.terms import Merge, Reason
from app.models import Attachment, Message, StoredFile
from tests.domain.messaging.conftest import Board


def _archive(board: Board, who: str) -> dict[str, Any]:
    packed = BytesIO()
    write_archive(board.session, board.tenant.people[who], packed, lambda _digest: None, lambda _names: "")
    with zipfile.ZipFile(packed) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def _count(session: Session) -> int:
    return session.scalars(select(func.count(Message.id))).one()


def _clock(board: Board) -> Callable[[], Any]:
    return board.tick


def test_an_archive_holds_what_one_wrote_and_nothing_of_a_block(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    board.say("member", where, "Mine")
    board.say("colleague", where, "Theirs")
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    board.say("member", where, "Unheard")
    mine, theirs = _archive(board, "member"), _archive(board, "colleague")
    assert [each["body"] for each in mine["written.json"]] == ["Mine", "Unheard"]
    assert mine["blocks.json"] == []
    assert "withheld" not in json.dumps(mine)
    assert [each["body"] for each in theirs["written.json"]] == ["Theirs"]
    assert len(theirs["blocks.json"]) == 1
    assert "Unheard" not in json.dumps(theirs)


def test_at_the_end_of_an_account_its_words_are_gone(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    board.say("member", where, "Mine")
    board.say("colleague", where, "Theirs")
    anonymise(session, board.who("owner"), board.tenant.people["member"], Reason.ASKED, _clock(board))
    session.commit()
    lines = thread(session, board.who("colleague"), where, board.tick()).lines
    assert [line.body for line in lines] == ["Theirs"]


def test_a_merger_takes_conversations_along(board: Board, session: Session) -> None:
    where = board.direct("colleague", "desk")
    shared = board.group("member", "colleague", "desk")
    board.say("colleague", where, "To the desk", "the-same-id")
    board.say("member", shared, "From the one", "the-same-id")
    board.say("colleague", shared, "From the other")
    kept, gone = board.tenant.people["member"], board.tenant.people["colleague"]
    merge_people(session, board.who("owner"), Merge(kept, gone), _clock(board))
    session.commit()
    for place, words in ((where, ["To the desk"]), (shared, ["From the one", "From the other"])):
        lines = thread(session, board.who("member"), place, board.tick()).lines
        assert [(line.body, line.mine) for line in lines] == [(each, True) for each in words]


def test_what_is_older_than_the_setting_goes_with_its_files(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    old = board.say("member", where, "Long ago").message_id
    stored = StoredFile(digest="d" * 64, mime="application/pdf", size=1, created_at=board.now)
    session.add(stored)
    session.flush()
    session.add(Attachment(message_id=old, file_id=stored.id, name="plan.pdf"))
    session.commit()
    board.now += timedelta(days=400)
    board.say("member", where, "Today")
    assert forget_messages(session, board.now) == (0, [])
    write_days(session, Days(message_days=365))
    assert forget_messages(session, board.now) == (1, ["d" * 64])
    session.commit()
    assert _count(session) == 1
    assert session.scalars(select(StoredFile)).all() == []
    write_days(session, Days(message_days=None))
    assert forget_messages(session, board.now + timedelta(days=9999)) == (0, [])
    assert DEFAULTS.message_days == 730
