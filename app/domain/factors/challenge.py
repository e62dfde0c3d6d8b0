"""Challenges for passkeys: kept here, for one browser and one purpose, good for one answer."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge

from app.domain.factors.terms import PasskeyRefused
from app.domain.visit import token_hash
from app.models import ChallengeFor, PasskeyChallenge

LIFETIME = timedelta(minutes=10)


def make_challenge(session: Session, purpose: ChallengeFor, browser_key: str, now: datetime) -> bytes:
    """A new challenge for that browser, written into the caller's transaction."""
    challenge = generate_challenge()
    session.add(
        PasskeyChallenge(
            challenge=bytes_to_base64url(challenge),
            purpose=purpose,
            browser_hash=token_hash(browser_key),
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return challenge


def use_challenge(
    session: Session, credential: dict[str, Any], purpose: ChallengeFor, browser_key: str, now: datetime
) -> bytes:
    """Use up the challenge that a passkey's answer names. Raises PasskeyRefused.

    It is used up whether or not the answer turns out to be good: the caller commits either way.
    """
    named = _challenge_of(credential)
    found = session.scalars(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == named,
            PasskeyChallenge.purpose == purpose,
            PasskeyChallenge.browser_hash == token_hash(browser_key),
            PasskeyChallenge.expires_at > now,
        )
        .returning(PasskeyChallenge.challenge)
    ).one_or_none()
    if found is None:
        raise PasskeyRefused("its challenge was used, is too old, or was given to another browser")
    return base64url_to_bytes(found)


def forget_challenges(session: Session, now: datetime) -> None:
    """Delete the challenges that nobody can answer any more."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))


def _challenge_of(credential: dict[str, Any]) -> str:
    try:
        told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return str(told["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PasskeyRefused("it is not an answer to any challenge") from error
