"""Write docs/permissions.md: every address of Portico, what it asks of its visitor, and which roles may.

`python -m tools.permissions` writes it; a test fails when it is out of date or a route declares nothing.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from app.domain.actor import ROLE_PERMISSIONS, Permission
from app.factory import create_app
from app.models import Role
from app.settings import Settings
from app.web.access import PUBLIC, Access, access_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
_ROLES = {Role.FRONT_DESK: "Front desk", Role.MANAGER: "Manager", Role.OWNER: "Owner"}
_PERMISSIONS = {
    Permission.ADMIN: "any staff role",
    Permission.PEOPLE: "people and their contracts",
    Permission.SPACES: "spaces and prices",
    Permission.BOOKINGS: "bookings",
    Permission.OVERRIDE: "booking past a room's limits",
    Permission.MONEY: "invoices and payments",
    Permission.ACCOUNTS: "accounts",
    Permission.COMMUNITY: "reported messages",
    Permission.ANNOUNCEMENTS: "announcements",
    Permission.SETTINGS: "the companion app",
    Permission.PRIVACY: "privacy and deletion",
    Permission.SIGN_ON: "ways to sign in",
    Permission.AUDIT: "the audit log",
    Permission.STAFF: "staff and their roles",
}
_HEAD = """# Who may do what

Made by `python -m tools.permissions` out of what the routes declare (`app/web/access.py`); `tests/walls/test_permissions.py`
fails when it is out of date. What a route does not declare, nobody can ask for: the application refuses to start with it.

Whoever may not gets the answer of an address that does not exist. A tenant's own roles (`/admin/roles`) are made of the
permissions below. Staff who are limited to locations see, under every address, only what belongs to one of theirs, and
nothing at all where it says *whole house*. *On behalf* marks the only addresses at which staff act for somebody else: the
audit trail names both of them, and the person reads it at `/account/activity`.

## Permissions

| Permission | {roles} |
|---|{rule}|
{permissions}

## Addresses

| Method | Address | Asks for | {roles} |
|---|---|---|{rule}|
{addresses}
"""


def page(app: Flask) -> str:
    """The whole page."""
    return _HEAD.format(
        roles=" | ".join(_ROLES.values()),
        rule="|".join("---" for _role in _ROLES),
        permissions="\n".join(_permissions()),
        addresses="\n".join(_addresses(app)),
    )


def rules_of(app: Flask) -> list[Rule]:
    """Every route but that of static files, by address."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return sorted(rules, key=lambda rule: (rule.rule, _methods(rule)))


def _permissions() -> Iterator[str]:
    for permission, words in _PERMISSIONS.items():
        marks = " | ".join("yes" if permission in ROLE_PERMISSIONS[role] else "" for role in _ROLES)
        yield f"| {words} (`{permission}`) | {marks} |"


def _addresses(app: Flask) -> Iterator[str]:
    for rule in rules_of(app):
        access = access_of(app, rule.endpoint)
        if access is None:
            raise RuntimeError(f"{rule.endpoint} declares nothing")
        marks = " | ".join("yes" if _may(access, role) else "" for role in _ROLES)
        yield f"| {_methods(rule)} | `{rule.rule}` | {_asks(access)} | {marks} |"


def _methods(rule: Rule) -> str:
    return ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def _asks(access: Access) -> str:
    if access is PUBLIC:
        return "nothing"
    if access.section is not None:
        visitors = " and for who is not signed in yet" if access.visitors else ""
        return f"the section *{access.section}*, for whom it is open{visitors}"
    if access.visitors:
        return "nothing; of who is signed in, that they have settled what is asked of them first"
    if access.permission is None:
        return "signing in"
    more = (", *on behalf*" if access.on_behalf else "") + (", *whole house*" if access.whole_house else "")
    return _PERMISSIONS[access.permission] + more


def _may(access: Access, role: Role) -> bool:
    return access.permission is None or access.permission in ROLE_PERMISSIONS[role]


def the_app(folder: Path) -> Flask:
    """An application whose routes can be read; it asks no database."""
    secret = "only-for-reading-the-routes-of-an-application"  # noqa: S105 - of nothing that serves anybody
    return create_app(
        Settings(environment="test", secret_key=secret, database_url="sqlite://", data_dir=folder)
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(the_app(Path(folder))))
    print(f"{PAGE.relative_to(Path.cwd())} is written.")


if __name__ == "__main__":
    main()
