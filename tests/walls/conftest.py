"""A database that is migrated up and down, and its owner's view of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from app.factory import create_app
from app.models.engine import prepare_engine
from app.web.database import db
from tests.conftest import settings_for


@pytest.fixture
def owner(empty_database: str) -> Iterator[Engine]:
    engine = create_engine(empty_database)
    prepare_engine(engine, row_security=False)
    yield engine
    engine.dispose()


@pytest.fixture
def migrating_app(empty_database: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(empty_database, tmp_path))
    with app.app_context():
        yield app
        db.engine.dispose()
