"""Somebody's passkeys: made, named, listed and removed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.domain import audit
from app.domain.actor import Actor
from app.domain.factors.challenge import make_challenge, use_challenge
from app.domain.factors.standing import keep_a_factor, released
from app.domain.factors.terms import CHANGED, FactorChange, PasskeyRefused
from app.domain.lookup import one
from app.domain.notices import tell
from app.domain.people.owners import hold_owners
from app.domain.sign_on.linking import keep_a_way_in
from app.kernel.errors import NotFound, Refusal
from app.models import ChallengeFor, Passkey, Person
from app.tenancy import begin_writing

LONGEST_NAME = 60
MOST = 20
"""Per person: more than anybody has devices, and few enough to list."""


class TooManyPasskeys(Refusal):
    """The person has as many as anybody may have."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is made for: browsers hand it to no other host name, and we believe none that was.

    `origin` is the portal's address, `https://host`; `name` is what the browser calls it.
    """

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What the browser sent back for a challenge. `credential` is the parsed JSON of a PublicKeyCredential."""

    credential: dict[str, Any]
    browser_key: str
    """The random value in the cookie of the browser that answers."""


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """One of somebody's passkeys, as they see it."""

    id: int
    name: str
    host: str
    created_at: datetime
    last_used_at: datetime | None


def list_passkeys(session: Session, actor: Actor) -> list[OwnPasskey]:
    """The person's passkeys, the oldest first."""
    rows = session.execute(
        select(Passkey.id, Passkey.name, Passkey.host, Passkey.created_at, Passkey.last_used_at)
        .where(Passkey.person_id == actor.person_id)
        .order_by(Passkey.id)
    ).all()
    return [OwnPasskey(*row) for row in rows]


def offer_registration(session: Session, actor: Actor, site: Site, browser_key: str, now: datetime) -> str:
    """What the browser is to make a passkey from, as JSON. Raises TooManyPasskeys."""
    begin_writing(session)
    known = session.scalars(
        select(Passkey.credential_id).where(Passkey.person_id == actor.person_id, Passkey.host == site.host)
    ).all()
    if len(known) >= MOST:
        raise TooManyPasskeys
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=user_handle(actor.tenant_id, actor.person_id),
        user_name=actor.email,
        user_display_name=actor.name,
        challenge=make_challenge(session, ChallengeFor.REGISTERING, browser_key, now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        # The same device is not asked to make a second one.
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(each)) for each in known],
    )
    return options_to_json(options)


def add_passkey(
    session: Session, actor: Actor, site: Site, answer: PasskeyAnswer, name: str, now: datetime
) -> None:
    """Keep a passkey that the browser made. Raises PasskeyRefused; the caller commits either way."""
    begin_writing(session)
    challenge = use_challenge(session, answer.credential, ChallengeFor.REGISTERING, answer.browser_key, now)
    try:
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:
        # It reads bytes of any shape; whatever it stumbles over is a refusal.
        raise PasskeyRefused(f"{type(error).__name__}: {error}") from error
    _store(
        session,
        Passkey(
            person_id=actor.person_id,
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            host=site.host,
            name=name[:LONGEST_NAME],
            created_at=now,
        ),
    )
    released(session, actor.person_id)
    _tell(session, actor, now, FactorChange.PASSKEY_ADDED, name)


def rename_passkey(session: Session, actor: Actor, passkey_id: int, name: str, now: datetime) -> None:
    """Call one of the person's passkeys something else. Raises NotFound for anybody else's."""
    begin_writing(session)
    passkey = _own(session, actor, passkey_id)
    before, passkey.name = passkey.name, name[:LONGEST_NAME]
    audit.record_row(
        session, actor, now, passkey, "renamed", before={"name": before}, after={"name": passkey.name}
    )


def remove_passkey(session: Session, actor: Actor, passkey_id: int, now: datetime) -> None:
    """Believe this passkey no longer. Raises NotFound for anybody else's, FactorNeeded, OnlyWayIn and LastWayIn."""
    begin_writing(session)
    hold_owners(session)
    passkey = _own(session, actor, passkey_id)
    session.execute(delete(Passkey).where(Passkey.id == passkey.id))
    keep_a_factor(session, actor)
    keep_a_way_in(session, session.get_one(Person, actor.person_id))
    _tell(session, actor, now, FactorChange.PASSKEY_REMOVED, passkey.name)


def user_handle(tenant_id: int, person_id: int) -> bytes:
    """What authenticators file a person's passkey under: the same each time, and nothing that tells who it is."""
    return hashlib.sha256(f"portico {tenant_id} {person_id}".encode()).digest()


def _own(session: Session, actor: Actor, passkey_id: int) -> Passkey:
    passkey = one(session, Passkey, passkey_id, lock=True)
    if passkey.person_id != actor.person_id:
        raise NotFound
    return passkey


def _store(session: Session, passkey: Passkey) -> None:
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError as error:
        raise PasskeyRefused("another account here has it already") from error


def _tell(session: Session, actor: Actor, now: datetime, change: FactorChange, name: str) -> None:
    audit.record(
        session,
        now,
        actor.person_id,
        f"factor.{change}",
        subject="person",
        subject_id=actor.person_id,
        after={"name": name},
    )
    tell(session, now, actor.person_id, CHANGED, {"change": change, "name": name})
