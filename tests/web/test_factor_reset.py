"""A lost second factor: taken away by staff, or by the host for an owner who lost everything."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.cli import init_commands
from app.models import AuditEntry, Authenticator, LoginSession, Passkey, Person, RecoveryCode
from tests.support.factors import give_app
from tests.support.mail import mails
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

NOW = datetime.now(UTC)


def _url(tenant: TenantWorld, who: str) -> str:
    return f"/admin/people/{tenant.people[who]}"


def _lose(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    """Somebody with an app, codes, a passkey and a browser that is signed in."""
    device = Visitor(app, tenant)
    device.sign_in(who)
    assert device.is_signed_in()
    give_app(app, tenant, who, NOW)
    _give_passkey(app, tenant, who)
    return device


def _give_passkey(app: Flask, tenant: TenantWorld, who: str) -> None:
    with inside(app, tenant) as session:
        session.add(
            Passkey(
                person_id=tenant.people[who],
                credential_id=f"of {who}",
                public_key=b"",
                sign_count=0,
                host=tenant.host,
                name="Phone",
                created_at=NOW,
            )
        )
        session.commit()


def _factors(app: Flask, tenant: TenantWorld, who: str) -> int:
    mine = tenant.people[who]
    return sum(
        len(rows(app, tenant, table, person_id=mine)) for table in (Authenticator, Passkey, RecoveryCode)
    )


def _gets_in_with_a_password(app: Flask, tenant: TenantWorld, who: str) -> bool:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor.is_signed_in()


def test_staff_reset_what_a_member_lost(app: Flask, world: World) -> None:
    north = world.northlight
    device, desk = _lose(app, north, "member"), Desk(app, north, "desk")
    assert not _gets_in_with_a_password(app, north, "member"), "the code is asked for"
    _lose(app, north, "colleague")
    here = _url(north, "member")
    assert "Reset second factors" in desk.get(here).text
    assert desk.send(f"{here}/factor-reset").status_code == 303
    assert "Reset second factors" not in desk.get(here).text
    assert _factors(app, north, "member") == 0
    assert _factors(app, north, "colleague") == 12
    assert not device.is_signed_in()
    assert _gets_in_with_a_password(app, north, "member")
    (entry,) = rows(app, north, AuditEntry, action="factor.reset")
    assert (entry.actor_id, entry.subject_id) == (north.people["desk"], north.people["member"])
    assert any("were reset" in text for text in mails(app, north))


@pytest.mark.parametrize("by", ["desk", "manager"])
def test_staff_accounts_are_for_owners(app: Flask, world: World, by: str) -> None:
    north = world.northlight
    other = "manager" if by == "desk" else "desk"
    _lose(app, north, other)
    assert "Reset second factors" not in Desk(app, north, by).get(_url(north, other)).text
    Desk(app, north, by).send(f"{_url(north, other)}/factor-reset")
    assert _factors(app, north, other) == 12
    Desk(app, north, "owner").send(f"{_url(north, other)}/factor-reset")
    assert _factors(app, north, other) == 0


def test_nobody_resets_their_own_this_way_nor_anybody_of_another_tenant(app: Flask, world: World) -> None:
    north = world.northlight
    owner = Desk(app, north, "owner")
    give_app(app, north, "owner", NOW)
    owner.send(f"{_url(north, 'owner')}/factor-reset")
    assert _factors(app, north, "owner") == 11
    _lose(app, world.harbour, "member")
    assert owner.send(f"{_url(world.harbour, 'member')}/factor-reset").status_code == 404
    assert _factors(app, world.harbour, "member") == 12
    assert Visitor(app, north).post_bare(_url(north, "member") + "/factor-reset").status_code in {
        302,
        303,
        400,
        403,
    }
    member = Visitor(app, north)
    member.sign_in("member")
    assert member.post(f"{_url(north, 'owner')}/factor-reset", form="/account").status_code in {403, 404}


def test_the_last_owner_who_can_sign_in_keeps_the_way(app: Flask, world: World) -> None:
    """Their passkey is the only way in of any owner: only the host may take it."""
    north = world.northlight
    acting = Desk(app, north, "owner")
    second = north.people["manager"]
    change(app, north, Person, second, role="owner")
    for person_id in (north.people["owner"], second):
        change(app, north, Person, person_id, password_hash=None)
    _give_passkey(app, north, "manager")
    refused = acting.send(f"{_url(north, 'manager')}/factor-reset")
    assert refused.status_code == 303
    assert "No owner could sign in any more" in acting.get(_url(north, "manager")).text
    assert _factors(app, north, "manager") == 1
    _give_passkey(app, north, "owner")
    acting.send(f"{_url(north, 'manager')}/factor-reset")
    assert _factors(app, north, "manager") == 0


def test_the_host_helps_an_owner_who_lost_everything(app: Flask, world: World) -> None:
    north = world.northlight
    device = _lose(app, north, "owner")
    _lose(app, world.harbour, "owner")
    init_commands(app)
    run = app.test_cli_runner().invoke
    for words, reason in (
        (["nowhere", north.email("owner")], "no tenant"),
        ([north.slug, "nobody@example.test"], "Nobody of"),
    ):
        refused = run(args=["reset-factors", *words])
        assert refused.exit_code == 1
        assert reason in refused.output
    assert _factors(app, north, "owner") == 12
    done = run(args=["reset-factors", north.slug, north.email("owner").upper()])
    assert done.exit_code == 0, done.output
    assert _factors(app, north, "owner") == 0
    assert _factors(app, world.harbour, "owner") == 12
    assert not device.is_signed_in()
    assert rows(app, north, LoginSession) == []
    assert _gets_in_with_a_password(app, north, "owner")
    assert any("were reset" in text for text in mails(app, north))
