"""Taking away every second factor of somebody who lost theirs, by somebody who knows that it is them who asks."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit, sessions
from app.domain.actor import Actor
from app.domain.factors.terms import CHANGED, FactorChange
from app.domain.lookup import one
from app.domain.notices import tell
from app.domain.people.details import check_may_touch
from app.domain.people.owners import hold_owners
from app.domain.people.terms import NotOneself
from app.domain.sign_on.owners import check_owner_remains
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Authenticator, Passkey, PendingSignIn, Person, RecoveryCode, Role
from app.tenancy import begin_writing


def reset_factors(session: Session, actor: Actor, person_id: int, clock: Clock) -> Person:
    """Remove somebody's authenticator, passkeys and recovery codes, and sign them out everywhere; they are told.

    Raises NotFound, NotOneself, StaffIsOwnersBusiness and LastWayIn.
    """
    begin_writing(session)
    hold_owners(session)
    person = one(session, Person, person_id, lock=True)
    if person.id == actor.person_id:
        raise NotOneself
    check_may_touch(actor, person)
    _reset(session, person, actor.person_id, clock())
    if person.role is Role.OWNER:
        check_owner_remains(session)
    return person


def reset_factors_of(session: Session, email: str, now: datetime) -> Person:
    """The same for the host, by e-mail, and also for the last owner: the mail of a forgotten password lets them in.

    Raises NotFound.
    """
    begin_writing(session)
    hold_owners(session)
    query = select(Person).where(Person.email_key == email.casefold()).with_for_update()
    person = session.execute(query).scalar_one_or_none()
    if person is None:
        raise NotFound
    _reset(session, person, None, now)
    return person


def _reset(session: Session, person: Person, actor_id: int | None, now: datetime) -> None:
    for table in (Authenticator, Passkey, RecoveryCode, PendingSignIn):
        session.execute(delete(table).where(table.person_id == person.id))
    sessions.end_all(session, person.id)
    audit.record(
        session, now, actor_id, f"factor.{FactorChange.RESET}", subject="person", subject_id=person.id
    )
    tell(session, now, person.id, CHANGED, {"change": FactorChange.RESET})
    session.flush()
