"""Runs the one Alembic history on whichever database the application is configured for."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

from app.models import Base
from app.models.engine import prepare_engine

settings = current_app.extensions["portico_settings"]


def run() -> None:
    """Migrate as the owner of the tables: never as the walled role that serves pages."""
    engine = create_engine(settings.database_owner_url or settings.database_url, poolclass=pool.NullPool)
    prepare_engine(engine, row_security=False)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
