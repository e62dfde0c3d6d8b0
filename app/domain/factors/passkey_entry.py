"""Signing in with a passkey: without typing an e-mail, or as the second step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import generate_authentication_options, options_to_json, verify_authentication_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from app.domain.factors.challenge import make_challenge, use_challenge
from app.domain.factors.entering import finish, let_in, open_half
from app.domain.factors.passkeys import PasskeyAnswer, Site
from app.domain.factors.terms import PasskeyRefused
from app.domain.sessions import Browser
from app.models import ChallengeFor, Passkey, Person, Way
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class _Claim:
    passkey: Passkey
    person: Person
    challenge: bytes


def offer_sign_in(session: Session, site: Site, browser_key: str, now: datetime) -> str:
    """What the browser is to ask any passkey of this portal, as JSON."""
    begin_writing(session)
    return _offer(make_challenge(session, ChallengeFor.SIGNING_IN, browser_key, now), site, [])


def offer_second_step(session: Session, site: Site, token: str, browser_key: str, now: datetime) -> str:
    """The same of the passkeys of somebody who is half signed in. Raises PendingGone."""
    begin_writing(session)
    half = open_half(session, token, now)
    own = session.scalars(
        select(Passkey.credential_id).where(Passkey.person_id == half.person.id, Passkey.host == site.host)
    ).all()
    return _offer(make_challenge(session, ChallengeFor.SECOND_STEP, browser_key, now), site, list(own))


def sign_in_with_passkey(
    session: Session, site: Site, answer: PasskeyAnswer, browser: Browser, now: datetime
) -> str:
    """Start a session for whoever the passkey belongs to; returns its token. Raises PasskeyRefused.

    The caller commits either way, for the challenge is used up.
    """
    begin_writing(session)
    claim = _claim(session, site, answer, ChallengeFor.SIGNING_IN, now)
    _verify(claim, site, answer, now)
    return let_in(session, claim.person, browser, Way.PASSKEY, now)


def finish_with_passkey(
    session: Session, site: Site, token: str, answer: PasskeyAnswer, browser: Browser, now: datetime
) -> str:
    """The second step by a passkey of the person who is half signed in; returns the token of a session.

    Raises PendingGone and PasskeyRefused; the caller commits either way.
    """
    begin_writing(session)
    half = open_half(session, token, now, hold=True)
    claim = _claim(session, site, answer, ChallengeFor.SECOND_STEP, now)
    if claim.person.id != half.person.id:
        raise PasskeyRefused("it belongs to somebody else than who made the first step")
    _verify(claim, site, answer, now)
    return finish(session, half, browser, now)


def _offer(challenge: bytes, site: Site, credential_ids: list[str]) -> str:
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            allow_credentials=[
                PublicKeyCredentialDescriptor(base64url_to_bytes(each)) for each in credential_ids
            ],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _claim(
    session: Session, site: Site, answer: PasskeyAnswer, purpose: ChallengeFor, now: datetime
) -> _Claim:
    challenge = use_challenge(session, answer.credential, purpose, answer.browser_key, now)
    row = session.execute(
        select(Passkey, Person)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == _text(answer.credential, "id"), Person.suspended_at.is_(None))
        .with_for_update(of=Passkey)
    ).first()
    if row is None:
        raise PasskeyRefused("nobody here has it")
    passkey, person = row
    if passkey.host != site.host:
        raise PasskeyRefused(f"it was made at {passkey.host}")
    return _Claim(passkey, person, challenge)


def _verify(claim: _Claim, site: Site, answer: PasskeyAnswer, now: datetime) -> None:
    passkey = claim.passkey
    try:
        shown = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=claim.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        # It reads bytes of any shape; whatever it stumbles over is a refusal.
        raise PasskeyRefused(f"{type(error).__name__}: {error}") from error
    passkey.sign_count, passkey.last_used_at = shown.new_sign_count, now


def _text(credential: dict[str, Any], key: str) -> str:
    value = credential.get(key)
    return value if isinstance(value, str) else ""
