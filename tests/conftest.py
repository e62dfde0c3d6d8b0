"""Fixtures for everything: a fresh database on either engine, the application on it, and a browser in front of it."""

import gc
import shutil
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.factory import create_app
from app.models.engine import prepare_engine
from app.settings import Settings
from app.tenancy import guard_sessions
from app.web.database import db
from tests.support.addresses import KnownRule
from tests.support.browser import DESKTOP, PHONE, launch, new_page
from tests.support.databases import ENGINES, EngineName, fresh_database, make_template
from tests.support.live import Hub, running_hub, with_short_run_dir
from tests.support.postgres import READY_FILE
from tests.support.rundir import make_run_dir, run_dir
from tests.support.servers import serve_in_thread
from tests.support.statements import compile_once, share_compiled
from tests.support.world import World, build_world, read_world, write_world

SECRET = "only-for-tests-and-long-enough-for-production"
SHOTS = Path(__file__).resolve().parent.parent / "test-results"
TESTS_BETWEEN_COLLECTIONS = 10
_finished = count(1)
_FAILED = pytest.StashKey[bool]()


# --- the run ---------------------------------------------------------------------------------------------------------


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    Flask.url_rule_class = KnownRule
    compile_once(db)
    if not _is_worker(config):
        make_run_dir()


def pytest_unconfigure(config: pytest.Config) -> None:
    # Where PostgreSQL was started, its guard removes the folder once every worker is gone.
    if not _is_worker(config) and not (run_dir() / READY_FILE).exists():
        shutil.rmtree(run_dir(), ignore_errors=True)


# A run holds twelve thousand tests and all that they import. Were Python left to look through it for garbage whenever
# it likes, that would be a third of the run; so what is there is set aside, and garbage is looked for between tests.


def pytest_collection_finish() -> None:
    gc.set_threshold(100_000, 50, 1_000)
    _set_aside()


def pytest_runtest_logfinish() -> None:
    if next(_finished) % TESTS_BETWEEN_COLLECTIONS == 0:
        _set_aside()


def _set_aside() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


# --- databases -------------------------------------------------------------------------------------------------------


def settings_for(database_url: str, data_dir: Path) -> Settings:
    """Settings of a test server; `dataclasses.replace` changes a field."""
    return Settings(environment="test", secret_key=SECRET, database_url=database_url, data_dir=data_dir)


def migrate(database_url: str) -> None:
    """Bring an empty database to the newest version by the real migrations."""
    app = create_app(settings_for(database_url, run_dir()))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """The database engine. A test that needs only one says so: `@pytest.mark.parametrize("engine", ["sqlite"])`."""
    name: EngineName = request.param
    return name


@pytest.fixture
def empty_database(engine: EngineName) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    with fresh_database(engine, "migrated", migrate) as url:
        yield url


@pytest.fixture
def database(engine: EngineName) -> Iterator[str]:
    """The address of a database of this test's own that holds the named world."""
    make_template(engine, "migrated", migrate)
    with fresh_database(engine, "world", fill_world, base="migrated") as url:
        yield url


@pytest.fixture
def world(database: str) -> World:
    """Who and what is in `database`."""
    return read_world(run_dir() / "world.json")


def fill_world(database_url: str) -> None:
    """Build the named world in a migrated database and note its ids; both engines number them alike."""
    app = create_app(settings_for(database_url, run_dir()))
    with app.app_context():
        write_world(build_world(db.session.session_factory), run_dir() / "world.json")
        db.engine.dispose()


# --- the application -------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Iterator[Settings]:
    with with_short_run_dir(settings_for(database, tmp_path / "instance")) as settings:
        yield settings


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    # Each test has an application of its own; they need not all translate the same templates to Python again.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(run_dir()))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def open_session(settings: Settings) -> Iterator[Callable[[], Session]]:
    """Opens sessions outside of any application; each must enter a tenant (`tenancy.tenant_session`)."""
    engine = share_compiled(create_engine(settings.database_url))
    prepare_engine(engine, row_security=settings.row_security)
    factory = sessionmaker(engine, expire_on_commit=False, autoflush=False)
    guard_sessions(factory)
    yield factory
    engine.dispose()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application on a real port; other tenants are at `SLUG.localhost` with the same port."""
    with serve_in_thread(app) as address:
        yield address


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    """The hub of this test's server, as a process of its own."""
    with running_hub(settings) as hub:
        yield hub


# --- the browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launch() as browser:
        yield browser


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    """A page of 1280×800, opened on the live server."""
    with new_page(browser, live_server, DESKTOP) as page:
        yield page
        _keep_picture_of_failure(request, page)


@pytest.fixture
def phone(request: pytest.FixtureRequest, browser: Browser, live_server: str) -> Iterator[Page]:
    """A page of 390×844 with a finger instead of a mouse, opened on the live server."""
    with new_page(browser, live_server, PHONE) as page:
        yield page
        _keep_picture_of_failure(request, page)


def _keep_picture_of_failure(request: pytest.FixtureRequest, page: Page) -> None:
    if request.node.stash.get(_FAILED, False):
        name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
