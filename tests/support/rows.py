"""Looking into the database from a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tenancy import tenant_session
from app.web.database import db
from tests.support.world import TenantWorld

Model = TypeVar("Model")


@contextmanager
def inside(app: Flask, tenant: TenantWorld) -> Iterator[Session]:
    """A session of that tenant, in a context of its own: requests made meanwhile would share it, so make none."""
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        yield session


def rows(app: Flask, tenant: TenantWorld, model: type[Model], **wanted: Any) -> list[Model]:
    """Every row of the tenant with those values, oldest first; readable after the session."""
    with inside(app, tenant) as session:
        found = list(session.scalars(select(model).filter_by(**wanted).order_by(model.id)))  # type: ignore[attr-defined]
        session.expunge_all()
        return found


def change(app: Flask, tenant: TenantWorld, model: type[Any], row_id: int, **values: Any) -> None:
    """Change one row."""
    with inside(app, tenant) as session:
        row = session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)
