"""Walks every route as tenant A with B's ids: what is not yours is not there, whether one looks or writes."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Row, Table, select
from werkzeug.routing import Rule

from app.models import (
    Base,
)
from app.tenancy import reviewed, tenant_session
from tests.support.belongings import NOBODYS, OpenSession, address_of, belongings
from tests.support.sign_in import sign_in_client
from tests.support.world import TenantWorld, World


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint not in NOBODYS]


def _everything(open_session: OpenSession, tenant: TenantWorld) -> dict[str, list[Row[tuple[object, ...]]]]:
    """Every row of the tenant, to see afterwards that none has changed."""
    tables: list[Table] = [table for table in Base.metadata.sorted_tables if "tenant_id" in table.c]
    with tenant_session(open_session, tenant.id) as session:
        return {
            table.name: list(
                session.execute(
                    reviewed(select(table).where(table.c.tenant_id == tenant.id).order_by(table.c.id))
                ).all()
            )
            for table in tables
        }


def test_the_walk_knows_every_argument(app: Flask, world: World, open_session: OpenSession) -> None:
    ids = belongings(app, open_session, world.northlight)
    assert [rule for rule in _rules(app) if not rule.arguments <= {*ids, "entry_id"}] == []
    assert len(_rules(app)) > 20


def test_ones_own_pages_are_there(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession
) -> None:
    """The opposite first: the same walk with one's own ids finds the pages."""
    ids = belongings(app, open_session, world.northlight)
    sign_in_client(app, client, world.northlight, "owner")
    pages = [rule for rule in _rules(app) if "GET" in (rule.methods or ())]
    found = {
        rule.endpoint: client.get(address_of(app, rule, ids, world.northlight)).status_code for rule in pages
    }
    # A confirmed booking has no checkout any more: it leads to its page.
    # A notice leads to what it tells of.
    elsewhere = {
        "bookings.show_checkout",
        "inbox.show",
        *(each for each in found if each.startswith("sign_on.")),
    }
    assert {status for endpoint, status in found.items() if endpoint not in elsewhere} == {200}, found
    # A provider that cannot be reached, and answers that nobody waits for: refused, but there.
    sign_on = {status for endpoint, status in found.items() if endpoint.startswith("sign_on.")}
    assert sign_on == {200, 403, 502}
    assert found["sign_on.saml_metadata"] == 200
    assert found["inbox.show"] == 303
    assert found["bookings.show_checkout"] in {200, 302, 303}


@pytest.mark.parametrize("who", ["owner", "member"])
def test_the_other_tenants_things_are_404_and_stay_as_they_are(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession, who: str
) -> None:
    ids = belongings(app, open_session, world.harbour)
    before = _everything(open_session, world.harbour)
    sign_in_client(app, client, world.northlight, who)
    app.config["WTF_CSRF_ENABLED"] = False  # what must refuse here is the wall, not the missing token
    answers = {}
    for rule in _rules(app):
        for method in {"GET", "POST"} & (rule.methods or set()):
            address = address_of(app, rule, ids, world.harbour)
            answers[f"{method} {rule.endpoint}"] = client.open(address, method=method).status_code
    assert {call: status for call, status in answers.items() if status != 404} == {}
    assert _everything(open_session, world.harbour) == before


def test_the_other_tenants_password_link_is_404(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession
) -> None:
    belongings(app, open_session, world.harbour)
    address = f"/password/reset/r-{world.harbour.slug}"
    assert client.get(address, base_url=f"http://{world.harbour.host}").status_code == 200
    assert client.get(address, base_url=f"http://{world.northlight.host}").status_code == 404


@pytest.mark.parametrize("link", ["confirm/c", "stop/s"])
def test_the_other_tenants_links_about_an_email_are_404(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession, link: str
) -> None:
    belongings(app, open_session, world.harbour)
    address = f"/email/{link}-{world.harbour.slug}"
    assert client.get(address, base_url=f"http://{world.harbour.host}").status_code == 200
    assert client.get(address, base_url=f"http://{world.northlight.host}").status_code == 404


@pytest.mark.parametrize("address", ["/invitation/i-", "/join/link/u-"])
def test_the_other_tenants_links_of_joining_are_404(
    app: Flask, client: FlaskClient, world: World, open_session: OpenSession, address: str
) -> None:
    belongings(app, open_session, world.harbour)
    address += world.harbour.slug
    assert client.get(address, base_url=f"http://{world.harbour.host}").status_code == 200
    assert client.get(address, base_url=f"http://{world.northlight.host}").status_code == 404


@pytest.mark.parametrize("huge", [2**63, 10**30])
def test_an_id_that_no_row_can_have_is_404(app: Flask, client: FlaskClient, world: World, huge: int) -> None:
    sign_in_client(app, client, world.northlight, "owner")
    assert client.get(f"/admin/people/{huge}").status_code == 404
    assert client.get(f"/bookings/{huge}").status_code == 404
