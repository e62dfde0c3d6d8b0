"""An account that waits to be linked: from the provider's answer, which comes from its own page and without the session's
cookie, to a page of ours, which knows who is signed in in this browser.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.sign_on.finding import bring_in
from app.domain.sign_on.providers import find_provider
from app.domain.sign_on.terms import Reason, SignOnRefused
from app.domain.visit import token_hash
from app.models import SignOnAttempt, SignOnPurpose
from app.ports import Asserted
from app.tenancy import begin_writing

_LIFETIME = timedelta(minutes=1)
"""How long a browser may take from one page to the next."""


def keep_until_arrival(
    session: Session, provider_id: int, person_id: int, asserted: Asserted, now: datetime
) -> str:
    """Keep what a provider said for who asked to link it; returns the token that only their browser is given."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignOnAttempt(
            provider_id=provider_id,
            purpose=SignOnPurpose.LINK,
            token_hash=token_hash(token),
            browser_hash="",
            person_id=person_id,
            memory={
                "issuer": asserted.issuer,
                "subject": asserted.subject,
                "email": asserted.email,
                "email_verified": asserted.email_verified,
                "groups": list(asserted.groups),
            },
            created_at=now,
            expires_at=now + _LIFETIME,
        )
    )
    return token


def link_on_arrival(
    session: Session, provider_id: int, token: str, person_id: int | None, now: datetime
) -> None:
    """Link the account that was kept under the token to who asked for it, and to nobody else.

    `person_id` is who is signed in by now. Raises NoSuchProvider and SignOnRefused; what was kept is used up either way.
    """
    begin_writing(session)
    kept = session.execute(
        delete(SignOnAttempt)
        .where(
            SignOnAttempt.token_hash == token_hash(token),
            SignOnAttempt.provider_id == provider_id,
            SignOnAttempt.purpose == SignOnPurpose.LINK,
            SignOnAttempt.browser_hash == "",
            SignOnAttempt.expires_at > now,
        )
        .returning(SignOnAttempt.person_id, SignOnAttempt.memory)
    ).one_or_none()
    session.commit()
    if kept is None:
        raise SignOnRefused(Reason.ATTEMPT_GONE)
    if kept.person_id != person_id:
        raise SignOnRefused(Reason.OTHER_PERSON)
    begin_writing(session)
    provider = find_provider(session, provider_id, enabled=True)
    groups = tuple(kept.memory["groups"])
    bring_in(session, provider, Asserted(**{**kept.memory, "groups": groups}), person_id, now)
