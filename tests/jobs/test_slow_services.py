"""One push service or mail server that takes its time keeps nobody else's news waiting: told by the order in which it comes."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.notices import tell
from app.integrations.guarded import Rules
from app.integrations.own_smtp import OwnServerMail
from app.integrations.smtp import SmtpMail
from app.jobs.claiming import CLAIM
from app.jobs.deliver import MailTools, deliver_due
from app.jobs.lanes import Lanes
from app.jobs.push import OF_ONE_SERVICE, THREADS, PushTools, service_of
from app.models import MailSecurity, MailServerSetting
from app.settings import Settings
from app.web.mail import MailTemplates
from app.web.ports import secret_box
from tests.conftest import settings_for
from tests.support.live import wait_until
from tests.support.mail_server import MailDouble, mail_double
from tests.support.notices import BOOKING
from tests.support.push.process import PushService, push_service
from tests.support.push.sender import Sender
from tests.support.rows import inside
from tests.support.servers import PATIENCE_S
from tests.support.world import TenantWorld, World

NOW = datetime.now(UTC).replace(microsecond=0)
MANY, FEW = 12, 3


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def slow() -> Iterator[PushService]:
    with push_service() as service:
        service.hold(held=True)
        yield service
        service.hold(held=False)


@pytest.fixture
def quick() -> Iterator[PushService]:
    with push_service() as service:
        yield service


def _tell(sender: Sender, who: str, times: int) -> None:
    for number in range(times):
        sender.tell(who, data=BOOKING | {"booking_id": number})


def _at(app: Flask, open_session: Callable[[], Session], tenant: TenantWorld, service: PushService) -> Sender:
    return Sender(app, open_session, tenant, service, NOW)


def test_a_slow_push_service_keeps_its_own_devices_waiting_and_no_others(
    app: Flask, open_session: Callable[[], Session], world: World, slow: PushService, quick: PushService
) -> None:
    """At the same tenant and at another one. The control: with one thread, all wait behind it."""
    maya = _at(app, open_session, world.northlight, slow)
    colin = _at(app, open_session, world.northlight, quick)
    other = _at(app, open_session, world.harbour, quick)
    phones = maya.device("member"), colin.device("colleague"), other.device("member")
    _tell(maya, "member", MANY)
    _tell(colin, "colleague", FEW)
    _tell(other, "member", FEW)

    lanes = Lanes(THREADS, OF_ONE_SERVICE)
    begun = [each.begin(PushTools(each.kit, each.words, lanes=lanes)) for each in (maya, other)]
    wait_until(lambda: len(colin.got(phones[1])) == FEW, "the colleague's wait behind the slow ones")
    wait_until(lambda: len(other.got(phones[2])) == FEW, "the other tenant's wait behind the slow ones")
    assert maya.got(phones[0]) == []
    assert slow.waiting() == OF_ONE_SERVICE
    assert not begun[0].done()
    slow.hold(held=False)
    assert [each.result(PATIENCE_S) for each in begun] == [MANY + FEW, FEW]
    assert len(maya.got(phones[0])) == MANY

    slow.hold(held=True)
    maya.now = colin.now = NOW + timedelta(minutes=1)
    _tell(maya, "member", 1)
    colin.now += timedelta(seconds=1)
    _tell(colin, "colleague", 1)
    alone = colin.begin(PushTools(colin.kit, colin.words, lanes=Lanes(1, 1)))
    wait_until(lambda: slow.waiting() == 1, "nothing came to the slow service")
    assert len(colin.got(phones[1])) == FEW
    slow.hold(held=False)
    assert alone.result(PATIENCE_S) == 2
    assert len(colin.got(phones[1])) == FEW + 1


def test_what_waited_for_too_long_is_left_to_who_claims_it_next(
    app: Flask, open_session: Callable[[], Session], world: World, quick: PushService
) -> None:
    """Its claim is nearly over, so another worker may soon try it: it is sent once, and the claim does not count."""
    sender = _at(app, open_session, world.northlight, quick)
    phone = sender.device("member")
    sender.tell()
    lanes, gate = Lanes(1, 1), threading.Event()
    lanes.submit(service_of(quick.origin), lambda: gate.wait(PATIENCE_S))
    begun = sender.begin(PushTools(sender.kit, sender.words, lanes=lanes))
    sender.now += CLAIM - timedelta(seconds=1)
    gate.set()
    assert begun.result(PATIENCE_S) == 0
    assert (sender.got(phone), sender.delivery().attempts) == ([], 0)
    assert sender.push() == 1
    assert (len(sender.got(phone)), sender.delivery().attempts) == (1, 1)


def test_a_service_with_many_names_is_one() -> None:
    assert service_of("https://am3p.notify.windows.com/w/?token=x") == service_of(
        "https://wns2.notify.windows.com/y"
    )
    assert service_of("https://fcm.googleapis.com/x") != service_of("https://web.push.apple.com/x")
    assert service_of("http://localhost:1/x") != service_of("http://localhost:2/x")


# --- mail -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def doubles(tmp_path: Path) -> Iterator[tuple[MailDouble, MailDouble]]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with mail_double(tmp_path / "one") as one, mail_double(tmp_path / "two") as two:
        yield one, two


def _mail(app: Flask, hosts: MailDouble, lanes: Lanes) -> MailTools:
    with app.app_context():
        box = secret_box()
    own = OwnServerMail(
        SmtpMail(f"smtp://127.0.0.1:{hosts.port}", "portico@host.test"), box, Rules(admits_loopback=True)
    )
    return MailTools(own, MailTemplates(app, app.extensions["portico_settings"]), lanes=lanes)


def _own_server(app: Flask, tenant: TenantWorld, double: MailDouble) -> None:
    with inside(app, tenant) as session:
        session.add(
            MailServerSetting(
                host="127.0.0.1",
                port=double.port,
                security=MailSecurity.STARTTLS,
                sender="hello@northlight.test",
            )
        )


def _write(app: Flask, tenant: TenantWorld, times: int) -> None:
    with inside(app, tenant) as session:
        for number in range(times):
            tell(session, NOW + timedelta(seconds=number), tenant.people["member"], "password.changed", {})


@pytest.mark.parametrize("whose", ["the tenant's own", "the host's"])
def test_a_slow_mail_server_keeps_the_mail_waiting_that_goes_through_it(
    app: Flask,
    open_session: Callable[[], Session],
    world: World,
    doubles: tuple[MailDouble, MailDouble],
    whose: str,
) -> None:
    own, hosts = doubles
    north, harbour = world.northlight, world.harbour
    _own_server(app, north, own)
    slow, quick = (own, hosts) if whose == "the tenant's own" else (hosts, own)
    held, free = (north, harbour) if slow is own else (harbour, north)
    slow.free = threading.Event()
    _write(app, held, MANY)
    _write(app, free, FEW)
    tools = _mail(app, hosts, Lanes(2, 1))

    first, second = (
        deliver_due(open_session, each.id, tools, lambda: NOW + timedelta(hours=1)) for each in (held, free)
    )
    assert second.result(PATIENCE_S) == FEW
    wait_until(lambda: slow.waited == 1, "nothing came to the slow server")
    assert (len(quick.taken), len(slow.taken)) == (FEW, 0)
    assert not first.done()
    slow.free.set()
    assert first.result(PATIENCE_S) == MANY
    assert len({mail["Message-ID"] for mail in slow.taken}) == len(slow.taken) == MANY


def test_with_one_thread_all_mail_waits_behind_the_slow_server(
    app: Flask, open_session: Callable[[], Session], world: World, doubles: tuple[MailDouble, MailDouble]
) -> None:
    """The control."""
    own, hosts = doubles
    _own_server(app, world.northlight, own)
    own.free = threading.Event()
    for tenant in (world.northlight, world.harbour):
        _write(app, tenant, 1)
    tools = _mail(app, hosts, Lanes(1, 1))
    begun = [
        deliver_due(open_session, each.id, tools, lambda: NOW + timedelta(hours=1))
        for each in (world.northlight, world.harbour)
    ]
    wait_until(lambda: own.waited == 1, "nothing came to the slow server")
    assert (hosts.taken, begun[1].done()) == ([], False)
    own.free.set()
    assert [each.result(PATIENCE_S) for each in begun] == [1, 1]


# --- the threads ------------------------------------------------------------------------------------------------------


def test_lanes_take_turns_and_none_has_more_threads_than_its_own() -> None:
    lanes, gate = Lanes(2, 1), threading.Event()
    order: list[str] = []
    held = lanes.submit("slow", lambda: gate.wait(PATIENCE_S))
    behind = lanes.submit("slow", partial(order.append, "slow"))
    others = [lanes.submit(lane, partial(order.append, lane)) for lane in ("a", "a", "a", "b", "b", "b")]
    wait(others, PATIENCE_S)
    assert sorted(order) == ["a"] * 3 + ["b"] * 3
    assert not behind.done()
    gate.set()
    assert held.result(PATIENCE_S)
    wait([behind], PATIENCE_S)
    assert order[-1] == "slow"


def test_with_one_thread_lanes_alternate() -> None:
    lanes, gate = Lanes(1, 1), threading.Event()
    order: list[str] = []
    lanes.submit("first", lambda: gate.wait(PATIENCE_S))
    others = [lanes.submit(lane, partial(order.append, lane)) for lane in "aaabbb"]
    gate.set()
    wait(others, PATIENCE_S)
    assert "".join(order) == "ababab"


def test_what_fails_is_told_to_who_waits_and_stops_nothing() -> None:
    lanes = Lanes(1, 1)
    bad = lanes.submit("a", lambda: 1 // 0)
    assert isinstance(bad.exception(PATIENCE_S), ZeroDivisionError)
    assert lanes.submit("a", lambda: 7).result(PATIENCE_S) == 7


def test_closing_waits_for_what_is_under_way_and_begins_nothing_more() -> None:
    lanes, gate, ended = Lanes(1, 1), threading.Event(), []
    lanes.submit("a", lambda: ended.append(gate.wait(PATIENCE_S)))
    never = lanes.submit("a", lambda: ended.append(False))
    assert not lanes.close(0.01)
    gate.set()
    assert lanes.close(PATIENCE_S)
    assert ended == [True]
    assert not never.done()
