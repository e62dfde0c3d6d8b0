"""The Flask side of the database: engine and session from Flask-SQLAlchemy, walls and connection rules from below."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session, sessionmaker

from app.models import Base
from app.models.engine import prepare_engine
from app.settings import Settings
from app.tenancy import guard_sessions

db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    # What was read stays readable after the commit: pages are rendered from it.
    session_options={"expire_on_commit": False, "autoflush": False},
)
guard_sessions(db.session)


def session() -> Session:
    """The session of this request: it belongs to the request's tenant and ends with it."""
    return cast("Session", db.session())


def session_opener() -> Callable[[], Session]:
    """Opens sessions that outlive the request and its application context: for answers that are read while they are sent."""
    factory = sessionmaker(db.engine, expire_on_commit=False, autoflush=False)
    guard_sessions(factory)
    return factory


def engine_options(settings: Settings) -> dict[str, Any]:
    """Pool and driver options for the configured engine."""
    if settings.database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": 10, "check_same_thread": False}}
    return {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 5, "application_name": "portico"},
    }


def init_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, row_security=settings.row_security)
