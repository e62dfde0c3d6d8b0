"""With `REDIS_URL` several servers share their limits and their queue; without an answer from there they go on alone."""

import dataclasses
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.domain.notices import tell
from app.factory import create_app
from app.jobs.queue import open_queue
from app.models import Delivery
from app.settings import Settings
from app.web.database import db
from tests.support.redis import RedisServer, running_redis
from tests.support.rows import inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World

Start = Callable[[Settings], Flask]
TRIES = 10


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def shared(settings: Settings, redis: RedisServer) -> Settings:
    return dataclasses.replace(settings, redis_url=redis.url)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers, and ends their connections with the test."""
    started: list[Flask] = []

    def one(settings: Settings) -> Flask:
        started.append(create_app(settings))
        return started[-1]

    yield one
    for app in started:
        with app.app_context():
            db.engine.dispose()


def _guess(app: Flask, world: World, times: int) -> int:
    """Try wrong passwords and return the last answer's status."""
    visitor = Visitor(app, world.northlight)
    return [visitor.sign_in("member", "not the password").status_code for _ in range(times)][-1]


@pytest.mark.parametrize(("together", "status"), [(False, 422), (True, 429)])
def test_another_server_knows_how_often_it_was_tried(
    settings: Settings, shared: Settings, start: Start, world: World, *, together: bool, status: int
) -> None:
    """The control: a server that counts for itself lets the next guess through."""
    chosen = shared if together else settings
    assert _guess(start(chosen), world, TRIES) == 422
    assert _guess(start(chosen), world, 1) == status


def test_without_an_answer_nobody_is_kept_out(
    shared: Settings, redis: RedisServer, start: Start, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    app = start(shared)
    assert _guess(app, world, TRIES + 1) == 429
    redis.stop()
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    assert visitor.is_signed_in()
    assert "rate limits cannot be counted" in caplog.text


def test_the_bell_rings_over_there(shared: Settings, start: Start, world: World) -> None:
    app = start(shared)
    with inside(app, world.northlight) as session:
        tell(session, datetime.now(UTC), world.northlight.people["member"], "password.changed", {})
    queue = open_queue(shared.data_dir, shared.redis_url)
    assert queue.pending_count() == 1
    assert not (shared.data_dir / "queue.db").exists()


def test_a_queue_that_never_answers_does_not_hold_a_page_up(
    settings: Settings, start: Start, world: World
) -> None:
    """It takes the connection and says nothing. What is to be delivered is in the database all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        app = start(dataclasses.replace(settings, redis_url=url))
        with inside(app, world.northlight) as session:
            tell(session, datetime.now(UTC), world.northlight.people["member"], "password.changed", {})
    assert len(rows(app, world.northlight, Delivery)) == 1
