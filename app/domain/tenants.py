"""Founding a tenant: the row on the platform's own table."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import Refusal
from app.kernel.walltime import zone as known_zone
from app.models import Tenant

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


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
