"""Changing the keys of stored secrets, as docs/operating.md says it is done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import init_commands
from app.domain.push_keys import signing_keys
from app.domain.sign_on.providers import client_of, find_provider
from app.domain.sign_on.terms import SignOnRefused
from app.factory import create_app
from app.integrations.secret_box import KeyRing
from app.models import PushDevice
from app.settings import Settings
from app.tenancy import tenant_session
from app.web.database import db
from tests.support.identity.rows import provider_of
from tests.support.push.devices import device_for
from tests.support.push.process import push_service
from tests.support.world import World

OpenSession = Callable[[], Session]
NOW = datetime.now(UTC)
NEW = "a-new-word-of-at-least-32-random-characters"


def _secret(settings: Settings, world: World, provider_id: int) -> str | None:
    app = create_app(settings)
    with app.app_context():
        try:
            with tenant_session(db.session.session_factory, world.harbour.id) as session:
                box = app.extensions["portico_sign_on"].box
                return client_of(find_provider(session, provider_id), box, "").secret
        finally:
            db.engine.dispose()


def test_a_key_is_changed_without_losing_a_secret(settings: Settings, world: World) -> None:
    app = create_app(settings)
    provider_id = provider_of(app, world.harbour, "https://issuer.example", "the secret")
    other = replace(settings, secret_key="quite-another-key-than-the-one-before")
    with pytest.raises(SignOnRefused):
        _secret(other, world, provider_id)
    both = replace(settings, secret_keys=(NEW,))
    assert _secret(both, world, provider_id) == "the secret"
    resealing, losing = create_app(both), create_app(other)
    for each in (resealing, losing):
        init_commands(each)
    result = resealing.test_cli_runner().invoke(args=["reseal-secrets"])
    assert result.output == "Sealed anew: 1.\n"
    assert _secret(replace(other, secret_keys=(NEW,)), world, provider_id) == "the secret"
    lost = losing.test_cli_runner().invoke(args=["reseal-secrets"])
    assert "harbour: 1 cannot be opened" in lost.output
    for each in (app, resealing, losing):
        with each.app_context():
            db.engine.dispose()


def test_the_key_of_push_is_sealed_anew_and_a_lost_one_goes_with_its_devices(
    settings: Settings, world: World, open_session: OpenSession
) -> None:
    mine = replace(settings, push_subject="mailto:host@example.org")
    app = create_app(mine)
    kit = app.extensions["portico_push"]
    with push_service() as service, tenant_session(open_session, world.harbour.id) as session:
        device_for(session, world.harbour, "member", kit, service, NOW)
        keys = signing_keys(session, kit.box)
    both = create_app(replace(mine, secret_keys=(NEW,)))
    init_commands(both)
    assert both.test_cli_runner().invoke(args=["reseal-secrets"]).output == "Sealed anew: 1.\n"
    with tenant_session(open_session, world.harbour.id) as session:
        assert signing_keys(session, KeyRing((NEW,))) == keys
    losing = create_app(replace(mine, secret_key="quite-another-key-than-the-one-before"))
    init_commands(losing)
    lost = losing.test_cli_runner().invoke(args=["reseal-secrets"])
    assert "harbour: the key for push messages could not be opened" in lost.output
    with tenant_session(open_session, world.harbour.id) as session:
        assert session.scalars(select(PushDevice)).all() == []
        assert signing_keys(session, KeyRing((NEW,))) is None
    for each in (app, both, losing):
        with each.app_context():
            db.engine.dispose()
