"""A role that permitted all that the front desk's did goes on doing so; no other role comes to write to everybody."""

import json

import flask_migrate
import pytest
from sqlalchemy import Engine, text

_DESK = ["bookings", "community", "override", "people", "settings"]
_ROLES = {"Stand-in": [*_DESK, "audit"], "Host": ["bookings"], "Nearly": _DESK[:-1]}


def _permissions(owner: Engine) -> dict[str, list[str]]:
    with owner.begin() as connection:
        if owner.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant_id', '1', true)"))
        rows = connection.execute(text("SELECT name, permissions FROM staff_role")).all()
    return {name: json.loads(found) if isinstance(found, str) else found for name, found in rows}


@pytest.mark.usefixtures("migrating_app")
def test_only_who_stands_in_for_the_front_desk_gets_the_new_permission(owner: Engine) -> None:
    flask_migrate.downgrade(revision="0014")
    with owner.begin() as connection:
        connection.execute(text(_TENANT))
        if owner.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant_id', '1', true)"))
        for name, permissions in _ROLES.items():
            connection.execute(
                text("INSERT INTO staff_role (tenant_id, name, permissions) VALUES (1, :name, :permissions)"),
                {"name": name, "permissions": json.dumps(permissions)},
            )
    flask_migrate.upgrade(revision="0015")
    found = _permissions(owner)
    assert set(found.pop("Stand-in")) == {*_DESK, "audit", "announcements"}
    assert found == {name: _ROLES[name] for name in ("Host", "Nearly")}
    flask_migrate.downgrade(revision="0014")
    assert set(_permissions(owner)["Stand-in"]) == {*_DESK, "audit"}


_TENANT = """
INSERT INTO tenant
    (id, slug, name, short_name, currency, locale, zone, is_default, revision, created_at, mail_links, staff_factor)
    VALUES (1, 'north', 'North', 'North', 'GBP', 'en', 'Europe/London', true, 1, CURRENT_TIMESTAMP, true, false)
"""
