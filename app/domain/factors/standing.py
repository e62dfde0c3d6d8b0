"""What somebody can show besides a password, and whether the tenant asks it of them."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.factors.terms import FactorNeeded
from app.models import Authenticator, LoginSession, Passkey, Person, RecoveryCode, Role, Tenant
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Standing:
    """`required` is the tenant's rule for this person; a passkey alone meets it, for its device asks for the person."""

    has_password: bool
    has_app: bool
    passkeys: int
    codes_left: int
    required: bool

    @property
    def has_factor(self) -> bool:
        return self.has_app or self.passkeys > 0

    @property
    def asks_second_step(self) -> bool:
        """Whether a password or a mailed link alone does not open the door.

        For a member who has only a passkey it does: they made it to sign in faster, not to be kept out without it.
        """
        return self.has_app or (self.required and self.passkeys > 0)

    @property
    def must_enrol(self) -> bool:
        return self.required and not self.has_factor


def standing_of(session: Session, person_id: int, role: Role) -> Standing:
    """How a person stands, in one statement."""
    row = session.execute(
        select(
            exists().where(Person.id == person_id, Person.password_hash.is_not(None)),
            exists().where(Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None)),
            select(func.count(Passkey.id)).where(Passkey.person_id == person_id).scalar_subquery(),
            select(func.count(RecoveryCode.id))
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
            .scalar_subquery(),
            Tenant.staff_factor,
        ).where(Tenant.id == tenant_of(session))
    ).one()
    has_password, has_app, passkeys, codes_left, staff_factor = row
    return Standing(
        has_password, has_app, passkeys, codes_left, required=staff_factor and role is not Role.NONE
    )


def keep_a_factor(session: Session, actor: Actor) -> None:
    """Raises FactorNeeded when the person has lost the last factor to this transaction and may not be without one."""
    session.flush()
    if standing_of(session, actor.person_id, actor.role).must_enrol:
        raise FactorNeeded


def bound(session: Session, person_id: int, role: Role) -> None:
    """The person has become staff in this transaction: their open sessions are shut until they have what is asked."""
    session.flush()
    if standing_of(session, person_id, role).must_enrol:
        session.execute(
            update(LoginSession).where(LoginSession.person_id == person_id).values(must_enrol=True)
        )


def released(session: Session, person_id: int) -> None:
    """The person has a factor now: whatever was shut until then opens."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person_id, LoginSession.must_enrol)
        .values(must_enrol=False)
    )
