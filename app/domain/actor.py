"""Who is acting: the facts about a signed-in person that rules ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
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
    MONEY = "money"
    """Write invoices, take payments, see what is owed."""
    ACCOUNTS = "accounts"
    """Who bills and how: taxes, numbers, closed periods, and how money is taken."""
    COMMUNITY = "community"
    """See what members report of each other's messages, and decide about it."""
    ANNOUNCEMENTS = "announcements"
    """Tell many people something at once."""
    SETTINGS = "settings"
    """Sections, home page and look of the portal."""
    PRIVACY = "privacy"
    """Make people anonymous, and say how long things are kept."""
    SIGN_ON = "sign_on"
    """Identity providers: whoever sets one up could make it say that anybody is an owner."""
    AUDIT = "audit"
    """Read who did what."""
    STAFF = "staff"
    """Make staff roles, give and take them."""


_FRONT_DESK = frozenset(
    {
        Permission.ADMIN,
        Permission.PEOPLE,
        Permission.BOOKINGS,
        Permission.OVERRIDE,
        Permission.COMMUNITY,
        Permission.ANNOUNCEMENTS,
        Permission.SETTINGS,
        Permission.MONEY,
    }
)
_MANAGER = _FRONT_DESK | {Permission.SPACES, Permission.PRIVACY, Permission.AUDIT, Permission.ACCOUNTS}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.NONE: frozenset(),
    Role.FRONT_DESK: _FRONT_DESK,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _MANAGER | {Permission.SIGN_ON, Permission.STAFF},
    # What a role of the tenant's own adds to this is in its row.
    Role.CUSTOM: frozenset({Permission.ADMIN}),
}


def permissions_of(role: Role, granted: Iterable[str] | None = None) -> frozenset[Permission]:
    """What a role permits; `granted` is what the row of a role of the tenant's own lists.

    A word that is no permission, say of a version to come, permits nothing.
    """
    if role is not Role.CUSTOM:
        return ROLE_PERMISSIONS[role]
    known = {word for word in granted or () if word in set(Permission)}
    return ROLE_PERMISSIONS[role] | {Permission(word) for word in known}


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
    zone: str | None = None
    """The IANA zone by whose clock they wish to be told times; None goes by the location's."""
    session_id: int | None = field(default=None, compare=False)
    """The login session in hand; None for jobs and the command line. The same person in another browser is the same actor."""
    face_digest: str | None = None
    """Of the small square of their photograph, if there is one."""
    leaving: bool = False
    """They have asked for their account to be deleted, and may still change their mind."""
    first_due_on: date | None = None
    """The earliest last day to pay of what they have open."""
    must_enrol: bool = False
    """Has to set up a second factor before anything else."""
    granted: frozenset[Permission] = frozenset()
    """What a role of the tenant's own permits; empty with any other role."""
    limited_to: frozenset[int] | None = None
    """The locations that a staff person works in; None for all of them."""
    on_behalf: bool = False
    """The page in hand says that staff may act for somebody else here (`web.access`)."""

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.NONE

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS[self.role] | self.granted

    def may(self, permission: Permission) -> bool:
        return permission in ROLE_PERMISSIONS[self.role] or permission in self.granted

    def reaches(self, location_id: int | None) -> bool:
        """Whether staff work at a location; None stands for the whole house, which needs all of them."""
        return self.limited_to is None or location_id in self.limited_to

    def acts_for_others(self, location_id: int) -> bool:
        """Whether staff may decide about other people's bookings at a location: only on pages that say so."""
        return self.on_behalf and self.may(Permission.BOOKINGS) and self.reaches(location_id)
