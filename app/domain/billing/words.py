"""What a charge says on an invoice; the sentences are the web's, in the payer's language."""

from enum import StrEnum
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Person, Tenant
from app.tenancy import tenant_of


class What(StrEnum):
    """What of a plan is charged for."""

    SIGNUP = "signup"
    DEPOSIT = "deposit"
    CYCLE = "cycle"
    UNUSED = "unused"
    """Days that were paid for and are not had, because of a change."""


class ChargeWords(Protocol):
    """Says what a charge is for."""

    def charge(self, locale: str, what: What, plan_name: str) -> str:
        """At most 200 characters, in that language; the days stand beside it on the invoice."""


def language_of(session: Session, person_id: int) -> str:
    """The language that somebody is billed in: their own, else the tenant's."""
    tenant = select(Tenant.locale).where(Tenant.id == tenant_of(session)).scalar_subquery()
    query = select(func.coalesce(Person.locale, tenant)).where(Person.id == person_id)
    return session.execute(query).scalar_one()
