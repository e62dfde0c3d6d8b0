"""The worker: woken by a commit, swept every minute, ended by SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.booking.hold import hold
from app.domain.booking.terms import BookRoom
from app.domain.new_password import make_link_token
from app.domain.notices import tell
from app.domain.sessions import LIFETIME, Browser, start
from app.jobs.queue import open_queue
from app.jobs.work import Work
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Delivery, LoginSession, Occupancy, PasswordReset
from app.settings import Settings
from tests.support.rows import inside, rows
from tests.support.servers import environment_of
from tests.support.world import TenantWorld, World

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0


def _work(app: Flask) -> Work:
    work = app.extensions["portico_work"]
    assert isinstance(work, Work)
    return work


def _bells(settings: Settings) -> int:
    return int(open_queue(settings.data_dir, "").pending_count())


def _tell(app: Flask, tenant: TenantWorld) -> None:
    with inside(app, tenant) as session:
        tell(session, datetime.now(UTC), tenant.people["member"], "password.changed", {})


def _mails(app: Flask, tenant: TenantWorld) -> list[str]:
    return [mail.subject for mail in app.extensions["portico_outbox"].newest(tenant.id, 10)]


def test_a_commit_rings_the_bell_and_a_rollback_does_not(
    app: Flask, settings: Settings, world: World
) -> None:
    assert _bells(settings) == 0
    with inside(app, world.northlight) as session:
        tell(session, datetime.now(UTC), world.northlight.people["member"], "password.changed", {})
        session.rollback()
    assert _bells(settings) == 0
    _tell(app, world.northlight)
    assert _bells(settings) == 1


def test_a_broken_queue_breaks_no_page(app: Flask, settings: Settings, world: World) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "queue.db").mkdir()
    _tell(app, world.northlight)
    assert len(rows(app, world.northlight, Delivery)) == 1
    _work(app).sweep()
    assert _mails(app, world.northlight) == ["Your password was changed"]


def test_the_queue_does_not_grow_without_end(app: Flask, settings: Settings, world: World) -> None:
    for _ in range(230):
        _work(app).ring(world.northlight.id)
    assert _bells(settings) == 200


def test_the_sweep_takes_what_no_bell_was_heard_for(app: Flask, settings: Settings, world: World) -> None:
    for tenant in (world.northlight, world.harbour):
        _tell(app, tenant)
    open_queue(settings.data_dir, "").storage.flush_queue()
    _work(app).sweep()
    for tenant in (world.northlight, world.harbour):
        assert _mails(app, tenant) == ["Your password was changed"]


def test_the_sweep_forgets_what_has_expired_and_nothing_else(app: Flask, world: World) -> None:
    now, tenant = datetime.now(UTC), world.northlight
    with inside(app, tenant) as session:
        for who, age in (("member", LIFETIME + timedelta(minutes=1)), ("colleague", timedelta())):
            start(session, tenant.people[who], Browser("", ""), now - age)
            make_link_token(session, tenant.people[who], now - age)
    _work(app).sweep()
    assert [row.person_id for row in rows(app, tenant, LoginSession)] == [tenant.people["colleague"]]
    assert [row.person_id for row in rows(app, tenant, PasswordReset)] == [tenant.people["colleague"]]


def _always(moment: datetime) -> datetime:
    return moment


def test_the_sweep_lets_lapsed_holds_go(app: Flask, world: World) -> None:
    now, tenant = datetime.now(UTC).replace(second=0, microsecond=0), world.northlight
    tomorrow = (now + timedelta(days=1)).replace(hour=12, minute=0)
    with inside(app, tenant) as session:
        for room, asked_at in (("Fern", now - timedelta(minutes=11)), ("Cedar", now)):
            wish = BookRoom(tenant.rooms[room], Span(tomorrow, tomorrow + timedelta(hours=1)))
            hold(session, tenant.actor("member"), wish, partial(_always, asked_at))
            session.commit()
    _work(app).sweep()
    held = {row.resource_id: row.status for row in rows(app, tenant, Booking)}
    assert held == {
        tenant.rooms["Fern"]: BookingStatus.LAPSED,
        tenant.rooms["Cedar"]: BookingStatus.HELD,
    }
    assert [row.resource_id for row in rows(app, tenant, Occupancy)] == [tenant.rooms["Cedar"]]


def test_one_tenants_trouble_stops_no_other(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_for_northlight(session: Session, _now: datetime) -> None:
        if session.info["tenant_id"] == world.northlight.id:
            raise ZeroDivisionError

    monkeypatch.setattr("app.jobs.work.PERIODIC", (break_for_northlight,))
    for tenant in (world.northlight, world.harbour):
        _tell(app, tenant)
    _work(app).sweep()
    assert "background work for tenant 1 failed" in caplog.text
    assert _mails(app, world.northlight) == _mails(app, world.harbour) == ["Your password was changed"]


def _wait_until(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_the_worker_delivers_and_ends_when_told(app: Flask, settings: Settings, world: World) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _tell(app, world.northlight)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    environment = {**os.environ, **environment_of(settings)}
    with (settings.data_dir / "worker.log").open("w") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        assert _wait_until(lambda: bool(_mails(app, world.northlight))), (
            settings.data_dir / "worker.log"
        ).read_text()
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
