"""Who asked to join and waits for staff: listed, let in, or declined."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.joining.newcomer import make_person, person_with
from app.domain.joining.terms import note_acceptance
from app.domain.joining.words import APPROVED, DECIDED_LIFETIME, DECLINED, WAITING, AlreadyKnown
from app.domain.lookup import one
from app.domain.notices import tell, tell_address
from app.domain.notices.reading import forget_about
from app.domain.sign_on.password_rule import password_rule
from app.kernel.clock import Clock
from app.kernel.errors import AlreadyDecided
from app.kernel.names import full_name
from app.models import Role, SignUp
from app.tenancy import begin_writing

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits, as the list shows them."""

    id: int
    first_name: str
    last_name: str
    email: str
    details: dict[str, Any]
    completed_at: datetime

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)


def count_waiting(session: Session) -> int:
    """How many people wait."""
    return session.execute(select(func.count(SignUp.id)).where(*_WAITS)).scalar_one()


def waiting(session: Session) -> list[Waiting]:
    """Who waits, longest first, at most 200."""
    rows = session.execute(
        select(
            SignUp.id, SignUp.first_name, SignUp.last_name, SignUp.email, SignUp.details, SignUp.completed_at
        )
        .where(*_WAITS)
        .order_by(SignUp.completed_at, SignUp.id)
        .limit(MOST_SHOWN)
    ).all()
    return [Waiting(*row) for row in rows]


def approve(session: Session, actor: Actor, sign_up_id: int, origin: str, clock: Clock) -> str:
    """Let somebody in and mail them; returns their name.

    Raises NotFound, AlreadyDecided, and AlreadyKnown when somebody has their e-mail by now.
    """
    begin_writing(session)
    asked = _held(session, sign_up_id)
    if person_with(session, asked.email) is not None:
        raise AlreadyKnown
    now = clock()
    person = make_person(
        session,
        now,
        asked.email,
        (asked.first_name, asked.last_name),
        asked.details,
        # One that was chosen before passwords were forbidden is not kept for the day on which they no longer are.
        password_hash=None if password_rule(session).binds(Role.NONE) else asked.password_hash,
        locale=asked.locale,
        how="sign_up",
    )
    note_acceptance(session, person.id, asked.terms_id, asked.completed_at or now)
    asked.person_id = person.id
    _decide(session, actor, asked, now, "approved")
    tell(session, now, person.id, APPROVED, {"origin": origin})
    return person.name


def decline(session: Session, actor: Actor, sign_up_id: int, origin: str, clock: Clock) -> str:
    """Say no and mail it; what they wrote is forgotten. Returns their name. Raises NotFound and AlreadyDecided."""
    begin_writing(session)
    asked = _held(session, sign_up_id)
    now, name = clock(), full_name(asked.first_name, asked.last_name)
    data = {"origin": origin, "first_name": asked.first_name, "locale": asked.locale}
    tell_address(session, now, asked.email, DECLINED, data)
    _decide(session, actor, asked, now, "declined")
    return name


def _held(session: Session, sign_up_id: int) -> SignUp:
    asked = one(session, SignUp, sign_up_id, lock=True)
    if asked.completed_at is None or asked.decided_at is not None:
        raise AlreadyDecided
    return asked


def _decide(session: Session, actor: Actor, asked: SignUp, now: datetime, verb: str) -> None:
    asked.decided_at, asked.decided_by_id = now, actor.person_id
    forget_about(session, WAITING, asked.id)
    asked.expires_at = now + DECIDED_LIFETIME
    # The person has what they wrote, or nobody needs it.
    asked.first_name, asked.last_name, asked.details, asked.password_hash = "", "", {}, None
    record_row(session, actor, now, asked, verb, after={"email": asked.email})
    session.flush()


_WAITS = (SignUp.completed_at.is_not(None), SignUp.decided_at.is_(None))
