"""The accounts at providers that open somebody's account here."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.people.owners import hold_owners
from app.domain.sign_on.owners import check_owner_remains
from app.domain.sign_on.password_rule import password_rule
from app.domain.sign_on.terms import LinkedAccount
from app.kernel.errors import NotFound, Refusal
from app.models import Passkey, Person, SignOnIdentity, SignOnProvider
from app.tenancy import begin_writing


class OnlyWayIn(Refusal):
    """The person could not sign in any more."""


def linked_accounts(session: Session, actor: Actor) -> list[LinkedAccount]:
    """The person's own, in the order in which they were linked."""
    rows = session.execute(
        select(
            SignOnIdentity.id,
            SignOnProvider.id,
            SignOnProvider.name,
            SignOnIdentity.email,
            SignOnIdentity.linked_at,
            SignOnIdentity.used_at,
            SignOnProvider.enabled,
        )
        .join(SignOnProvider, SignOnProvider.id == SignOnIdentity.provider_id)
        .where(SignOnIdentity.person_id == actor.person_id)
        .order_by(SignOnIdentity.id)
    ).all()
    return [LinkedAccount(*row) for row in rows]


def unlink(session: Session, actor: Actor, identity_id: int, now: datetime) -> None:
    """Let an account open the person's account no more. Raises NotFound, OnlyWayIn and LastWayIn."""
    begin_writing(session)
    hold_owners(session)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    gone = session.execute(
        delete(SignOnIdentity)
        .where(SignOnIdentity.id == identity_id, SignOnIdentity.person_id == person.id)
        .returning(SignOnIdentity.provider_id, SignOnIdentity.email)
    ).one_or_none()
    if gone is None:
        raise NotFound
    keep_a_way_in(session, person)
    audit.record(
        session,
        now,
        person.id,
        "person.account_unlinked",
        subject="person",
        subject_id=person.id,
        before={"provider": gone.provider_id, "email": gone.email},
    )


def keep_a_way_in(session: Session, person: Person) -> None:
    """Called after a way in was taken away, by who holds the owners. Raises OnlyWayIn and LastWayIn."""
    session.flush()
    if not _can_sign_in(session, person):
        raise OnlyWayIn
    check_owner_remains(session)


def _can_sign_in(session: Session, person: Person) -> bool:
    if person.password_hash is not None and not password_rule(session).binds(person.role):
        return True
    if session.execute(select(Passkey.id).where(Passkey.person_id == person.id).limit(1)).first():
        return True
    other = session.execute(
        select(SignOnIdentity.id)
        .join(SignOnProvider, SignOnProvider.id == SignOnIdentity.provider_id)
        .where(SignOnIdentity.person_id == person.id, SignOnProvider.enabled.is_(True))
        .limit(1)
    ).first()
    return other is not None
