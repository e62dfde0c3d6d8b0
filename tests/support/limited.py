"""Staff with a role of the tenant's own, or limited to locations, as the tests need them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Flask

from app.domain.actor import Permission
from app.domain.people.standing import set_role
from app.domain.people.terms import GiveRole
from app.domain.staff_roles import RoleDetails, save_role
from app.models import Role
from tests.support.rows import inside
from tests.support.world import TenantWorld


def _now() -> datetime:
    return datetime.now(UTC)


def give(
    app: Flask,
    tenant: TenantWorld,
    who: str,
    role: Role,
    *,
    own: str | None = None,
    places: Iterable[str] = (),
) -> None:
    """Let the owner give somebody of the cast a role; `own` names one of the tenant's own."""
    wish = GiveRole(
        role,
        tenant.roles[own] if own else None,
        frozenset(tenant.locations[place] for place in places),
    )
    with inside(app, tenant) as session:
        set_role(session, tenant.actor("owner"), tenant.people[who], wish, _now)


def make_role(app: Flask, tenant: TenantWorld, name: str, permissions: Iterable[Permission]) -> int:
    """Let the owner make a role, and give it that name in `tenant.roles`."""
    with inside(app, tenant) as session:
        details = RoleDetails(name, frozenset(permissions))
        tenant.roles[name] = save_role(session, tenant.actor("owner"), None, details, _now).id
    return tenant.roles[name]
