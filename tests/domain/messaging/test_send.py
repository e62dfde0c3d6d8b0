"""Saying something: once, into one's own conversations, and to nobody who does not want to hear it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.directory.index import index_people
from app.domain.live import person_topic, take_changes
from app.domain.messaging.blocks import block, blocked_by, blocking, unblock
from app.domain.messaging.change import delete_message, edit, react
from app.domain.messaging.drafts import keep_draft
from app.domain.messaging.finding import message_in
from app.domain.messaging.listing import mailbox
from app.domain.messaging.members import add_people, leave
from app.domain.messaging.people import find_people
from app.domain.messaging.search import search
from app.domain.messaging.send import send, who_hears
from app.domain.messaging.start import start_direct
from app.domain.messaging.terms import (
    CHANGEABLE_FOR,
    BlocksThem,
    HasLeft,
    NothingToSend,
    SendMessage,
    TooLate,
)
from app.domain.messaging.thread import thread
from app.kernel.errors import NotFound
from app.models import Message, Person
from tests.domain.messaging.conftest import Board


def _read(board: Board, who: str, where: int) -> list[str]:
    return [line.body for line in thread(board.session, board.who(who), where, board.tick()).lines]


def test_the_same_client_id_is_one_message(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    first = board.say("member", where, "Hello", "client-id-1")
    again = board.say("member", where, "Hello", "client-id-1")
    other = board.say("member", where, "Hello", "client-id-2")
    assert (again.message_id, again.again) == (first.message_id, True)
    assert other.message_id != first.message_id
    assert session.scalar(select(func.count(Message.id))) == 2


def test_the_same_id_of_somebody_else_is_their_own_message(board: Board) -> None:
    where = board.direct("member", "colleague")
    mine = board.say("member", where, "Mine", "client-id-1")
    theirs = board.say("colleague", where, "Theirs", "client-id-1")
    assert mine.message_id != theirs.message_id


def test_a_stranger_finds_nothing(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("member", where, "Between us")
    assert _read(board, "colleague", where) == ["Between us"]
    with pytest.raises(NotFound):
        board.say("desk", where)
    session.rollback()
    assert _read(board, "desk", where) == []
    assert search(session, board.who("desk"), "between") == []
    with pytest.raises(NotFound):
        message_in(session, board.who("desk"), where, sent.message_id)
    with pytest.raises(NotFound):
        mailbox(session, board.who("desk"), where).row(where)


def test_nothing_is_no_message(board: Board) -> None:
    where = board.direct("member", "colleague")
    with pytest.raises(NothingToSend):
        board.say("member", where, "")


def test_there_is_one_conversation_for_each_two_people(board: Board) -> None:
    assert board.direct("member", "colleague") == board.direct("colleague", "member")
    assert board.direct("member", "desk") != board.direct("member", "colleague")


def test_who_is_not_listed_cannot_be_written_to_by_strangers(board: Board, session: Session) -> None:
    contact = board.tenant.people["contact"]
    with pytest.raises(NotFound):
        board.direct("member", "contact")
    session.rollback()
    assert contact not in {each.person_id for each in find_people(session, board.who("member"), "")}
    # The opposite: the front desk knows everybody, and from then on they share a conversation.
    where = board.direct("desk", "contact")
    board.say("contact", where, "Hello")
    assert contact in {each.person_id for each in find_people(session, board.who("desk"), "conny")}


def test_a_hidden_company_finds_nobody(board: Board, session: Session) -> None:
    colleague = session.get_one(Person, board.tenant.people["colleague"])
    colleague.company = "Tidewise"
    session.flush()
    index_people(session, [colleague.id])
    session.commit()
    found = find_people(session, board.who("member"), "tidewise")
    assert [each.person_id for each in found] == [colleague.id]
    assert find_people(session, board.who("contact"), "tidewise") == [], "shown to members alone"


def test_a_blocked_person_seems_to_send_and_is_not_heard(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    board.say("member", where, "Before")
    assert board.tenant.people["colleague"] in board.say("member", where, "Heard").hearers
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    sent = board.say("member", where, "Unheard")
    assert sent.hearers == frozenset()
    assert _read(board, "member", where) == ["Before", "Heard", "Unheard"]
    assert _read(board, "colleague", where) == ["Before", "Heard"]
    assert search(session, board.who("colleague"), "unheard") == []
    assert who_hears(session, board.who("member"), where) == set()
    row = mailbox(session, board.who("colleague")).row(where)
    assert row.last is not None
    assert (row.last.body, row.unread) == ("Heard", 2)


def test_what_a_blocked_person_wrote_stays_unheard(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    board.say("member", where, "Meanwhile")
    unblock(session, board.who("colleague"), board.tenant.people["member"])
    session.commit()
    board.say("member", where, "Afterwards")
    assert _read(board, "colleague", where) == ["Afterwards"]


def test_who_blocks_does_not_write_either(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    with pytest.raises(BlocksThem):
        board.say("colleague", where)


def test_a_first_message_to_who_blocks_one_begins_nothing_for_them(board: Board, session: Session) -> None:
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    where = board.direct("member", "colleague")
    board.say("member", where, "Hello?")
    assert [row.id for row in mailbox(session, board.who("member")).rows] == [where]
    assert mailbox(session, board.who("colleague")).rows == ()


def test_a_group_goes_on_without_who_is_blocked(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    block(session, board.who("desk"), board.tenant.people["colleague"], board.tick())
    session.commit()
    board.say("colleague", where, "To everybody")
    assert _read(board, "member", where) == ["To everybody"]
    assert _read(board, "desk", where) == []


def test_either_side_of_a_block_knows_it(board: Board, session: Session) -> None:
    member, colleague = board.tenant.people["member"], board.tenant.people["colleague"]
    assert (blocking(session, member), blocking(session, colleague)) == (set(), set())
    block(session, board.who("colleague"), member, board.tick())
    session.commit()
    assert [list(session.scalars(blocked_by(each))) for each in (member, colleague)] == [[], [member]]
    assert (blocking(session, member), blocking(session, colleague)) == ({colleague}, {member})


def test_who_left_reads_nothing_new_and_writes_nothing(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    board.say("member", where, "Before")
    leave(session, board.who("desk"), where)
    session.commit()
    board.say("member", where, "After")
    assert _read(board, "colleague", where) == ["Before", "After"]
    assert _read(board, "desk", where) == ["Before"]
    with pytest.raises(HasLeft):
        board.say("desk", where)


def test_who_comes_later_does_not_read_what_was_before(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    board.say("member", where, "Before")
    manager = frozenset({board.tenant.people["manager"]})
    add_people(session, board.who("member"), where, manager, board.tick())
    session.commit()
    board.say("member", where, "After")
    assert _read(board, "manager", where) == ["After"]


def test_who_comes_back_reads_from_then_on(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    board.say("member", where, "Before")
    leave(session, board.who("desk"), where)
    session.commit()
    board.say("member", where, "While away")
    add_people(session, board.who("member"), where, frozenset({board.tenant.people["desk"]}), board.tick())
    session.commit()
    board.say("member", where, "After")
    assert _read(board, "desk", where) == ["After"]


def test_nobody_joins_two_people(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    with pytest.raises(NotFound):
        add_people(
            session, board.who("member"), where, frozenset({board.tenant.people["desk"]}), board.tick()
        )


def test_an_edit_says_so_and_a_deletion_leaves_the_place(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    first, second = board.say("member", where, "Frist"), board.say("member", where, "Second")
    edit(session, board.who("member"), where, first.message_id, "First", board.tick())
    session.commit()
    react(session, board.who("colleague"), where, second.message_id, "heart")
    session.commit()
    delete_message(session, board.who("member"), where, second.message_id, board.tick())
    session.commit()
    lines = thread(session, board.who("colleague"), where, board.tick()).lines
    assert [(line.body, line.edited, line.deleted) for line in lines] == [
        ("First", True, False),
        ("", False, True),
    ]
    assert lines[1].reactions == ()
    assert [each.body for each in search(session, board.who("colleague"), "first")] == ["First"]
    assert search(session, board.who("colleague"), "frist") == []


def test_nobody_changes_what_somebody_else_said(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("member", where, "Mine")
    with pytest.raises(NotFound):
        edit(session, board.who("colleague"), where, sent.message_id, "Yours", board.tick())
    session.rollback()
    with pytest.raises(NotFound):
        delete_message(session, board.who("colleague"), where, sent.message_id, board.tick())
    session.rollback()
    assert _read(board, "colleague", where) == ["Mine"]


def test_after_its_time_a_message_stays(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("member", where, "Said")
    board.now += CHANGEABLE_FOR
    with pytest.raises(TooLate):
        edit(session, board.who("member"), where, sent.message_id, "Unsaid", board.tick())
    session.rollback()
    with pytest.raises(TooLate):
        delete_message(session, board.who("member"), where, sent.message_id, board.tick())


def test_the_same_sign_twice_takes_it_back(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    sent = board.say("member", where)

    def signs() -> list[str]:
        (line,) = thread(session, board.who("member"), where, board.tick()).lines
        return [sign for sign, _people in line.reactions]

    for wanted in (["heart"], []):
        react(session, board.who("colleague"), where, sent.message_id, "heart")
        session.commit()
        assert signs() == wanted
    with pytest.raises(NotFound):
        react(session, board.who("colleague"), where, sent.message_id, "<script>")


def test_a_search_folds_case_and_accents_and_takes_signs_as_they_are(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    board.say("colleague", where, "Mañana a las NUEVE, 100%")
    board.say("colleague", where, "Something else")
    actor = board.who("member")
    for words in ("manana", "MAÑANA nueve", "100%"):
        assert [each.body for each in search(session, actor, words)] == ["Mañana a las NUEVE, 100%"], words
    assert search(session, actor, "1%0") == []
    assert search(session, actor, "") == []


def test_a_draft_is_kept_until_it_is_sent(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    keep_draft(session, board.who("member"), where, "Dear", board.tick())
    session.commit()
    keep_draft(session, board.who("member"), where, "Dear Colin", board.tick())
    session.commit()
    assert _draft(session, board.who("member"), where) == "Dear Colin"
    assert _draft(session, board.who("colleague"), where) == ""
    board.say("member", where, "Dear Colin")
    assert _draft(session, board.who("member"), where) == ""


def _draft(session: Session, actor: Actor, conversation_id: int) -> str:
    return mailbox(session, actor, conversation_id).row(conversation_id).draft


def test_who_has_no_account_any_more_is_not_written_to(board: Board, session: Session) -> None:
    suspended = session.get_one(Person, board.tenant.people["desk"])
    suspended.suspended_at = board.tick()
    session.commit()
    with pytest.raises(NotFound):
        start_direct(session, board.who("member"), suspended.id, board.tick())


def test_only_who_hears_it_is_made_to_ask_again(board: Board, session: Session) -> None:
    """The events of open pages: of a withheld message the other's browser does not even hear that there is something."""
    where = board.direct("member", "colleague")
    member, colleague = (person_topic(board.tenant.people[who]) for who in ("member", "colleague"))

    def told(words: str) -> set[str]:
        take_changes(session)
        send(session, board.who("member"), where, SendMessage(words), board.tick())
        return {topic for change in take_changes(session) for topic in change.topics}

    assert told("Heard") == {member, colleague}
    session.commit()
    block(session, board.who("colleague"), board.tenant.people["member"], board.tick())
    session.commit()
    assert told("Unheard") == {member}
