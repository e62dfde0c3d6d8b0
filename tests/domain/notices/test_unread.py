"""What the bell says is what is unread, whatever happened in whatever order, and counting it is looking into one index."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.notices import tell
from app.domain.notices.counting import MOST_COUNTED
from app.domain.notices.reading import forget_about, inbox_page, mark_about_read, mark_all_read, open_notice
from app.domain.sessions import Browser, start
from app.domain.visit import load_visit
from app.models import Notice
from app.tenancy import tenant_session
from tests.support.notices import SAMPLES
from tests.support.plans import plans_of
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OpenSession = Callable[[], Session]
_ABOUT = st.integers(1, 3)
_STEPS = st.one_of(
    st.tuples(st.just("tell"), _ABOUT),
    st.tuples(st.just("tell another"), _ABOUT),
    st.tuples(st.just("mail a link"), st.just(0)),
    st.tuples(st.just("open"), st.integers(0, 5)),
    st.tuples(st.just("seen elsewhere"), _ABOUT),
    st.tuples(st.just("taken back"), _ABOUT),
    st.tuples(st.just("all read until"), st.integers(0, 12)),
    st.tuples(st.just("password"), st.just(0)),
)


class Inbox:
    """Somebody's inbox, and what a plain list says that it must hold: (kind, about) → when it was last told."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        self.session, self.tenant = session, tenant
        self.me, self.other = tenant.people["member"], tenant.people["colleague"]
        self.token = start(session, self.me, Browser("test", "127.0.0.1"), NOW)
        session.flush()
        self.unread: list[tuple[str, int, datetime]] = []

    def do(self, step: str, number: int, now: datetime) -> None:
        verbs = {
            "tell": self._tell_me,
            "tell another": lambda number, now: self._tell(self.other, number, now),
            "mail a link": lambda _number, now: self._told("password.forgotten", now),
            "password": self._password,
            "seen elsewhere": self._seen,
            "taken back": self._taken_back,
            "all read until": self._all_read,
            "open": self._open,
        }
        verbs[step](number, now)
        self.session.flush()

    def _tell_me(self, number: int, now: datetime) -> None:
        self._tell(self.me, number, now)
        self._forget(number)
        self.unread.append(("booking.confirmed", number, now))

    def _told(self, kind: str, now: datetime) -> None:
        tell(self.session, now, self.me, kind, SAMPLES[kind])

    def _password(self, _number: int, now: datetime) -> None:
        self._told("password.changed", now)
        self.unread.append(("password.changed", 0, now))

    def _seen(self, number: int, now: datetime) -> None:
        mark_about_read(self.session, "booking.confirmed", number, now, person_id=self.me)
        self._forget(number)

    def _taken_back(self, number: int, _now: datetime) -> None:
        forget_about(self.session, "booking.confirmed", number)
        self._forget(number)

    def _all_read(self, number: int, now: datetime) -> None:
        until = NOW + timedelta(minutes=number)
        mark_all_read(self.session, self.me, until, now)
        self.unread = [each for each in self.unread if each[2] > until]

    def _forget(self, number: int) -> None:
        self.unread = [each for each in self.unread if each[:2] != ("booking.confirmed", number)]

    def _tell(self, person_id: int, number: int, now: datetime) -> None:
        tell(
            self.session,
            now,
            person_id,
            "booking.confirmed",
            SAMPLES["booking.confirmed"] | {"booking_id": number},
        )

    def _open(self, number: int, now: datetime) -> None:
        shown = inbox_page(self.session, self.me, 1).notices
        if number < len(shown):
            told = open_notice(self.session, self.me, shown[number].id, now)
            if told.read_at is None:
                self.unread.remove((told.kind, told.data.get("booking_id", 0), told.created_at))

    def bell(self) -> int:
        return load_visit(self.session, self.token, NOW, NOW.date()).unread

    def shown_as_new(self) -> int:
        return sum(told.read_at is None for told in inbox_page(self.session, self.me, 1).notices)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(st.lists(_STEPS, max_size=12))
def test_the_bell_tells_the_truth(
    open_session: OpenSession, world: World, steps: list[tuple[str, int]]
) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        inbox = Inbox(session, world.northlight)
        for minute, (step, number) in enumerate(steps, 1):
            inbox.do(step, number, NOW + timedelta(minutes=minute))
            assert inbox.bell() == inbox.shown_as_new() == len(inbox.unread), step
        session.rollback()


def test_it_counts_no_further_than_anybody_wants_to_know(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        inbox = Inbox(session, north)
        session.add_all(
            Notice(person_id=inbox.me, kind="password.changed", in_app=True, created_at=NOW)
            for _each in range(MOST_COUNTED + 5)
        )
        session.flush()
        assert inbox.bell() == MOST_COUNTED


def test_counting_looks_into_the_index_of_what_is_unread(open_session: OpenSession, world: World) -> None:
    """Of thousands that were read it touches none."""
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        session.add_all(
            Notice(
                person_id=north.people["member"],
                kind="password.changed",
                in_app=True,
                created_at=NOW,
                read_at=NOW,
            )
            for _each in range(3000)
        )
        session.commit()
        engine = session.connection().engine
        # The very statement of every page: SQLite takes that index only for a condition that is written like its own.
        ((_visit, plan),) = plans_of(engine, lambda: load_visit(session, "nobody's", NOW, NOW.date()))
    assert "ix_notice_unread" in "\n".join(plan)
    assert "ix_notice_person" not in "\n".join(plan)


def test_each_person_counts_their_own(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        inbox = Inbox(session, world.northlight)
        tell(session, NOW, world.northlight.people["colleague"], "password.changed", {})
        session.flush()
        assert inbox.bell() == 0
