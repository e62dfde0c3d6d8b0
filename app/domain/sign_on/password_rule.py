"""Whom a tenant's providers forbid to sign in with a password. Never an owner: see decision 0010."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Role, SignOnProvider


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """Passwords do not open the portal for these."""

    members: bool = False
    """Everybody who is not staff."""
    staff: bool = False

    def binds(self, role: Role) -> bool:
        """Whether somebody of that role must sign in another way."""
        if role is Role.OWNER:
            return False
        return self.members if role is Role.NONE else self.staff


def password_rule(session: Session) -> PasswordRule:
    """What holds now: what any provider that is switched on forbids."""
    rows = session.execute(
        select(SignOnProvider.forbids_member_passwords, SignOnProvider.forbids_staff_passwords).where(
            SignOnProvider.enabled.is_(True)
        )
    ).all()
    return PasswordRule(any(members for members, _ in rows), any(staff for _, staff in rows))
