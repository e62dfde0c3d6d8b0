"""Some owner can always sign in, whatever is switched off, unlinked, removed or suspended."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.domain.people.owners import owners
from app.domain.sign_on.terms import LastWayIn
from app.models import Passkey, Person, SignOnIdentity, SignOnProvider


def owner_can_sign_in(session: Session, *, but: int | None = None) -> bool:
    """Whether an owner who is there to stay has a password, a passkey, or an account that opened theirs through a
    provider that is switched on, since that leads to where it leads.

    A passkey works at the host name that it was made at; a tenant's host names are only ever added to, so it counts.
    With `but` that person is left out.
    """
    linked = (
        exists()
        .where(
            SignOnIdentity.person_id == Person.id,
            SignOnIdentity.provider_id == SignOnProvider.id,
            SignOnProvider.enabled.is_(True),
            SignOnIdentity.used_at >= SignOnProvider.connected_at,
        )
        .correlate(Person)
    )
    passkey = exists().where(Passkey.person_id == Person.id).correlate(Person)
    found = session.execute(
        select(Person.id)
        .where(
            Person.id.in_(set(owners(session)) - {but}),
            or_(Person.password_hash.is_not(None), passkey, linked),
        )
        .limit(1)
    ).first()
    return found is not None


def check_owner_remains(session: Session) -> None:
    """Called after the change and before its commit. Raises LastWayIn; the caller rolls back."""
    session.flush()
    if not owner_can_sign_in(session):
        raise LastWayIn
