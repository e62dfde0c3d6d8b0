"""All background work: mail at the ring of a bell, and the sweep that every minute takes what no bell was heard for."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

from huey import Huey, crontab
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.unpaid import bill_and_cancel
from app.domain.billing.words import ChargeWords
from app.domain.booking.lapse import let_lapsed_go, let_unanswered_go
from app.domain.booking.no_shows import release_no_shows
from app.domain.booking.offering import offer_rooms
from app.domain.booking.strikes import end_unused_series
from app.domain.cards.hearing import forget_heard
from app.domain.cards.terms import CardKit
from app.domain.credits.staying import settle_stays
from app.domain.directory.index import mend
from app.domain.dunning.reminding import remind
from app.domain.factors.challenge import forget_challenges
from app.domain.factors.entering import forget_pending
from app.domain.joining.lists import forget_old_lists
from app.domain.joining.sign_up import forget_old_sign_ups
from app.domain.new_email import forget_old_changes
from app.domain.new_password import forget_expired_links
from app.domain.notices.digest import make_digests
from app.domain.pay_as_you_go.visiting import settle_visits
from app.domain.presses import forget_presses
from app.domain.push_sending import forget_sent
from app.domain.sessions import forget_expired
from app.domain.sign_in_link import forget_expired_sign_in_links
from app.domain.sign_on.going import forget_expired_attempts
from app.domain.team.invite import forget_old_invitations
from app.jobs.announcements import forget_announced, tell_announced
from app.jobs.billing import bill_due
from app.jobs.calendars import CalendarTools, read_calendars
from app.jobs.cards import settle_cards
from app.jobs.claiming import OpenSession
from app.jobs.deliver import MailTools, deliver_due
from app.jobs.guarding import guarded
from app.jobs.lanes import Lanes
from app.jobs.privacy import ReadmeWriter, end_accounts, forget_conversations, forget_old, make_copies
from app.jobs.push import PushTools, push_due
from app.kernel.clock import Clock
from app.models import Tenant
from app.ports import Files
from app.tenancy import begin_writing, tenant_session

Result = TypeVar("Result")
PeriodicJob = Callable[[Session, datetime], object]

PERIODIC: tuple[PeriodicJob, ...] = (
    forget_expired,
    forget_expired_links,
    forget_old_changes,
    forget_old_invitations,
    forget_old_sign_ups,
    forget_old_lists,
    forget_expired_sign_in_links,
    forget_challenges,
    forget_pending,
    forget_expired_attempts,
    let_lapsed_go,
    let_unanswered_go,
    release_no_shows,
    end_unused_series,
    mend,
    make_digests,
    forget_sent,
    forget_heard,
    forget_presses,
    settle_stays,
    remind,
)
"""What happens for every tenant every minute, each in a transaction of its own: `(session, now)`, idempotent."""

_MOST_BELLS = 200
"""Further bells are not rung: the worker is behind, and what it finds is in the database anyway."""
_SHUTDOWN_SECONDS = 20
_RUNS_AT_ONCE = 2
"""Of different tenants. One more is a second writer at most, and everybody else goes on writing."""
_NIGHTLY = crontab(minute="23", hour="3")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the work needs of the world. `around` is entered around every piece of work."""

    open_session: OpenSession
    mail: MailTools
    push: PushTools
    files: Files
    readme: ReadmeWriter
    words: ChargeWords
    cards: CardKit
    calendars: CalendarTools
    clock: Clock
    around: Callable[[], AbstractContextManager[object]]


class _Tasks(NamedTuple):
    queue: Huey
    deliver: Callable[[int], object]
    """Puts a delivery for that tenant into the queue."""


class Work:
    """The background work of one server: rung for by the web, done by the worker."""

    def __init__(self, tools: Tools, open_queue: Callable[[], Huey]) -> None:
        self._tools = tools
        self._open_queue = open_queue
        # A run takes minutes where there are thousands of contracts, and nobody's mail waits for it
        self._runs = Lanes(_RUNS_AT_ONCE, 1)
        self._cards = Lanes(_RUNS_AT_ONCE, 1)
        self._calendars = Lanes(_RUNS_AT_ONCE, 1)

    def ring(self, tenant_id: int) -> None:
        """Something of this tenant waits to be delivered. Costs one short write to the queue."""
        if self._tasks.queue.pending_count() < _MOST_BELLS:
            self._tasks.deliver(tenant_id)

    def deliver(self, tenant_id: int) -> int:
        """Send the announcements whose moment has come, make the copies that somebody waits for, and deliver what is due for
        one tenant; returns how many mails and push messages went out, once they did.
        """
        return sum(each.result() for each in self._begin(tenant_id))

    def sweep(self) -> None:
        """Do everything that is due for every tenant, to its end. One tenant's trouble is logged and stops no other."""
        wait(self._sweep())

    def _begin(self, tenant_id: int) -> list[Future[int]]:
        """Make copies, and begin to deliver; what is slow about that goes on in threads of its own."""
        tools = self._tools
        with tools.around():
            # An announcement that cannot be sent must not hold up anybody's mail.
            _guarded(tenant_id, partial(tell_announced, tools.open_session, tenant_id, tools.clock))
            # Before what is told is delivered: a cancellation rings the bell, and the next in line hears of it at once.
            _guarded(tenant_id, partial(self._offer_rooms, tenant_id))
            make_copies(tools.open_session, tenant_id, tools.files, tools.readme, tools.clock)
            # Push messages first: they are what somebody waits for.
            begun = [
                push_due(tools.open_session, tenant_id, tools.push, tools.clock),
                deliver_due(tools.open_session, tenant_id, tools.mail, tools.clock),
                self._runs.submit(f"billing {tenant_id}", partial(self._bill, tenant_id)),
                self._cards.submit(f"cards {tenant_id}", partial(self._settle_cards, tenant_id)),
                self._calendars.submit(f"calendars {tenant_id}", partial(self._read_calendars, tenant_id)),
            ]
        for each in begun:
            each.add_done_callback(partial(_log_trouble, tenant_id))
        return begun

    def _sweep(self) -> list[Future[int]]:
        begun: list[Future[int]] = []
        for tenant_id in self._tenants():
            for job in PERIODIC:
                _guarded(tenant_id, partial(self._periodic, tenant_id, job))
            _guarded(tenant_id, partial(self._end_accounts, tenant_id))
            _guarded(tenant_id, partial(self._settle_visits, tenant_id))
            _guarded(tenant_id, partial(self._bill_and_cancel, tenant_id))
            begun += _guarded(tenant_id, partial(self._begin, tenant_id)) or []
        return begun

    def forget(self) -> None:
        """Let go of what each tenant keeps no longer."""
        for tenant_id in self._tenants():
            _guarded(tenant_id, partial(self._forget, tenant_id))

    def run(self) -> None:
        """Work until SIGTERM; what is under way may finish within 20 seconds.

        The thread that hears the bell waits for nobody outside: it begins deliveries, and hears the next one.
        """
        consumer = self._tasks.queue.create_consumer(
            workers=1,
            initial_delay=0.1,
            max_delay=2.0,
            scheduler_interval=1,
            graceful_signal="TERM",
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        consumer.run()
        deadline = time.monotonic() + _SHUTDOWN_SECONDS
        for lanes in (
            self._tools.push.lanes,
            self._tools.mail.lanes,
            self._runs,
            self._cards,
            self._calendars,
        ):
            lanes.close(max(0.0, deadline - time.monotonic()))

    @cached_property
    def _tasks(self) -> _Tasks:
        """Opened at the first use, because building the application must not write anything."""
        queue = self._open_queue()
        queue.periodic_task(crontab(), name="sweep")(self._sweep)
        queue.periodic_task(_NIGHTLY, name="forget")(self.forget)
        return _Tasks(queue, queue.task(name="deliver")(self._begin))

    def _tenants(self) -> list[int]:
        with self._tools.around(), self._tools.open_session() as session:
            return list(session.scalars(select(Tenant.id).order_by(Tenant.id)))

    def _periodic(self, tenant_id: int, job: PeriodicJob) -> None:
        with self._tools.around(), tenant_session(self._tools.open_session, tenant_id) as session:
            begin_writing(session)
            job(session, self._tools.clock())

    def _end_accounts(self, tenant_id: int) -> None:
        tools = self._tools
        with tools.around():
            end_accounts(tools.open_session, tenant_id, tools.files, tools.clock)

    def _settle_visits(self, tenant_id: int) -> None:
        tools = self._tools
        with tools.around(), tenant_session(tools.open_session, tenant_id) as session:
            settle_visits(session, tools.words, tools.clock())
            session.commit()

    def _bill_and_cancel(self, tenant_id: int) -> None:
        tools = self._tools
        with tools.around(), tenant_session(tools.open_session, tenant_id) as session:
            bill_and_cancel(session, tools.words, tools.clock)

    def _offer_rooms(self, tenant_id: int) -> None:
        with tenant_session(self._tools.open_session, tenant_id) as session:
            offer_rooms(session, self._tools.clock)

    def _bill(self, tenant_id: int) -> int:
        """Nothing of it is sent to anybody by itself: it counts for none of the messages that went out."""
        tools = self._tools
        with tools.around():
            bill_due(tools.open_session, tenant_id, tools.words, tools.clock)
        return 0

    def _settle_cards(self, tenant_id: int) -> int:
        """The same: what came of it is told by notices."""
        tools = self._tools
        with tools.around():
            settle_cards(tools.open_session, tenant_id, tools.cards, tools.clock)
        return 0

    def _read_calendars(self, tenant_id: int) -> int:
        tools = self._tools
        with tools.around():
            read_calendars(tools.open_session, tenant_id, tools.calendars, tools.clock)
        return 0

    def _forget(self, tenant_id: int) -> None:
        tools = self._tools
        with tools.around():
            forget_old(tools.open_session, tenant_id, tools.clock)
            forget_conversations(tools.open_session, tenant_id, tools.files, tools.clock)
            forget_announced(tools.open_session, tenant_id, tools.files, tools.clock)


def _log_trouble(tenant_id: int, begun: Future[int]) -> None:
    error = begun.exception()
    if error is not None:
        _log.error("delivering for tenant %s failed; the next sweep tries again", tenant_id, exc_info=error)


def _guarded(tenant_id: int, job: Callable[[], Result]) -> Result | None:
    return guarded(job, "background work for tenant %s failed; the next sweep tries again", tenant_id)
