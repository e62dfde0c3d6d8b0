"""Many browsers of one space ask for the key to subscribe with at the same moment: there is one, and all get it."""

from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain import push_keys
from app.domain.push_devices import Registration, register
from app.domain.push_keys import PushKit, public_key
from app.domain.sessions import Browser, start
from app.integrations.guarded import GuardedClient, Rules
from app.integrations.secret_box import KeyRing
from app.integrations.web_push import hosts
from app.integrations.web_push.client import WebPush
from app.kernel.clock import system_clock
from app.models import LoginSession, PushDevice, PushKey
from app.ports import PushKeys, PushTarget
from app.settings import PUSH_HOSTS
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import World

pytestmark = pytest.mark.race

WEB = GuardedClient(Rules())
KIT = PushKit(
    WebPush(WEB, "mailto:host@example.org", hosts.Rules(PUSH_HOSTS), system_clock),
    KeyRing(["only for tests"]),
)


def test_all_browsers_get_the_same_key(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing

    def attempt(session: Session, _racer: int) -> str:
        found = public_key(session, KIT, NOW)
        session.commit()
        return found

    given = race(open_session, world.northlight.id, attempt)
    with open_session(world.northlight.id) as session:
        assert set(given) == {session.scalars(select(PushKey.public_key)).one()}


def test_without_the_lock_somebody_would_get_none(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, open_session = racing

    def not_held(*_given: Any) -> None:
        """Nobody waits."""

    monkeypatch.setattr(push_keys, "hold_level", not_held)
    monkeypatch.setattr(push_keys, "begin_writing", not_held)
    all_found_none = Barrier(RACERS)

    class Slow(WebPush):
        def new_keys(self) -> PushKeys:
            all_found_none.wait(30)
            return super().new_keys()

    kit = PushKit(
        Slow(WEB, "mailto:host@example.org", hosts.Rules(PUSH_HOSTS), system_clock),
        KeyRing(["only for tests"]),
    )

    def attempt(session: Session, _racer: int) -> str:
        try:
            public_key(session, kit, NOW)
            session.commit()
        except Exception as error:  # noqa: BLE001 - whichever way the database refuses it
            session.rollback()
            return type(error).__name__
        return "given"

    assert set(race(open_session, world.northlight.id, attempt)) != {"given"}


def test_many_tabs_that_say_the_same_make_one_device(
    racing: tuple[Engine, OpenSession], world: World
) -> None:
    _, open_session = racing
    tenant = world.northlight
    with open_session(tenant.id) as session:
        start(session, tenant.people["member"], Browser("x", "127.0.0.1"), NOW)
        session.commit()
        login = session.scalars(select(LoginSession.id)).one()
    key = KIT.client.new_keys().public
    target = PushTarget("https://fcm.googleapis.com/fcm/send/a", key, "A" * 22)

    def attempt(session: Session, _racer: int) -> str:
        wanted = Registration(target, "http://localhost", "", "en")
        register(session, tenant.actor("member", login), KIT.client, wanted, NOW)
        session.commit()
        return "registered"

    assert set(race(open_session, tenant.id, attempt)) == {"registered"}
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(PushDevice.id)).all()) == 1
