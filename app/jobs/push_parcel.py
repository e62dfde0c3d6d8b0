"""What a push message is made of and for whom: gathered in the transaction that claims the notice."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.domain.notices.reading import count_unread
from app.domain.notices.wishes import read_wishes
from app.domain.portal import Portal, load_portal, section_is_open_to
from app.domain.push_keys import PushKit, note_refusal, signing_keys
from app.domain.push_sending import Receiver, receivers
from app.jobs.claiming import Due
from app.models import Choice, Tenant
from app.notice_kinds import BY_KEY, Channel, NoticeKind
from app.ports import PushKeys, PushManner, SecretUnreadable
from app.tenancy import tenant_of

UNREADABLE = "The key for push messages is sealed under another key than the server has now."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Banner:
    """Everything that a message is written from."""

    portal: Portal
    notice_id: int
    kind: str
    data: dict[str, Any]
    times: int
    discreet: bool
    """Says that there is something new, and not what."""
    unread: int
    locale: str
    """The person's language; a device's own comes before it where they chose none."""


class PushRenderer(Protocol):
    """Turns a banner into the JSON that a device shows."""

    def render(self, banner: Banner, receiver: Receiver, most: int) -> bytes:
        """No more than `most` bytes. Whatever it raises counts as a failed attempt."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A notice in hand."""

    kit: PushKit
    delivery_id: int
    banner: Banner
    receivers: list[Receiver]
    keys: PushKeys | None
    """None where the server cannot open them."""
    manner: PushManner


def prepare(kit: PushKit | None, session: Session, due: Due, now: datetime) -> Parcel | None:
    """What is to be sent, if anybody still wants and may know it, and has a device that did not get it yet."""
    kind, notice, person = BY_KEY.get(due.notice.kind), due.notice, due.person
    if kit is None or kind is None or person is None or person.suspended_at or notice.read_at:
        return None
    left = notice.created_at + kind.ttl - now
    if left <= timedelta(0) or not _may_know(session, kind, person.id, now):
        return None
    wishes = read_wishes(session, person.id)
    found = receivers(session, due.delivery.id, notice, now)
    if not found or wishes.choice(kind, Channel.PUSH) is Choice.OFF:
        return None
    tenant = session.get_one(Tenant, notice.tenant_id)
    banner = Banner(
        load_portal(session, tenant.revision),
        notice.id,
        notice.kind,
        notice.data,
        notice.times,
        wishes.habits.discreet,
        count_unread(session, person.id),
        person.locale or "",
    )
    manner = PushManner(left, kind.urgency, topic_of(notice.id))
    return Parcel(kit, due.delivery.id, banner, found, _keys(session, kit, now), manner)


def topic_of(notice_id: int) -> str:
    """The same for every message about one notice."""
    return f"n{notice_id}"


def _may_know(session: Session, kind: NoticeKind, person_id: int, now: datetime) -> bool:
    """A section may have been switched off since it told something."""
    return kind.section is None or person_id in section_is_open_to(session, kind.section, [person_id], now)


def _keys(session: Session, kit: PushKit, now: datetime) -> PushKeys | None:
    try:
        return signing_keys(session, kit.box)
    except SecretUnreadable:
        _log.error("tenant %s: %s", tenant_of(session), UNREADABLE)
        note_refusal(session, UNREADABLE, now)
        return None
