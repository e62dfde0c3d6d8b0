"""Behind the production server: its threads stay free, and several of them, on one node or on many, tell the same."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import make_url

from app.factory import create_app
from app.settings import Settings
from app.web.database import db
from tests.support.live import Ear, Hub, listening_at, running_hub, running_node, tell, with_short_run_dir
from tests.support.redis import RedisServer, running_redis
from tests.support.servers import serve_in_thread, serve_with_workers
from tests.support.world import World


@pytest.mark.parametrize("engine", ["sqlite"])
def test_streams_leave_the_threads_of_pages_free(
    app: Flask, world: World, settings: Settings, hub: Hub
) -> None:
    """Fifty streams, one worker with two threads. It is asked to end while they are open, and they outlive it."""
    north = world.northlight
    with ExitStack() as held:
        with serve_with_workers(settings, workers=1, threads=2) as server:
            listen = held.enter_context(listening_at(app, server))
            ears = [listen(north, who) for who in ("member", "colleague", "desk") for _ in range(17)]
            assert {ear.status for ear in ears} == {200}
            for _ in range(20):
                with urlopen(f"{server}/healthz") as answer:  # noqa: S310 - loopback
                    assert answer.status == 200
            tell(app, north, "home", everybody=True)
            assert all(ear.until("home")[-1] == "home" for ear in ears)
        tell(app, north, "inbox", everybody=True)
        assert all(ear.until("inbox") == ["inbox"] for ear in ears)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.mark.parametrize("engine", ["postgres"])
def test_two_nodes_tell_each_other_through_postgresql(app: Flask, world: World, settings: Settings) -> None:
    with _two_nodes(app, world, settings) as ears:
        tell(app, world.northlight, "inbox", people=[world.northlight.people["colleague"]])
        tell(app, world.northlight, "home", people=[world.northlight.people["member"]])
        for ear in ears:
            assert ear.until("home")[-2:] == ["hello", "home"]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_two_nodes_tell_each_other_through_redis(
    world: World, settings: Settings, redis: RedisServer
) -> None:
    """The control: what is told to one hub alone, the other does not hear."""
    shared = dataclasses.replace(settings, redis_url=redis.url)
    alone, app = create_app(settings), create_app(shared)
    with _two_nodes(app, world, shared) as (here, there):
        tell(alone, world.northlight, "inbox", everybody=True)
        tell(app, world.northlight, "home", everybody=True)
        assert "inbox" in here.until("home")
        assert "inbox" not in there.until("home")
    for each in (alone, app):
        with each.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_everybody_asks_again_when_redis_was_away(
    world: World, settings: Settings, tmp_path: Path, redis: RedisServer
) -> None:
    """Pages wait for nothing meanwhile."""
    shared = dataclasses.replace(settings, redis_url=redis.url)
    app = create_app(shared)
    with running_hub(shared), serve_in_thread(app) as address, listening_at(app, address) as listen:
        maya = listen(world.northlight, "member")
        maya.next()
        redis.stop()
        tell(app, world.northlight, "home", everybody=True)
        with running_redis(tmp_path, port=make_url(redis.url).port or 0):
            assert maya.until("resync")[-1] == "resync"
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _two_nodes(app: Flask, world: World, settings: Settings) -> Iterator[list[Ear]]:
    """A listener at each of two nodes. They have a hub each, and web processes that share database and broker only."""
    with ExitStack() as held:
        ears = []
        for own in (settings, held.enter_context(with_short_run_dir(settings))):
            node = held.enter_context(running_node(own))
            listen = held.enter_context(listening_at(app, node.address))
            ears.append(listen(world.northlight, "member"))
        yield ears
