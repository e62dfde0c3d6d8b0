"""A message tells whom it reaches, once for a conversation, and what they were told goes the way of the message."""

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain.live import take_changes
from app.domain.messaging.blocks import block
from app.domain.messaging.change import delete_message, edit
from app.domain.messaging.members import leave, mute
from app.domain.messaging.reading import mark_read
from app.domain.messaging.send import send
from app.domain.messaging.terms import SendMessage
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.models import Notice
from tests.domain.messaging.conftest import Board


def _told(board: Board, who: str) -> list[Notice]:
    board.session.expire_all()
    return list(
        board.session.scalars(
            select(Notice).where(
                Notice.person_id == board.tenant.people[who], Notice.kind == "message.received"
            )
        )
    )


def test_one_notice_says_the_latest_of_a_conversation(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    board.say("member", where, "First")
    last = board.say("member", where, "Last\nof them")
    (notice,) = _told(board, "colleague")
    assert (notice.data["text"], notice.times, notice.read_at) == ("Last of them", 2, None)
    assert notice.data["from"] == board.who("member").name
    assert _told(board, "member") == []
    assert mark_read(session, board.who("colleague"), where, last.message_id, board.tick())
    session.commit()
    (notice,) = _told(board, "colleague")
    assert notice.read_at is not None
    board.say("member", where, "Again")
    assert [each.data["text"] for each in _told(board, "colleague")] == ["Last of them", "Again"]


def test_nobody_is_told_who_wants_or_may_hear_nothing(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk", "manager")
    board.say("member", where)
    names = ("colleague", "desk", "manager")
    assert [len(_told(board, each)) for each in names] == [1, 1, 1]
    mute(session, board.who("colleague"), where, muted=True)
    block(session, board.who("desk"), board.tenant.people["member"], board.tick())
    leave(session, board.who("manager"), where)
    session.commit()
    board.say("member", where)
    assert [_told(board, each)[0].times for each in names] == [1, 1, 1]


def test_what_is_edited_or_deleted_is_quoted_nowhere(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("member", where, "The old words")
    edit(session, board.who("member"), where, sent.message_id, "The new words", board.tick())
    session.commit()
    assert _told(board, "colleague")[0].data["text"] == "The new words"
    delete_message(session, board.who("member"), where, sent.message_id, board.tick())
    session.commit()
    assert _told(board, "colleague")[0].data["text"] == ""


def test_who_is_nobody_any_more_is_quoted_nowhere(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    board.say("member", where, "Mine")
    board.say("desk", board.direct("desk", "colleague"), "Theirs")
    assert sorted(each.data["text"] for each in _told(board, "colleague")) == ["Mine", "Theirs"]
    anonymise(session, board.who("owner"), board.tenant.people["member"], Reason.ASKED, board.tick)
    session.commit()
    assert [each.data["text"] for each in _told(board, "colleague")] == ["Theirs"]


def test_open_pages_of_those_who_hear_it_ask_again(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    block(session, board.who("desk"), board.tenant.people["member"], board.tick())
    session.commit()
    take_changes(session)
    send(session, board.who("member"), where, SendMessage("Hello"), board.tick())
    people = board.tenant.people
    heard = {change.what: change.topics for change in take_changes(session)}
    assert heard[f"messages.{where}"] == {f"p{people['member']}", f"p{people['colleague']}"}
    assert heard["inbox"] == {f"p{people['colleague']}"}
    session.rollback()


def test_telling_a_large_group_asks_no_more_than_telling_a_small_one(board: Board, session: Session) -> None:
    small = board.group("member", "colleague", "desk")
    large = board.group("member", "colleague", "desk", "manager", "owner")

    def asked(where: int) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            # Each row is written by itself where the database cannot say which of several got which id.
            if not statement.startswith("INSERT"):
                sent.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        board.say("member", where)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    for _first_then_again in range(2):
        few, many = asked(small), asked(large)
        assert few == many
    assert [_told(board, each)[-1].times for each in ("desk", "manager")] == [2, 2]
