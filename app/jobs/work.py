"""All background work: mail at the ring of a bell, and the sweep that every minute takes what no bell was heard for."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple

from huey import Huey, crontab
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.lapse import let_lapsed_go
from app.domain.new_password import forget_expired_links
from app.domain.sessions import forget_expired
from app.jobs.deliver import MailRenderer, OpenSession, deliver_due
from app.kernel.clock import Clock
from app.models import Tenant
from app.ports import Mail
from app.tenancy import begin_writing, tenant_session

PeriodicJob = Callable[[Session, datetime], object]

PERIODIC: tuple[PeriodicJob, ...] = (forget_expired, forget_expired_links, let_lapsed_go)
"""What happens for every tenant every minute, each in a transaction of its own: `(session, now)`, idempotent."""

_MOST_BELLS = 200
"""Further bells are not rung: the worker is behind, and what it finds is in the database anyway."""
_SHUTDOWN_SECONDS = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the work needs of the world. `around` is entered around every piece of work."""

    open_session: OpenSession
    mail: Mail
    renderer: MailRenderer
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

    def ring(self, tenant_id: int) -> None:
        """Something of this tenant waits to be delivered. Costs one short write to the queue."""
        if self._tasks.queue.pending_count() < _MOST_BELLS:
            self._tasks.deliver(tenant_id)

    def deliver(self, tenant_id: int) -> int:
        """Deliver what is due for one tenant; returns how many mails went out."""
        tools = self._tools
        with tools.around():
            return deliver_due(tools.open_session, tenant_id, tools.mail, tools.renderer, tools.clock)

    def sweep(self) -> None:
        """Do everything that is due for every tenant. One tenant's trouble is logged and stops no other."""
        for tenant_id in self._tenants():
            for job in PERIODIC:
                _guarded(tenant_id, partial(self._periodic, tenant_id, job))
            _guarded(tenant_id, partial(self.deliver, tenant_id))

    def run(self) -> None:
        """Work until SIGTERM; what is under way may finish within 20 seconds."""
        consumer = self._tasks.queue.create_consumer(
            workers=1,
            initial_delay=0.1,
            max_delay=2.0,
            scheduler_interval=1,
            graceful_signal="TERM",
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        consumer.run()

    @cached_property
    def _tasks(self) -> _Tasks:
        """Opened at the first use, because building the application must not write anything."""
        queue = self._open_queue()
        queue.periodic_task(crontab(), name="sweep")(self.sweep)
        return _Tasks(queue, queue.task(name="deliver")(self.deliver))

    def _tenants(self) -> list[int]:
        with self._tools.around(), self._tools.open_session() as session:
            return list(session.scalars(select(Tenant.id).order_by(Tenant.id)))

    def _periodic(self, tenant_id: int, job: PeriodicJob) -> None:
        with self._tools.around(), tenant_session(self._tools.open_session, tenant_id) as session:
            begin_writing(session)
            job(session, self._tools.clock())


def _guarded(tenant_id: int, job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - whatever it is, the next tenant's work goes on
        _log.exception("background work for tenant %s failed; the next sweep tries again", tenant_id)
