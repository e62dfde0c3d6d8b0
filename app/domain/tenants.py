"""Founding a tenant: the row on the platform's own table, and what a portal cannot be without."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import Refusal
from app.kernel.walltime import zone as known_zone
from app.models import Location, OpeningHours, Person, Role, Tenant

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_WORKDAYS = range(5)


class SlugRefused(Refusal):
    """Not a name that can stand before the server's domain, or taken already."""


@dataclass(frozen=True, slots=True)
class FoundTenant:
    """What a new tenant needs to be told. `zone` is an IANA name, `currency` an ISO 4217 code."""

    slug: str
    name: str
    short_name: str
    currency: str
    locale: str
    zone: str
    is_default: bool = False


def found_tenant(session: Session, command: FoundTenant, now: datetime) -> Tenant:
    """Add the tenant itself. `session` must not have entered any tenant; the caller commits.

    Raises SlugRefused, and ValueError for an unknown zone.
    """
    known_zone(command.zone)
    taken = session.scalar(select(Tenant.id).where(Tenant.slug == command.slug))
    if taken is not None or not _SLUG.fullmatch(command.slug):
        raise SlugRefused(command.slug)
    tenant = Tenant(
        slug=command.slug,
        name=command.name,
        short_name=command.short_name,
        currency=command.currency,
        locale=command.locale,
        zone=command.zone,
        is_default=command.is_default,
        created_at=now,
    )
    session.add(tenant)
    session.flush()
    return tenant


def open_location(
    session: Session,
    name: str,
    zone: str,
    *,
    address: str = "",
    opens: int = 8 * 60,
    closes: int = 20 * 60,
    days: range = _WORKDAYS,
    position: int = 0,
) -> Location:
    """Add a location that is open on those weekdays (0 is Monday) between two minutes of the local day."""
    known_zone(zone)
    location = Location(name=name, zone=zone, address=address, position=position)
    session.add(location)
    session.flush()
    session.add_all(
        OpeningHours(location_id=location.id, weekday=day, opens=opens, closes=closes) for day in days
    )
    return location


def add_person(
    session: Session,
    now: datetime,
    email: str,
    first_name: str,
    last_name: str,
    *,
    password_hash: str | None = None,
    role: Role = Role.NONE,
    location_id: int | None = None,
    company: str = "",
) -> Person:
    """Add somebody the tenant knows, with a card token of their own."""
    person = Person(
        email=email,
        email_key=email.casefold(),
        first_name=first_name,
        last_name=last_name,
        password_hash=password_hash,
        role=role,
        location_id=location_id,
        company=company,
        card_token=secrets.token_urlsafe(24),
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person
