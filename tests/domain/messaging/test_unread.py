"""How much there is to read is counted in the messages, and is the truth whatever happened in whatever order."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.blocks import block, unblock
from app.domain.messaging.change import delete_message
from app.domain.messaging.counting import count_unread
from app.domain.messaging.listing import mailbox
from app.domain.messaging.members import add_people, leave, mute
from app.domain.messaging.reading import mark_read
from app.domain.messaging.thread import thread
from app.kernel.errors import Refusal
from app.models import Block, Conversation
from app.tenancy import reviewed
from tests.domain.messaging.conftest import Board

PEOPLE = ("member", "colleague", "desk")
PLACES = ("direct", "group")


def _unread(session: Session, actor: Actor, conversation_id: int) -> int:
    """As the list of conversations says it."""
    return mailbox(session, actor).row(conversation_id).unread


def _badge(session: Session, actor: Actor) -> int:
    """As the statement counts it that every page begins with."""
    query = select(count_unread(literal(actor.person_id), literal(actor.tenant_id)))
    return int(session.scalars(reviewed(query)).one())


@dataclass
class Said:
    """One message as the truth knows it."""

    id: int
    sender: str
    place: str
    hearers: set[str]
    at: int
    deleted: bool = False


@dataclass
class Truth:
    """What everybody has yet to read, kept by hand: who was there when it was said, and what they did since."""

    said: list[Said] = field(default_factory=list)
    there: dict[str, set[str]] = field(default_factory=dict)
    muted: set[tuple[str, str]] = field(default_factory=set)
    blocked: dict[tuple[str, str], int] = field(default_factory=dict)
    waiting: dict[tuple[str, str], list[Said]] = field(default_factory=dict)
    step: int = 0

    def say(self, who: str, place: str, message_id: int) -> None:
        others = self.there[place] - {who}
        if place == "direct":
            others = {each for each in others if (each, who) not in self.blocked}
        message = Said(message_id, who, place, others, self.step)
        self.said.append(message)
        for each in others:
            self.waiting.setdefault((each, place), []).append(message)

    def _hidden(self, who: str, message: Said) -> bool:
        since = self.blocked.get((who, message.sender))
        return since is not None and since <= message.at

    def unread(self, who: str, place: str) -> int:
        if who not in self.there[place]:
            return 0
        waiting = self.waiting.get((who, place), [])
        return sum(not (message.deleted or self._hidden(who, message)) for message in waiting)

    def read(self, who: str, place: str, up_to: int) -> None:
        """Everything up to what was seen; what was hidden before it is passed over."""
        waiting = self.waiting.get((who, place), [])
        self.waiting[who, place] = [message for message in waiting if message.id > up_to]

    def badge(self, who: str) -> int:
        return sum(self.unread(who, place) > 0 and (who, place) not in self.muted for place in PLACES)


class Game:
    """The verbs on the database, and the same on the truth."""

    def __init__(self, board: Board) -> None:
        session = board.session
        for model in (Conversation, Block):
            session.execute(delete(model), execution_options={"synchronize_session": False})
        session.commit()
        session.expunge_all()
        self.board, self.session = board, session
        self.places = {
            "direct": board.direct("member", "colleague"),
            "group": board.group("member", "colleague", "desk"),
        }
        self.truth = Truth(there={"direct": {"member", "colleague"}, "group": set(PEOPLE)})

    def send(self, who: str, place: str, _other: str) -> None:
        sent = self.board.say(who, self.places[place])
        self.truth.say(who, place, sent.message_id)

    def read(self, who: str, place: str, _other: str) -> None:
        actor, where = self.board.who(who), self.places[place]
        now = self.board.tick()
        page = thread(self.session, actor, where, now)
        mark_read(self.session, actor, where, page.last_id, now)
        self.truth.read(who, place, page.last_id)

    def delete(self, who: str, place: str, _other: str) -> None:
        own = [each for each in self.truth.said if each.sender == who and each.place == place]
        if not own:
            return
        last = own[-1]
        delete_message(self.session, self.board.who(who), self.places[place], last.id, self.board.tick())
        last.deleted = True

    def leave(self, who: str, place: str, _other: str) -> None:
        leave(self.session, self.board.who(who), self.places[place])
        self.truth.there[place].discard(who)
        self.truth.waiting.pop((who, place), None)

    def join(self, who: str, place: str, other: str) -> None:
        people = frozenset({self.board.tenant.people[other]})
        add_people(self.session, self.board.who(who), self.places[place], people, self.board.tick())
        if other not in self.truth.there[place]:
            self.truth.there[place].add(other)
            self.truth.muted.discard((other, place))
            self.truth.waiting.pop((other, place), None)

    def mute(self, who: str, place: str, _other: str) -> None:
        muted = (who, place) not in self.truth.muted
        mute(self.session, self.board.who(who), self.places[place], muted=muted)
        self.truth.muted ^= {(who, place)}

    def block(self, who: str, _place: str, other: str) -> None:
        block(self.session, self.board.who(who), self.board.tenant.people[other], self.board.tick())
        if who != other:
            self.truth.blocked.setdefault((who, other), self.truth.step)

    def unblock(self, who: str, _place: str, other: str) -> None:
        unblock(self.session, self.board.who(who), self.board.tenant.people[other])
        self.truth.blocked.pop((who, other), None)

    def check(self) -> None:
        for who in PEOPLE:
            actor = self.board.who(who)
            rows = {row.id: row.unread for row in mailbox(self.session, actor).rows}
            for place, where in self.places.items():
                wanted = self.truth.unread(who, place)
                assert rows.get(where, 0) == wanted, (who, place)
            assert _badge(self.session, actor) == self.truth.badge(who), who


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["send", "send", "send", "read", "delete", "leave", "join", "mute", "block", "unblock"]
        ),
        st.sampled_from(PEOPLE),
        st.sampled_from(PLACES),
        st.sampled_from(PEOPLE),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_any_interleaving_counts_the_truth(board: Board, steps: list[tuple[str, str, str, str]]) -> None:
    game = Game(board)
    for verb, who, place, other in steps:
        game.truth.step += 1
        act: Callable[[str, str, str], None] = getattr(game, verb)
        try:
            act(who, place, other)
            game.session.commit()
        except Refusal:
            game.session.rollback()
        game.check()


def test_a_count_that_forgets_blocks_would_be_found(board: Board) -> None:
    """The control: in a truth in which nobody was ever blocked the same steps leave more to read."""
    game = Game(board)
    game.block("member", "group", "colleague")
    game.session.commit()
    game.truth.step += 1
    game.send("colleague", "group", "")
    game.check()
    game.truth.blocked.clear()
    assert _unread(game.session, board.who("member"), game.places["group"]) == 0
    assert game.truth.unread("member", "group") == 1


def test_the_badge_leaves_out_what_is_muted(board: Board, session: Session) -> None:
    where = board.group("member", "colleague", "desk")
    board.say("colleague", where)
    actor = board.who("member")
    assert (_unread(session, actor, where), _badge(session, actor)) == (1, 1)
    mute(session, actor, where, muted=True)
    assert (_unread(session, actor, where), _badge(session, actor)) == (1, 0)


def test_reading_never_goes_back(board: Board, session: Session) -> None:
    where = board.direct("member", "colleague")
    first = board.say("colleague", where).message_id
    second = board.say("colleague", where).message_id
    assert mark_read(session, board.who("member"), where, second, board.tick())
    assert not mark_read(session, board.who("member"), where, first, board.tick())
    assert _unread(session, board.who("member"), where) == 0


def test_reading_ahead_of_what_is_there_hides_nothing_that_comes(board: Board, session: Session) -> None:
    """An id that somebody makes up is no further than the last message there is."""
    where = board.direct("member", "colleague")
    board.say("colleague", where)
    assert mark_read(session, board.who("member"), where, 2**62, board.tick())
    session.commit()
    board.say("colleague", where)
    assert _unread(session, board.who("member"), where) == 1
