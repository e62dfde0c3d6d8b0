"""Is the server alive, and is it ready: for load balancers, on any host name."""

from typing import Any

from flask import Blueprint
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.web.access import public
from app.web.database import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> dict[str, str]:
    """The process answers; says nothing of the database, so that a restart is not tried where it cannot help."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@public
def ready() -> Any:
    """503 while the database is out of reach; asks anew each time, so it recovers by itself."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, PoolTimeout):
        return {"status": "no database"}, 503
    return {"status": "ready"}
