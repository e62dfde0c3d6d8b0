"""Who is acting: the facts about a signed-in person that rules ask for."""

from dataclasses import dataclass
from enum import StrEnum

from app.kernel.names import full_name
from app.models.person import Role


class Permission(StrEnum):
    """What a route may require of staff; grouped into roles below."""

    ADMIN = "admin"
    """Enter the admin area at all."""
    PEOPLE = "people"
    SPACES = "spaces"
    """Locations and resources."""
    BOOKINGS = "bookings"
    """Book for members, cancel with a reason."""
    OVERRIDE = "override"
    """Pass over a resource's limits, with a warning."""
    SETTINGS = "settings"
    """Sections, home page and look of the portal."""
    STAFF = "staff"
    """Give and take staff roles."""


_FRONT_DESK = frozenset(
    {Permission.ADMIN, Permission.PEOPLE, Permission.BOOKINGS, Permission.OVERRIDE, Permission.SETTINGS}
)
_MANAGER = _FRONT_DESK | {Permission.SPACES}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.NONE: frozenset(),
    Role.FRONT_DESK: _FRONT_DESK,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _MANAGER | {Permission.STAFF},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. `is_member` is derived from today's contracts and stored nowhere."""

    person_id: int
    tenant_id: int
    role: Role
    is_member: bool
    first_name: str
    last_name: str
    email: str
    location_id: int | None
    locale: str | None
    session_id: int | None = None
    """The login session in hand; None for jobs and the command line."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.NONE

    def may(self, permission: Permission) -> bool:
        return permission in ROLE_PERMISSIONS[self.role]
