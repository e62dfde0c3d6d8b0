"""How streams end and begin again: sessions that end, lines that are cut, hubs that are killed, readers that are slow."""

import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.locking_out import lock_out
from app.live.hub import MOST_OF_A_PERSON
from app.live.wire import send
from app.models import Person
from app.settings import Settings
from tests.support.live import Ear, Hub, Listen, cookie_of, cookie_with, tell, wait_until
from tests.support.rows import inside
from tests.support.servers import PROJECT, environment_of
from tests.support.sign_in import session_token
from tests.support.visitor import Visitor
from tests.support.world import World

MANY = 2000
hub_alone = pytest.mark.parametrize("engine", ["sqlite"])
"""What the database has no part in."""


def test_what_was_said_while_the_line_was_cut_is_heard(app: Flask, world: World, listen: Listen) -> None:
    """Once, and nothing that was heard before."""
    north = world.northlight
    maya, colin = listen(north, "member"), listen(north, "colleague")
    tell(app, north, "home", everybody=True)
    maya.until("home")
    maya.close()
    for word in ("inbox", "messages", "inbox"):
        tell(app, north, word, everybody=True)
    tell(app, north, "bookings", people=[north.people["colleague"]])
    colin.until("bookings")  # by then the hub has heard of all of it
    again = listen(north, "member", "", last_id=maya.last_id)
    assert _greeting(again) == ["messages", "inbox", "hello"]


def test_the_last_event_may_stand_in_the_address(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    maya = listen(north, "member")
    tell(app, north, "home", everybody=True)
    maya.until("home")
    last = maya.last_id
    tell(app, north, "inbox", everybody=True)
    maya.until("inbox")
    assert _greeting(listen(north, "member", f"?last={last}")) == ["inbox", "hello"]


@pytest.mark.parametrize("last_id", ["0000-1", "nonsense", "-", "0"])
def test_who_was_away_for_too_long_asks_for_everything(world: World, listen: Listen, last_id: str) -> None:
    assert _greeting(listen(world.northlight, "member", "", last_id=last_id)) == ["resync"]


def test_a_page_hears_what_happened_since_it_was_asked_for(app: Flask, world: World, listen: Listen) -> None:
    """And asks for everything again when it is older than the hub's memory."""
    north = world.northlight

    def hub_remembers() -> bool:
        ear = listen(north, "member")
        words = _greeting(ear)
        ear.close()
        return "hello" in words

    wait_until(hub_remembers, "the hub's memory stays too short")
    known = listen(north, "member")
    tell(app, north, "inbox", everybody=True)
    known.until("inbox")
    assert _greeting(listen(north, "member")) == ["inbox", "hello"]
    assert _greeting(listen(north, "member", "?age=86400000")) == ["resync"]


def test_signing_out_ends_that_browsers_stream_alone(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    leaving, other = listen(north, "", cookie=f"portico={visitor.cookie()}"), listen(north, "member")
    assert leaving.status == 200
    visitor.post("/logout", form="/account")
    assert leaving.ends()
    tell(app, north, "home", everybody=True)
    assert "home" in other.until("home")


def test_a_suspended_persons_streams_end(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    theirs, others = [listen(north, "member"), listen(north, "member")], listen(north, "colleague")
    with inside(app, north) as session:
        lock_out(session, session.get_one(Person, north.people["member"]), datetime.now(UTC))
    assert all(ear.ends() for ear in theirs)
    tell(app, north, "home", everybody=True)
    assert "home" in others.until("home")


@hub_alone
def test_a_killed_hub_is_replaced_and_everybody_asks_again(
    app: Flask, world: World, hub: Hub, listen: Listen
) -> None:
    north = world.northlight
    maya = listen(north, "member")
    maya.next()
    hub.stop(signal.SIGKILL)
    assert maya.ends()
    assert listen(north, "member").status == 503
    hub.start()
    again = listen(north, "member", "", last_id=maya.last_id)
    assert _greeting(again) == ["resync"]
    tell(app, north, "home", everybody=True)
    assert again.until("home")[-1] == "home"


@hub_alone
def test_a_hub_that_ends_ends_its_streams(world: World, hub: Hub, listen: Listen) -> None:
    maya = listen(world.northlight, "member")
    assert hub.stop() == 0
    assert maya.ends()


@hub_alone
def test_a_second_hub_leaves_the_first_in_peace(
    app: Flask, world: World, hub: Hub, settings: Settings, listen: Listen
) -> None:
    maya = listen(world.northlight, "member")
    command = [sys.executable, "-m", "app.live"]
    second = subprocess.run(
        command, cwd=PROJECT, env=environment_of(settings), capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "already" in second.stderr
    tell(app, world.northlight, "home", everybody=True)
    assert maya.until("home")[-1] == "home"


@hub_alone
@pytest.mark.parametrize(
    "nonsense",
    [b"", b"[]", b"not json", b'{"kind": "Event"}', b'{"kind": "Joining", "head": 3}', b"x" * 200_000],
)
def test_nonsense_harms_no_hub(
    app: Flask, world: World, settings: Settings, listen: Listen, nonsense: bytes
) -> None:
    maya = listen(world.northlight, "member")
    send(settings.live_socket, nonsense)
    tell(app, world.northlight, "home", everybody=True)
    assert maya.until("home")[-1] == "home"


@hub_alone
def test_a_reader_who_does_not_read_is_dropped(app: Flask, world: World, listen: Listen) -> None:
    """And holds nobody up: the other one has heard every event by then."""
    north = world.northlight
    slow, quick = listen(north, "member"), listen(north, "colleague")
    slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    for _ in range(MANY):
        tell(app, north, "inbox", everybody=True)
        heard = quick.next()
        while heard and heard.what != "inbox":
            heard = quick.next()
        assert heard
    read = []
    while heard := slow.next():
        read.append(heard)
    assert len(read) < MANY


@hub_alone
def test_one_person_holds_only_so_many_streams(app: Flask, world: World, listen: Listen) -> None:
    """Closing one makes room; another person is not concerned."""
    north = world.northlight
    cookie = cookie_of(app, north, "member")
    ears = [listen(north, "", cookie=cookie) for _ in range(MOST_OF_A_PERSON)]
    assert {ear.status for ear in ears} == {200}
    refused = listen(north, "", cookie=cookie)
    assert refused.status == 503
    assert "Retry-After: " in refused.head
    assert listen(north, "colleague").status == 200
    ears[0].close()
    wait_until(lambda: listen(north, "", cookie=cookie).status == 200, "closing one made no room")


@hub_alone
def test_a_storm_is_told_to_wait(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    cookie = cookie_with(app, session_token(app, north, "member"))

    def knock() -> Ear:
        ear = listen(north, "", cookie=cookie)
        ear.close()
        return ear

    answers = [knock() for _ in range(121)]
    assert answers[0].status == 200
    assert answers[-1].status == 429
    assert "Retry-After: " in answers[-1].head
    assert listen(north, "colleague").status == 200


def _greeting(ear: Ear) -> list[str]:
    """What a stream says first."""
    words: list[str] = []
    while not words or words[-1] not in {"hello", "resync"}:
        heard = ear.next()
        assert heard, f"the stream ended after {words}"
        words.append(heard.what)
    return words
