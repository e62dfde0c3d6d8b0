"""What is put into a mail only while it is written: a link's token, which is stored nowhere, an announcement's text, and an
invoice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.announcements.terms import PUBLISHED, TRIED
from app.domain.invoicing.terms import ISSUED
from app.domain.joining.invitations import make_invitation_token
from app.domain.joining.sign_up import make_sign_up_token
from app.domain.joining.words import ASKED, INVITATION_LIFETIME, INVITED, SIGN_UP_LIFETIME
from app.domain.new_email import CONFIRM, LEAVING, make_email_token
from app.domain.new_password import FORGOTTEN, make_link_token
from app.domain.sign_in_link import MAILED, make_keys
from app.domain.team.invite import INVITED as INTO_TEAM
from app.domain.team.invite import make_team_token
from app.domain.team.terms import INVITATION_LIFETIME as TEAM_INVITATION_LIFETIME
from app.models import Announcement, AnnouncementState, Invoice, Notice

MakeLink = Callable[[Session, Notice, datetime], dict[str, Any] | None]


def make_link(session: Session, notice: Notice, now: datetime) -> dict[str, Any] | None:
    """What the mail of this notice holds beside the notice's own data; nothing for most kinds.

    None when what it tells of is over by now: revoked, accepted, withdrawn, gone. Such a mail is not sent.
    """
    make = _MAKERS.get(notice.kind)
    return make(session, notice, now) if make else {}


def _forgotten(session: Session, notice: Notice, now: datetime) -> dict[str, Any]:
    return {"token": make_link_token(session, notice.person_id, now)} if notice.person_id else {}


def _invited(session: Session, notice: Notice, now: datetime) -> dict[str, Any] | None:
    token = make_invitation_token(session, notice.data["invitation"], now)
    return {"token": token, "days": INVITATION_LIFETIME.days} if token else None


def _into_team(session: Session, notice: Notice, _now: datetime) -> dict[str, Any] | None:
    token = make_team_token(session, notice.data["invitation"])
    return {"token": token, "days": TEAM_INVITATION_LIFETIME.days} if token else None


def _asked(session: Session, notice: Notice, now: datetime) -> dict[str, Any]:
    token = make_sign_up_token(session, notice.email or "", now)
    return {"token": token, "days": SIGN_UP_LIFETIME.days}


def _changed_email(session: Session, notice: Notice, _now: datetime) -> dict[str, Any]:
    return {"token": make_email_token(session, notice.kind, notice.data["change"])}


def _announced(session: Session, notice: Notice, _now: datetime) -> dict[str, Any] | None:
    """The whole text, which stands once beside thousands of notices."""
    body = session.scalars(
        select(Announcement.body).where(
            Announcement.id == notice.data["announcement_id"],
            Announcement.state != AnnouncementState.WITHDRAWN,
        )
    ).one_or_none()
    return None if body is None else {"body": body}


def _sign_in(session: Session, notice: Notice, now: datetime) -> dict[str, Any]:
    if notice.person_id is None:
        return {}
    keys = make_keys(session, notice.person_id, notice.data["browser"], notice.data.get("next", ""), now)
    return {"token": keys.token, "code": keys.code}


def _issued(session: Session, notice: Notice, _now: datetime) -> dict[str, Any] | None:
    """The stored document, of which the PDF is made that goes with the mail."""
    invoice = session.get(Invoice, notice.data["invoice_id"])
    if invoice is None or invoice.document is None or invoice.issued_at is None:
        return None
    return {"document": invoice.document, "issued_at": invoice.issued_at.isoformat()}


_MAKERS: dict[str, MakeLink] = {
    FORGOTTEN: _forgotten,
    INVITED: _invited,
    ASKED: _asked,
    CONFIRM: _changed_email,
    LEAVING: _changed_email,
    MAILED: _sign_in,
    INTO_TEAM: _into_team,
    PUBLISHED: _announced,
    TRIED: _announced,
    ISSUED: _issued,
}
