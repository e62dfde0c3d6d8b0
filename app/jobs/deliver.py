"""Mailing notices: claim what is due, write the mail, hand it over, note what became of it.

Where a worker died between handing over and noting, a mail is sent twice, under the same Message-ID.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendars.invitations import wants_invitations
from app.domain.mail_server import own_server
from app.domain.mailed_links import make_link
from app.domain.notices.bounces import note_bounce
from app.domain.notices.letters import is_moot
from app.domain.portal import Portal, load_portal
from app.jobs.claiming import Claim, Due, Failure, OpenSession, claim_next, note_outcome
from app.jobs.lanes import Lanes
from app.kernel.clock import Clock
from app.models import Delivery, Notice, Person, PersonProfile, Tenant, TenantHost
from app.notice_kinds import Channel
from app.ports import Mail, MailMessage, MailNotSent, MailServer
from app.tenancy import begin_writing, tenant_session

THREADS, OF_ONE_SERVER = 8, 2
"""So many mails at a time are handed over to all mail servers, and to one of them."""
_HOSTS = ""
"""The lane of the host's own mail server, which all tenants without one share."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail is written from."""

    portal: Portal
    is_default: bool
    """Whether the tenant answers on the server's bare domain."""
    own_host: str | None
    """A host name of the tenant's own, if there is one."""
    kind: str
    data: dict[str, Any]
    to: str
    first_name: str
    locale: str
    zone: str
    """By whose clock the recipient is told times that are not a room's."""
    reference: str
    person_id: int | None = None
    times: int = 1
    server: MailServer | None = None
    """The tenant's own, where it has one."""
    invites: bool = False
    """Whether it brings an entry for the reader's calendar."""


class MailRenderer(Protocol):
    """Turns a letter into words, in the recipient's language and the tenant's look."""

    def render(self, letter: Letter) -> MailMessage:
        """The finished mail. Whatever it raises counts as a failed attempt."""


@dataclass(frozen=True, slots=True)
class MailTools:
    """What mailing needs of the world. `around` is entered in each of the threads that it takes."""

    mail: Mail
    renderer: MailRenderer
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    lanes: Lanes = field(default_factory=lambda: Lanes(THREADS, OF_ONE_SERVER))


def deliver_due(open_session: OpenSession, tenant_id: int, tools: MailTools, clock: Clock) -> Future[int]:
    """Begin to send what is due for one tenant; the result is how many mails were handed over, once nothing is due any more.

    Mail by mail, and after each the next tenant has its turn: a mail server that takes its time keeps the mail waiting that
    goes through it. Safe to run any number of times, at the same time.
    """
    with tenant_session(open_session, tenant_id) as session:
        server = str(tenant_id) if own_server(session) else _HOSTS
    turns = _Turns(open_session, tenant_id, tools, clock, server)
    turns.ask()
    return turns.done


class _Turns:
    """The turns of one tenant at a server, until nothing of it is due."""

    def __init__(
        self, open_session: OpenSession, tenant_id: int, tools: MailTools, clock: Clock, server: str
    ) -> None:
        self.done: Future[int] = Future()
        self._open_session = open_session
        self._tenant_id = tenant_id
        self._tools = tools
        self._clock = clock
        self._server = server
        self._sent = 0

    def ask(self) -> None:
        """Have a turn when it comes."""
        self._tools.lanes.submit(self._server, self._take).add_done_callback(self._go_on)

    def _take(self) -> bool:
        """Send one mail; whether there was one."""
        with self._tools.around():
            claim = claim_next(self._open_session, self._tenant_id, Channel.MAIL, self._clock(), _prepare)
            if claim is not None and claim.parcel is not None:
                self._sent += self._send(claim, claim.parcel)
        return claim is not None

    def _go_on(self, turn: Future[bool]) -> None:
        error = turn.exception()
        if error is not None:
            self.done.set_exception(error)
        elif turn.result():
            self.ask()
        else:
            self.done.set_result(self._sent)

    def _send(self, claim: Claim[Letter], letter: Letter) -> bool:
        failure = _attempt(letter, self._tools.mail, self._tools.renderer)
        note_outcome(self._open_session, self._tenant_id, claim, failure, self._clock())
        if failure is not None and failure.address_refused:
            _note_bounce(self._open_session, self._tenant_id, claim.delivery_id, failure, self._clock())
        return failure is None


def _prepare(session: Session, due: Due, now: datetime) -> Letter | None:
    # A link's token is made here and now, so that it is in the mail and nowhere else.
    link = None if is_moot(due.notice, due.person) else make_link(session, due.notice, now)
    return None if link is None else _letter(session, due.delivery, due.notice, due.person, link)


def _letter(
    session: Session,
    delivery: Delivery,
    notice: Notice,
    person: Person | None,
    link: dict[str, Any],
) -> Letter:
    tenant = session.get_one(Tenant, delivery.tenant_id)
    host = session.execute(
        select(TenantHost.host).where(TenantHost.tenant_id == tenant.id).order_by(TenantHost.id).limit(1)
    ).scalar()
    zone = session.scalars(
        select(PersonProfile.zone).where(PersonProfile.person_id == notice.person_id)
    ).one_or_none()
    data = notice.data | link
    delivery.sent_to = notice.email or (person.email if person else "")
    return Letter(
        load_portal(session, tenant.revision),
        tenant.is_default,
        host,
        notice.kind,
        data,
        delivery.sent_to,
        person.first_name if person else data.get("first_name", ""),
        (person.locale if person else data.get("locale")) or tenant.locale,
        zone or tenant.zone,
        f"{tenant.slug}.{delivery.id}",
        notice.person_id,
        notice.times,
        own_server(session),
        invites="calendar" in data and wants_invitations(session, notice.person_id),
    )


def _attempt(letter: Letter, mail: Mail, renderer: MailRenderer) -> Failure | None:
    """Send the letter; returns the failure instead of raising it, for it is part of the story."""
    try:
        mail.send(renderer.render(letter))
    except MailNotSent as failure:
        return Failure(str(failure), failure.permanent, address_refused=failure.address_refused)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and retried
        # A template that cannot be written must not stop the mails behind it.
        _log.exception("mail %s for %s could not be made", letter.reference, letter.kind)
        return Failure(f"{type(error).__name__}: {error}", permanent=False)
    return None


def _note_bounce(
    open_session: OpenSession, tenant_id: int, delivery_id: int, failure: Failure, now: datetime
) -> None:
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        delivery = session.get(Delivery, delivery_id)
        if delivery is not None:
            note_bounce(session, delivery, failure.reason, now)
