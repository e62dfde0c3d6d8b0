"""Recovery codes: ten, shown once and stored hashed, each standing in for the second factor a single time."""

import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.factors.standing import standing_of
from app.domain.factors.terms import CHANGED, FactorChange, NoApp
from app.domain.notices import tell
from app.domain.visit import token_hash
from app.models import RecoveryCode
from app.tenancy import begin_writing

COUNT = 10
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what reads like something else: 16 of them are 79 bits, too many to guess even from their hashes."""
_GROUPS, _GROUP = 4, 4


def renew_codes(session: Session, actor: Actor, now: datetime) -> list[str]:
    """Ten new codes; the ones before stop working. Raises NoApp for somebody without a second factor."""
    begin_writing(session)
    if not standing_of(session, actor.person_id, actor.role).has_factor:
        raise NoApp
    codes = make_codes(session, actor.person_id, now)
    audit.record(
        session, now, actor.person_id, "factor.codes_new", subject="person", subject_id=actor.person_id
    )
    tell(session, now, actor.person_id, CHANGED, {"change": FactorChange.CODES_NEW})
    return codes


def make_codes(session: Session, person_id: int, now: datetime) -> list[str]:
    """New codes in place of all others, inside of the caller's transaction."""
    forget_codes(session, person_id)
    codes = ["-".join(_letters(_GROUP) for _ in range(_GROUPS)) for _ in range(COUNT)]
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=token_hash(_plain(code)), created_at=now)
        for code in codes
    )
    session.flush()
    return codes


def use_recovery_code(session: Session, person_id: int, typed: str, now: datetime) -> bool:
    """Use up one of the person's codes, inside of the caller's transaction; whether it was one."""
    used = session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == token_hash(_plain(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).all()
    return bool(used)


def forget_codes(session: Session, person_id: int) -> None:
    """Let none of the person's codes work any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _plain(typed: str) -> str:
    """A code without what people put between its groups, or their keyboard made capital."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum())
