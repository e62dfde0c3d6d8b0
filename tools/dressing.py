"""What the demo leaves to be set up, set up for the pictures: joining, terms, a provider, somebody who waits."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.joining.words import INVITATION_LIFETIME, SIGN_UP_LIFETIME
from app.domain.visit import token_hash
from app.models import (
    Invitation,
    JoiningMode,
    JoiningSetting,
    Person,
    Plan,
    SignOnProtocol,
    SignOnProvider,
    SignUp,
    TeamInvitation,
    Terms,
)

TOKEN = "for-the-pictures"  # noqa: S105 (opens an invitation of a database that is thrown away)
_TERMS = (
    "The space is open to members around the clock, and to guests from eight to six.\n\n"
    "Leave a room as you found it. What breaks can be mended: tell the front desk, and nobody minds.\n\n"
    "A booking can be cancelled until the day before; after that half of it is kept."
)


def dress(session: Session, now: datetime) -> None:
    """Fill in for the tenant of the session; the first person of it is who did it."""
    owner = session.scalars(select(Person).order_by(Person.id)).first()
    if owner is None:
        raise LookupError("the demo has nobody")
    session.add(JoiningSetting(mode=JoiningMode.OPEN, needs_approval=True, fields={}))
    session.add(
        Terms(
            number=1,
            title="House rules",
            text=_TERMS,
            for_everybody=False,
            published_at=now + timedelta(seconds=1),  # who is here already need not accept it
            published_by_id=owner.id,
        )
    )
    session.add(
        SignOnProvider(
            protocol=SignOnProtocol.OIDC,
            name="Northlight Studios",
            settings={"preset": "other", "issuer": "https://id.northlight.test", "client_id": "portico"},
            enabled=True,
            created_at=now,
            connected_at=now,
        )
    )
    for plan in session.scalars(select(Plan).where(Plan.link_token.is_not(None))):
        plan.link_token = TOKEN
    session.add(_waiting(now))
    session.add(
        Invitation(
            email="rowan.ashby@example.test",
            email_key="rowan.ashby@example.test",
            first_name="Rowan",
            last_name="Ashby",
            message="Your desk by the window is ready.",
            token_hash=token_hash(TOKEN),
            invited_by_id=owner.id,
            created_at=now,
            expires_at=now + INVITATION_LIFETIME,
        )
    )
    for asked in session.scalars(select(TeamInvitation)):
        asked.token_hash = token_hash(TOKEN)


def _waiting(now: datetime) -> SignUp:
    return SignUp(
        email="katarzyna.wisniewska-lindqvist@example.test",
        email_key="katarzyna.wisniewska-lindqvist@example.test",
        asked_at=now - timedelta(hours=3),
        expires_at=now + SIGN_UP_LIFETIME,
        completed_at=now - timedelta(hours=2),
        first_name="Katarzyna",
        last_name="Wiśniewska-Lindqvist",
        details={"company": "Lindqvist och Döttrar Arkitektkontor"},
    )
