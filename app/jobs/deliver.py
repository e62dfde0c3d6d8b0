"""Delivering notices: claim what is due, write the mail, hand it over, note what became of it.

The row is the truth. A delivery is claimed by moving its next try into the future, so a worker that dies in between
loses nothing: the row falls due again. A mail may then be sent twice, always under the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.new_password import LINK_LIFETIMES, make_link_token
from app.domain.notices import MAIL
from app.domain.portal import Portal, load_portal
from app.kernel.clock import Clock
from app.models import Delivery, Notice, Person, Tenant, TenantHost
from app.ports import Mail, MailMessage, MailNotSent
from app.tenancy import begin_writing, tenant_session

OpenSession = Callable[[], Session]

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
"""How long to wait after the first, second, … failure; after one more the delivery is given up."""
CLAIM = timedelta(minutes=5)
"""How long a worker may take over one mail before another one may try it."""
_LONGEST_ERROR = 300

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
    reference: str


class MailRenderer(Protocol):
    """Turns a letter into words, in the recipient's language and the tenant's look."""

    def render(self, letter: Letter) -> MailMessage:
        """The finished mail. Whatever it raises counts as a failed attempt."""


@dataclass(frozen=True, slots=True)
class _Claim:
    delivery_id: int
    attempts: int
    letter: Letter


def deliver_due(
    open_session: OpenSession, tenant_id: int, mail: Mail, renderer: MailRenderer, clock: Clock
) -> int:
    """Send what is due for one tenant, one mail after the other; returns how many were handed over.

    Safe to run any number of times, at the same time.
    """
    sent = 0
    while claim := _claim_next(open_session, tenant_id, clock()):
        failure = _attempt(claim.letter, mail, renderer)
        _note(open_session, tenant_id, claim, failure, clock())
        sent += failure is None
    return sent


def _claim_next(open_session: OpenSession, tenant_id: int, now: datetime) -> _Claim | None:
    with tenant_session(open_session, tenant_id) as session:
        if session.execute(_due(now)).first() is None:
            return None
        begin_writing(session)
        # Claimed by another worker in between: then its row is locked, or not due any more.
        row = session.execute(_due(now).with_for_update(of=Delivery, skip_locked=True)).first()
        if row is None:
            return None
        delivery, notice, person = row
        delivery.attempts += 1
        delivery.next_try_at = now + CLAIM
        return _Claim(delivery.id, delivery.attempts, _letter(session, delivery, notice, person, now))


def _due(now: datetime) -> Any:
    return (
        select(Delivery, Notice, Person)
        .join(Notice, Notice.id == Delivery.notice_id)
        .join(Person, Person.id == Notice.person_id)
        .where(Delivery.channel == MAIL, Delivery.next_try_at <= now)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
    )


def _letter(session: Session, delivery: Delivery, notice: Notice, person: Person, now: datetime) -> Letter:
    tenant = session.get_one(Tenant, delivery.tenant_id)
    host = session.execute(
        select(TenantHost.host).where(TenantHost.tenant_id == tenant.id).order_by(TenantHost.id).limit(1)
    ).scalar()
    data = dict(notice.data)
    lifetime = LINK_LIFETIMES.get(notice.kind)
    if lifetime:
        # Made here and now, so that the token is in the mail and nowhere else.
        data |= {"token": make_link_token(session, person.id, now, lifetime), "days": lifetime.days}
    return Letter(
        load_portal(session, tenant.revision),
        tenant.is_default,
        host,
        notice.kind,
        data,
        person.email,
        person.first_name,
        person.locale or tenant.locale,
        f"{tenant.slug}.{delivery.id}",
    )


def _attempt(letter: Letter, mail: Mail, renderer: MailRenderer) -> MailNotSent | None:
    """Send the letter; returns the failure instead of raising it, for it is part of the story."""
    try:
        mail.send(renderer.render(letter))
    except MailNotSent as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and retried
        # A template that cannot be written must not stop the mails behind it.
        _log.exception("mail %s for %s could not be made", letter.reference, letter.kind)
        return MailNotSent(f"{type(error).__name__}: {error}", permanent=False)
    return None


def _note(
    open_session: OpenSession, tenant_id: int, claim: _Claim, failure: MailNotSent | None, now: datetime
) -> None:
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        delivery = session.get_one(Delivery, claim.delivery_id)
        if failure is None:
            delivery.delivered_at, delivery.next_try_at, delivery.error = now, None, ""
            return
        delivery.error = str(failure)[:_LONGEST_ERROR]
        if failure.permanent or claim.attempts > len(WAITS):
            delivery.gave_up_at, delivery.next_try_at = now, None
        else:
            delivery.next_try_at = now + WAITS[claim.attempts - 1]
