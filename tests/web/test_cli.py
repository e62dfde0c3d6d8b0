"""The operator's commands: a tenant that is founded can be used by whoever it belongs to."""

import re
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.cli import init_commands
from app.models import Tenant, TenantHost
from tests.support.visitor import Visitor
from tests.support.world import World

ADA = ("--owner", "ada@oslo.test", "--owner-name", "Ada Byron")
LINK = re.compile(r"//oslo\.localhost[^/]*(/invitation/\S+)")


def _run(app: Flask, *words: str) -> Result:
    init_commands(app)
    return app.test_cli_runner().invoke(args=["tenant", *words])


def _tenants(open_session: sessionmaker[Session]) -> dict[str, Tenant]:
    with open_session() as session:
        return {tenant.slug: tenant for tenant in session.scalars(select(Tenant))}


def _hosts(open_session: sessionmaker[Session]) -> set[str]:
    with open_session() as session:
        return set(session.scalars(select(TenantHost.host)))


def _invited(app: Flask, tenant_id: int, email: str) -> str:
    """The path of the link in the newest mail of that tenant."""
    app.extensions["portico_work"].deliver(tenant_id)
    mail = app.extensions["portico_outbox"].newest(tenant_id, 1)[0]
    assert mail.to == email
    link = LINK.search(mail.text)
    assert link, mail.text
    return link[1]


def test_the_owner_of_a_new_tenant_gets_in_and_makes_its_first_place(
    app: Flask, world: World, open_session: sessionmaker[Session]
) -> None:
    done = _run(app, "create", "oslo", "Oslo Rooms", *ADA, "--currency", "nok", "--zone", "Europe/Oslo")
    assert done.exit_code == 0, done.output
    oslo = _tenants(open_session)["oslo"]
    assert (oslo.currency, oslo.zone, oslo.is_default) == ("NOK", "Europe/Oslo", False)

    ada = Visitor(app, replace(world.northlight, host="oslo.localhost"))
    link = _invited(app, oslo.id, "ada@oslo.test")
    assert (
        ada.post(
            link, {"first_name": "Ada", "last_name": "Byron", "password": "a brand new pass phrase"}
        ).status_code
        == 303
    )
    assert ada.is_signed_in()
    for path in (
        "/",
        "/admin",
        "/admin/settings",
        "/admin/locations",
        "/admin/resources",
        "/account",
        "/offline",
    ):
        assert ada.get(path, follow_redirects=True).status_code == 200, path
    assert ada.get("/bookings/search").status_code == 404, "there is no place yet"
    place = {"name": "Grünerløkka", "zone": "Europe/Oslo", "position": "0"}
    made = ada.post("/admin/locations", place, form="/admin/locations/new")
    assert made.status_code == 303, made.text
    assert ada.get("/bookings/search").status_code == 200


def test_another_owner_can_be_invited(app: Flask, world: World, open_session: sessionmaker[Session]) -> None:
    assert _run(app, "create", "oslo", "Oslo Rooms", *ADA).exit_code == 0
    assert _run(app, "invite-owner", "oslo", "bea@oslo.test", "--name", "Bea Lovelace").exit_code == 0
    bea = Visitor(app, replace(world.northlight, host="oslo.localhost"))
    link = _invited(app, _tenants(open_session)["oslo"].id, "bea@oslo.test")
    assert (
        bea.post(
            link, {"first_name": "Bea", "last_name": "Lovelace", "password": "a brand new pass phrase"}
        ).status_code
        == 303
    )
    assert bea.get("/admin/settings").status_code == 200


def test_a_domain_of_its_own_leads_to_a_tenant(app: Flask, world: World) -> None:
    own = Visitor(app, replace(world.harbour, host="members.harbour.test"))
    assert own.get("/login").status_code == 404
    assert _run(app, "add-host", "harbour", "Members.Harbour.test.").exit_code == 0
    assert own.get("/login").status_code == 200
    assert own.sign_in("member").status_code == 303


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("create", "northlight", "Again", *ADA), "'northlight' is taken, or is no name for a sub-domain."),
        (("create", "Not a slug", "Again", *ADA), "'Not a slug' is taken, or is no name for a sub-domain."),
        (("create", "oslo", "Oslo", "--owner", "ada", "--owner-name", "Ada"), "'ada' is no e-mail address."),
        (("create", "oslo", "Oslo", "--owner", "ada@oslo.test", "--owner-name", "1"), 'like "Ada Byron"'),
        (("create", "oslo", "Oslo", *ADA, "--zone", "Europe/Oslow"), "Oslow"),
        (("create", "oslo", "Oslo", *ADA, "--currency", "XYZ"), "XYZ"),
        (("create", "oslo", "Oslo", *ADA, "--default"), "the default one already"),
        (
            ("invite-owner", "nowhere", "ada@oslo.test", "--name", "Ada Byron"),
            "There is no tenant 'nowhere'.",
        ),
        (("invite-owner", "northlight", "owner@example.test", "--name", "Ada Byron"), "that e-mail address"),
        (("add-host", "nowhere", "oslo.test"), "There is no tenant 'nowhere'."),
        (("add-host", "harbour", "harbour"), "'harbour' is taken, or is no full host name."),
        (("add-host", "harbour", "http://harbour.test"), "no full host name"),
        # Columns of PostgreSQL have an end, and an owner refused after the tenant was founded leaves it ownerless.
        (("create", "oslo", "O" * 81, *ADA), "1 to 80 characters"),
        (("create", "oslo", " ", *ADA), "1 to 80 characters"),
        (("create", "oslo", "Os\u202elo", *ADA), "that can be shown"),
        (("create", "oslo", "Oslo", *ADA[:3], "Ada " + "B" * 80), "1 to 80 characters"),
        (
            ("create", "oslo", "Oslo", "--owner", f"{'ß' * 60}@{'ß' * 60}.{'ß' * 60}.test", *ADA[2:]),
            "no e-mail",
        ),
        (("create", "oslo", "Oslo", "--owner", "a\u202eda@oslo.test", *ADA[2:]), "that can be shown"),
        # The links in Harbour's mails would lead to the other tenant.
        (("add-host", "harbour", "northlight.localhost"), "is the server's own"),
        (("add-host", "harbour", "LOCALHOST."), "is the server's own"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(
    app: Flask, world: World, open_session: sessionmaker[Session], words: tuple[str, ...], sentence: str
) -> None:
    done = _run(app, *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert _tenants(open_session).keys() == {"northlight", "harbour"}
    assert not _hosts(open_session) - {world.northlight.host, world.harbour.host}


def test_a_host_leads_to_one_tenant_only(app: Flask, world: World) -> None:
    assert _run(app, "add-host", "harbour", "members.test").exit_code == 0
    again = _run(app, "add-host", "northlight", "members.test")
    assert (again.exit_code, "is taken" in again.output) == (1, True)
