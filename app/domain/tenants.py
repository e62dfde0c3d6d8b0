"""Founding a tenant: the rows on the platform's own tables, and whoever owns it first."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.joining.invitations import invite_person
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.kernel.errors import Refusal
from app.kernel.walltime import zone as known_zone
from app.models import Person, Role, Tenant, TenantHost

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class SlugRefused(Refusal):
    """Not a name that can stand before the server's domain, or taken already."""


class DefaultTaken(Refusal):
    """Another tenant answers on the bare base domain."""


class HostRefused(Refusal):
    """Not a full host name, or it leads to a tenant already."""


class NoSuchTenant(Refusal):
    """No tenant has that slug."""


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

    Raises SlugRefused, DefaultTaken, and ValueError for an unknown zone.
    """
    known_zone(command.zone)
    taken = session.scalar(select(Tenant.id).where(Tenant.slug == command.slug))
    if taken is not None or not _SLUG.fullmatch(command.slug):
        raise SlugRefused(command.slug)
    if command.is_default and session.scalar(select(Tenant.id).where(Tenant.is_default)) is not None:
        raise DefaultTaken
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


def tenant_by_slug(session: Session, slug: str) -> Tenant:
    """The tenant of that slug; `session` must not have entered any. Raises NoSuchTenant."""
    found = session.scalar(select(Tenant).where(Tenant.slug == slug))
    if found is None:
        raise NoSuchTenant(slug)
    return found


def invite_owner(session: Session, details: PersonDetails, now: datetime) -> Person:
    """Add an owner to the session's tenant and mail them an invitation. Raises BadName and EmailTaken."""
    person = add_person(session, now, details, role=Role.OWNER)
    invite_person(session, person, None, now, invited_by_id=None)
    return person


def add_host(session: Session, tenant: Tenant, host: str) -> None:
    """Let a host name of its own lead to a tenant; the caller commits.

    `host` is lower-case ASCII, an international name in its `xn--` form. Raises HostRefused.
    """
    taken = session.scalar(select(TenantHost.id).where(TenantHost.host == host))
    if taken is not None or not _HOST.fullmatch(host):
        raise HostRefused(host)
    session.add(TenantHost(tenant_id=tenant.id, host=host))
    session.flush()
