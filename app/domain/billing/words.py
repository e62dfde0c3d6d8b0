"""What a charge says on an invoice; the sentences are the web's, in the payer's language."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.kernel.spans import Span
from app.models import Person, Tenant
from app.tenancy import tenant_of


class What(StrEnum):
    """What of a plan is charged for."""

    SIGNUP = "signup"
    DEPOSIT = "deposit"
    CYCLE = "cycle"
    UNUSED = "unused"
    """Days that were paid for and are not had, because of a change."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A booking as an invoice names it: where, and when by the clocks there."""

    room: str
    span: Span
    zone: str
    by_credit: bool
    """Credit has paid a part of it."""
    cancelled: bool = False
    """It was cancelled so late that a part of its price is kept."""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A day in the house, or the hours of a stay, as an invoice names it."""

    place: str
    day: date
    """The place's."""
    span: Span | None
    """Of the hours; none of a whole day."""
    zone: str


class ChargeWords(Protocol):
    """Says what a charge is for."""

    def charge(self, locale: str, what: What, plan_name: str) -> str:
        """At most 200 characters, in that language; the days stand beside it on the invoice."""

    def booking(self, locale: str, stay: Stay) -> str:
        """The same of a booking."""

    def visit(self, locale: str, visit: VisitLine) -> str:
        """The same of a visit that is paid for as one goes."""


def languages_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The language that each is billed in."""
    query = select(Person.id, language_in_sql(session).label("locale")).where(Person.id.in_(person_ids))
    return {row.id: row.locale for row in session.execute(query)}


def language_in_sql(session: Session) -> ColumnElement[str]:
    """The language that a person is billed in: their own, else the tenant's."""
    tenant = select(Tenant.locale).where(Tenant.id == tenant_of(session)).scalar_subquery()
    return func.coalesce(Person.locale, tenant)
