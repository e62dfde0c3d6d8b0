"""Forms about staff roles: what one is made of, and giving it to somebody."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.admin.answers import same_name
from app.blueprints.admin.people_forms import last_owner, owners_business
from app.domain.actor import ROLE_PERMISSIONS, Actor, Permission
from app.domain.people.staff import Standing
from app.domain.people.terms import GiveRole, LastOwner, MoreThanOneHas, StaffIsOwnersBusiness
from app.domain.spaces.terms import NameTaken
from app.domain.staff_roles import (
    GIVEABLE,
    LONGEST_ROLE_NAME,
    NothingPermitted,
    RoleDetails,
    RoleLine,
    may_change,
)
from app.models import Role, StaffRole
from app.web.attempts import Words, say
from app.web.forms import ChoiceField, ChoicesField, Form, TextField, options
from app.web.staff_words import PERMISSIONS, ROLES

_CUSTOM = "custom-"


class StaffRoleForm(Form):
    """What a role of the tenant's own is called, and what it permits of what its maker may permit."""

    name = TextField(_l("Name"), longest=LONGEST_ROLE_NAME)
    permissions = ChoicesField(_l("What this role may do"), coerce=str)

    def __init__(self, actor: Actor, role: StaffRole | None = None, **kwargs: Any) -> None:
        super().__init__(obj=role, **kwargs)
        self.permissions.choices = options(
            (each, PERMISSIONS[each]) for each in GIVEABLE if may_change(actor, [each])
        )

    def details(self) -> RoleDetails:
        return RoleDetails(self.name.data, frozenset(map(Permission, self.permissions.data or ())))


class GiveRoleForm(Form):
    """Which role somebody has, and where."""

    role = ChoiceField(_l("Role"))
    location_ids = ChoicesField(_l("Only in these locations"))

    def __init__(
        self,
        actor: Actor,
        roles: Iterable[RoleLine],
        places: Iterable[tuple[int, str]],
        standing: Standing,
        **kwargs: Any,
    ) -> None:
        now = {
            "role": _value(standing.role, standing.staff_role_id),
            "location_ids": standing.limited_to or (),
        }
        super().__init__(data=now, **kwargs)
        offered = [
            (role, label)
            for role, label in ROLES.items()
            if role is not Role.CUSTOM and _giveable(actor, role, ROLE_PERMISSIONS[role])
        ]
        own = [
            (_value(Role.CUSTOM, role.id), role.name)
            for role in roles
            if _giveable(actor, Role.CUSTOM, role.permissions)
        ]
        self.role.choices = options([*offered, *own])
        self.location_ids.choices = options(places)

    def wish(self) -> GiveRole:
        places = frozenset(self.location_ids.data or ())
        role: str = self.role.data
        if role.startswith(_CUSTOM):
            return GiveRole(Role.CUSTOM, int(role.removeprefix(_CUSTOM)), places)
        return GiveRole(Role(role), None, places)


def role_name(standing: Standing, roles: Iterable[RoleLine]) -> str:
    """What somebody's role is called; empty for who has none."""
    if standing.role is Role.NONE:
        return ""
    return next((role.name for role in roles if role.id == standing.staff_role_id), str(ROLES[standing.role]))


def _giveable(actor: Actor, role: Role, permissions: frozenset[Permission]) -> bool:
    return Standing(role, None, permissions, actor.limited_to).within(actor)


def _value(role: Role, staff_role_id: int | None) -> str:
    return str(role) if staff_role_id is None else f"{_CUSTOM}{staff_role_id}"


def more_than_one_has() -> str:
    return _("Nobody gives more than they may do themselves, or works in more places than they do.")


GIVE_WORDS: Words = {
    LastOwner: say("role", last_owner),
    MoreThanOneHas: say("role", more_than_one_has),
    StaffIsOwnersBusiness: say("role", owners_business),
}
ROLE_WORDS: Words = {
    NameTaken: say("name", same_name),
    NothingPermitted: say("permissions", lambda: _("Choose at least one thing that this role may do.")),
    MoreThanOneHas: say("permissions", more_than_one_has),
}
