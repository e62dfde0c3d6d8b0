"""Pushing notices: one request for each device that did not have it yet, and a note of each answer.

A device gets a notice at least once: where a worker died between the push service's answer and the note of it, it is sent
again, on the same topic and under the same tag, so that it takes the place of the first and does not ring twice.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.domain.push_keys import PushKit, note_accepted, note_refusal
from app.domain.push_sending import Receiver, forget_gone, note_refused, note_sent
from app.jobs.claiming import Claim, Failure, OpenSession, claim_next, give_back, note_outcome
from app.jobs.lanes import Lanes, when_all
from app.jobs.push_parcel import UNREADABLE, Parcel, PushRenderer, prepare
from app.kernel.clock import Clock
from app.notice_kinds import Channel
from app.ports import PushFault, PushGone, PushKeys, PushRefused
from app.tenancy import begin_writing, tenant_session

SPACIOUS, SHORT = 3000, 1000
"""Bytes of a message: what every service takes, and what is tried once with one that does not."""
THREADS, OF_ONE_SERVICE = 16, 4
"""So many messages at a time are on their way to all push services, and to one of them."""
MOST_AT_ONCE = 200
"""Notices of one tenant that are claimed and not through."""
_MARGIN = timedelta(seconds=30)
"""What is begun must be through before another worker may claim it."""
_LATE = Failure("its turn came too late", permanent=False)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushTools:
    """What pushing needs of the world; no kit where the server's host has not set push up. `around` is entered in each of the
    threads that it takes."""

    kit: PushKit | None
    renderer: PushRenderer
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    lanes: Lanes = field(default_factory=lambda: Lanes(THREADS, OF_ONE_SERVICE))


def push_due(open_session: OpenSession, tenant_id: int, tools: PushTools, clock: Clock) -> Future[int]:
    """Begin to push what is due for one tenant; the result is how many notices reached a push service, once all have ended.

    A service that takes its time keeps the notices waiting that are for its own devices. Safe to run any number of times,
    at the same time.
    """
    run = _Run(open_session, tenant_id, tools, clock)
    run.fill()
    run.leave(sent=False)
    return run.done


def service_of(endpoint: str) -> str:
    """The push service behind an endpoint: one that answers under many names is one service."""
    parts = urlsplit(endpoint)
    name = ".".join((parts.hostname or "").split(".")[-2:])
    return f"{name}:{parts.port or ''}"


class _Run:
    """Everything that is due for one tenant: so many notices at a time, each to its devices at once, each answer noted in a
    transaction of its own. What ends makes room for the next."""

    def __init__(self, open_session: OpenSession, tenant_id: int, tools: PushTools, clock: Clock) -> None:
        self.done: Future[int] = Future()
        self._open_session = open_session
        self._tenant_id = tenant_id
        self._tools = tools
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 1  # whoever fills it for the first time
        self._all_claimed = False
        self._sent = 0
        self._failed = False

    def fill(self) -> None:
        """Claim and begin until there is no room, or nothing is due."""
        try:
            while self._enter():
                claim = claim_next(
                    self._open_session,
                    self._tenant_id,
                    Channel.PUSH,
                    self._clock(),
                    partial(prepare, self._tools.kit),
                )
                if claim is None:
                    self._all_claimed = True
                if claim is None or claim.parcel is None:
                    self.leave(sent=False)
                else:
                    self._begin(claim, claim.parcel)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            self._fail(error)

    def leave(self, *, sent: bool) -> None:
        """One thing less is under way; the last one tells whoever waits."""
        with self._lock:
            self._under_way -= 1
            self._sent += sent
            over = self._under_way == 0 and not self._failed
        if over:
            self.done.set_result(self._sent)

    def _enter(self) -> bool:
        with self._lock:
            if self._all_claimed or self._under_way > MOST_AT_ONCE:
                return False
            self._under_way += 1
            return True

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            first, self._failed, self._all_claimed = not self._failed, True, True
        if first:
            self.done.set_exception(error)

    def _begin(self, claim: Claim[Parcel], parcel: Parcel) -> None:
        if parcel.keys is None:
            self._note(claim, Failure(UNREADABLE, permanent=False))
            self.leave(sent=False)
            return
        sends = [
            self._tools.lanes.submit(
                service_of(each.target.endpoint), partial(self._send_one, claim, parcel, parcel.keys, each)
            )
            for each in parcel.receivers
        ]
        when_all(sends, partial(self._end, claim, sends))

    def _end(self, claim: Claim[Parcel], sends: list[Future[Failure | None]]) -> None:
        """All devices of a notice are through."""
        try:
            with self._tools.around():
                sent = self._conclude(claim, [each.result() for each in sends])
                self.fill()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            self._fail(error)
            sent = False
        self.leave(sent=sent)

    def _conclude(self, claim: Claim[Parcel], answers: list[Failure | None]) -> bool:
        failures = [each for each in answers if each is not None and each is not _LATE]
        if _LATE in answers and not failures:
            give_back(self._open_session, self._tenant_id, claim, self._clock())
            return False
        failure = _of_all(failures, len(answers))
        self._note(claim, failure)
        return failure is None

    def _note(self, claim: Claim[Parcel], failure: Failure | None) -> None:
        note_outcome(self._open_session, self._tenant_id, claim, failure, self._clock())

    def _send_one(
        self, claim: Claim[Parcel], parcel: Parcel, keys: PushKeys, receiver: Receiver
    ) -> Failure | None:
        if self._clock() >= claim.until - _MARGIN:
            return _LATE
        with self._tools.around():
            return self._try_one(parcel, keys, receiver)

    def _try_one(self, parcel: Parcel, keys: PushKeys, receiver: Receiver) -> Failure | None:
        delivery_id, now = parcel.delivery_id, self._clock
        try:
            self._hand_over(parcel, keys, receiver)
        except PushGone:
            self._write(lambda session: forget_gone(session, receiver.id))
            return None
        except PushRefused as refused:
            self._write(partial(_note_refusal, refused, delivery_id, receiver.id, now()))
            return Failure(str(refused), refused.permanent, refused.retry_after or timedelta(0))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and retried
            _log.exception("the push message %s could not be made", parcel.banner.notice_id)
            return Failure(f"{type(error).__name__}: {error}", permanent=False)
        self._write(partial(_note_sent, delivery_id, receiver.id, now()))
        return None

    def _hand_over(self, parcel: Parcel, keys: PushKeys, receiver: Receiver) -> None:
        """Send it; once more and shorter where it was too large."""
        for most in (SPACIOUS, SHORT):
            payload = self._tools.renderer.render(parcel.banner, receiver, most)
            try:
                return parcel.kit.client.send(receiver.target, payload, keys, parcel.manner)
            except PushRefused as refused:
                if refused.fault is not PushFault.TOO_LARGE or most == SHORT:
                    raise
        return None

    def _write(self, note: Callable[[Session], None]) -> None:
        with tenant_session(self._open_session, self._tenant_id) as session:
            begin_writing(session)
            note(session)


def _of_all(failures: list[Failure], devices: int) -> Failure | None:
    """The failure that is worth another attempt, if there is one; else that of all devices, if it was all."""
    again = [failure for failure in failures if not failure.permanent]
    if again:
        return Failure(again[0].reason, permanent=False, wait=max(each.wait for each in again))
    return failures[0] if len(failures) == devices else None


def _note_sent(delivery_id: int, device_id: int, now: datetime, session: Session) -> None:
    note_sent(session, delivery_id, device_id, now)
    note_accepted(session)


def _note_refusal(
    refused: PushRefused, delivery_id: int, device_id: int, now: datetime, session: Session
) -> None:
    match refused.fault:
        case PushFault.NOT_US:
            # It is no fault of the device, which keeps its place.
            _log.error("a push service does not accept this server: %s", refused.detail)
            note_refusal(session, refused.detail, now)
        case PushFault.BUSY:
            pass
        case _:
            note_refused(session, delivery_id, device_id, now, permanent=refused.permanent)
