"""Ways around a block, a suspension and a reach: each of them is open to somebody else, and closed here."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.live import person_topic, take_changes
from app.domain.messaging.blocks import block
from app.domain.messaging.change import delete_message, edit, react
from app.domain.messaging.listing import mailbox
from app.domain.messaging.members import rename
from app.domain.messaging.people import check_may_write_to, find_people
from app.domain.messaging.thread import thread
from app.kernel.errors import NotFound
from app.models import Notice, Person, PersonProfile
from tests.domain.messaging.conftest import Board


def _block(board: Board, who: str, whom: str) -> None:
    block(board.session, board.who(who), board.tenant.people[whom], board.tick())
    board.session.commit()


def _edit(board: Board, who: str, where: int, message_id: int, words: str) -> None:
    edit(board.session, board.who(who), where, message_id, words, board.tick())
    board.session.commit()


def _read(board: Board, who: str, where: int) -> list[str]:
    return [line.body for line in thread(board.session, board.who(who), where, board.tick()).lines]


def _told(board: Board, who: str) -> list[str]:
    rows = board.session.scalars(
        select(Notice).where(Notice.person_id == board.tenant.people[who]).order_by(Notice.id)
    )
    return [row.data["text"] for row in rows]


def _group(board: Board) -> tuple[int, int]:
    """A group in which the member has said something that everybody heard, and its id."""
    where = board.group("member", "colleague", "desk")
    return where, board.say("member", where, "Lunch at one?").message_id


def test_other_words_after_a_block_reach_others_only(board: Board) -> None:
    where, said = _group(board)
    _edit(board, "member", where, said, "Lunch at two?")
    assert _read(board, "colleague", where) == _read(board, "desk", where) == ["Lunch at two?"]
    _block(board, "colleague", "member")
    assert _read(board, "colleague", where) == ["Lunch at two?"]
    _edit(board, "member", where, said, "You will regret this")
    assert _read(board, "desk", where) == ["You will regret this"]
    assert _read(board, "colleague", where) == []
    row = mailbox(board.session, board.who("colleague"), where).row(where)
    assert (row.last, row.unread) == (None, 0)


def test_a_notice_from_before_the_block_does_not_learn_other_words(board: Board) -> None:
    where, said = _group(board)
    _block(board, "colleague", "member")
    _edit(board, "member", where, said, "You will regret this")
    assert _told(board, "desk") == ["You will regret this"]
    assert _told(board, "colleague") == ["Lunch at one?"]
    delete_message(board.session, board.who("member"), where, said, board.tick())
    board.session.commit()
    assert _told(board, "desk") == _told(board, "colleague") == [""]


def test_signs_of_somebody_blocked_are_not_there(board: Board) -> None:
    where = board.group("member", "colleague", "desk")
    said = board.say("colleague", where, "I block you").message_id
    _block(board, "colleague", "member")
    topics = []
    for who in ("desk", "member"):
        react(board.session, board.who(who), where, said, "laugh")
        topics.append(set().union(*(change.topics for change in take_changes(board.session))))
        board.session.commit()

    def signs(who: str) -> list[tuple[str, tuple[int, ...]]]:
        return list(thread(board.session, board.who(who), where, board.tick()).lines[0].reactions)

    people = board.tenant.people
    assert signs("desk") == [("laugh", (people["desk"], people["member"]))]
    assert signs("colleague") == [("laugh", (people["desk"],))]
    assert [person_topic(people["colleague"]) in each for each in topics] == [True, False]


def test_the_name_of_a_new_group_is_no_letter_to_who_blocks(board: Board) -> None:
    """Who blocks sees such a group once somebody speaks there whom they do not block."""

    def titles() -> list[str]:
        return [row.title for row in mailbox(board.session, board.who("colleague")).rows]

    _block(board, "colleague", "member")
    others, theirs = board.group("desk", "colleague"), board.group("member", "colleague", "desk")
    rename(board.session, board.who("desk"), others, "Summer party")
    rename(board.session, board.who("member"), theirs, "You will regret this")
    board.session.commit()
    board.say("member", theirs, "Do you hear?")
    assert titles() == ["Summer party"]
    board.say("desk", theirs, "What is this?")
    assert set(titles()) == {"Summer party", "You will regret this"}


def test_who_is_suspended_is_told_nothing_more(board: Board) -> None:
    where, _said = _group(board)
    assert _told(board, "colleague") == ["Lunch at one?"]
    person = board.session.get_one(Person, board.tenant.people["colleague"])
    person.suspended_at = board.tick()
    board.session.commit()
    board.say("member", where, "Between those who are here")
    assert _told(board, "desk") == ["Between those who are here"]
    assert _told(board, "colleague") == ["Lunch at one?"]


def test_staff_of_a_location_look_after_no_other_ones_people(board: Board, session: Session) -> None:
    here, there = board.tenant.locations["Leith Walk"], board.tenant.locations["Porto"]
    contact = board.tenant.people["contact"]
    desk = board.who("desk")
    at = {place: board.limited("desk", place) for place in (here, there)}

    def found(actor_at: int | None) -> bool:
        actor = desk if actor_at is None else at[actor_at]
        return contact in {each.person_id for each in find_people(session, actor, "conny")}

    session.get_one(Person, contact).location_id = here
    session.commit()
    assert [found(None), found(here), found(there)] == [True, True, False]
    check_may_write_to(session, at[here], frozenset({contact}))
    with pytest.raises(NotFound):
        check_may_write_to(session, at[there], frozenset({contact}))
    session.add(PersonProfile(person_id=contact, listed=True))
    session.commit()
    assert found(there)
