"""Everything that is set up before measuring: databases with their data, the settings of each server, signed-in people."""

import dataclasses
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import flask_migrate
import psycopg
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.factory import create_app
from app.settings import Settings
from app.web.auth import TOKEN_KEY
from app.web.database import db
from tests.support.postgres import join_server
from tools.bench import world
from tools.bench.world import BenchWorld

SEARCH = "/bookings/search"
_DAYS_AHEAD = 3
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Stage:
    """A database filled for measuring, and how its server is told to use it."""

    settings: Settings
    world: BenchWorld
    cookies: tuple[str, ...]
    """The `Cookie` header of each of the 16 people, as their browser holds it after a first page."""

    @property
    def env(self) -> dict[str, str]:
        """The environment of a server on this stage."""
        return {
            "PORTICO_ENV": "production",
            "PORTICO_HTTPS": "off",
            "PORTICO_DATA_DIR": str(self.settings.data_dir),
            "SECRET_KEY": self.settings.secret_key,
            "DATABASE_URL": self.settings.database_url,
            "PORTICO_ROW_SECURITY": "on" if self.settings.row_security else "off",
        }

    def without_row_security(self) -> "Stage":
        """The same database, asked by its owner and without the tenant's setting."""
        return dataclasses.replace(self, settings=dataclasses.replace(self.settings, row_security=False))


def settings_on(database_url: str, folder: Path) -> Settings:
    """Settings of a server that is measured: production, without https because there is no proxy in front."""
    return Settings(
        environment="production",
        secret_key=secrets.token_urlsafe(48),
        database_url=database_url,
        data_dir=folder,
        https=False,
    )


def sqlite_url(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"


def postgres_url(name: str) -> str:
    """A new, empty database on a PostgreSQL of this run's own, which ends with this process."""
    server = join_server()
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url(name)


def set_up(database_url: str, folder: Path) -> Stage:
    """Migrate and fill an empty database, and sign 16 people in."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_on(database_url, folder)
    app = create_app(settings)
    filled = fill(app, lambda open_session: world.build(open_session, datetime.now(UTC)))
    stage = Stage(settings, filled, tuple(cookie(app, token) for token in filled.tokens))
    with app.app_context():
        db.engine.dispose()
    settle(database_url)
    return stage


def settle(database_url: str) -> None:
    """Let the database look at what was written, as one that lives longer does by itself."""
    with create_engine(database_url, isolation_level="AUTOCOMMIT").connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("ANALYZE"))
            return
        # Apart, and in this order. The test server does not wait for the disk at commit, and VACUUM takes no row for visible
        # to all before its commit is there; the commits of an ANALYZE count as its neighbours'. After `VACUUM ANALYZE` no
        # index-only scan was one.
        connection.execute(text("VACUUM"))
        connection.execute(text("ANALYZE"))


def fill(app: Flask, work: Callable[[Callable[[], Session]], T]) -> T:
    """Migrate the application's empty database and do some work with its sessions."""
    with app.app_context():
        flask_migrate.upgrade()
        return work(db.session.session_factory)


def cookie(app: Flask, token: str, origin: str = "http://localhost") -> str:
    """Show a page to somebody who has just signed in, and take the cookie that it leaves: with the forms' token in it."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("the application has no secret")
    name = app.config["SESSION_COOKIE_NAME"]
    client = app.test_client(use_cookies=False)
    answer = client.get(
        SEARCH, base_url=origin, headers={"Cookie": f"{name}={signer.dumps({TOKEN_KEY: token})}"}
    )
    if answer.status_code != 200 or "Room 01" not in answer.text:
        raise RuntimeError(f"the rooms page answered {answer.status}")
    left = SimpleCookie(answer.headers["Set-Cookie"])[name].value
    return f"{name}={left}"


def one_question(stage: Stage) -> tuple[str, ...]:
    """Sixteen people ask for the same rooms at the same time."""
    path = f"{SEARCH}?{urlencode({'date': _day(_DAYS_AHEAD), 'start': '11:00', 'minutes': 60, 'people': 2})}"
    return tuple(f"{path} {cookie}" for cookie in stage.cookies)


def many_questions(stage: Stage) -> tuple[str, ...]:
    """Each request asks what nobody has asked before: 24,000 different questions, day by day and hour by hour."""
    asked = [
        {"date": _day(day), "start": f"{hour:02}:{minute:02}", "minutes": minutes, "people": people}
        for people in range(1, 11)
        for minutes in (30, 45, 60, 75, 90)
        for minute in (0, 15, 30, 45)
        for hour in range(8, 18)
        for day in range(1, 13)
    ]
    return tuple(
        f"{SEARCH}?{urlencode(each)} {stage.cookies[at % len(stage.cookies)]}"
        for at, each in enumerate(asked)
    )


def _day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()
