"""The one history of the schema: it ends in the very models, on both engines, and can be walked back and up again."""

from collections.abc import Iterator

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, MetaData, create_engine, inspect, text

from app.models import Base

# Alembic compares no checks, so these are compared by name. What one engine alone has, the models cannot say: PostgreSQL's
# share of the overlap rule, and SQLite's index of the directory's words.
ONLY_IN_THE_DATABASE = {"ck_occupancy_stretch", "ix_directory_entry_words"}


@pytest.fixture
def owner(empty_database: str) -> Iterator[Engine]:
    """The migrated database as its owner sees it, walls or not."""
    engine = create_engine(empty_database)
    yield engine
    engine.dispose()


def test_the_history_ends_in_the_models(owner: Engine) -> None:
    assert _differences(owner) == []


def test_a_model_that_no_migration_knows_is_found(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE person DROP COLUMN company"))
    assert [kind for kind, *_ in _differences(owner)] == ["add_column"]


def test_every_check_of_the_models_is_in_the_database(owner: Engine) -> None:
    found = {
        str(check["name"])
        for table in Base.metadata.tables
        for check in inspect(owner).get_check_constraints(table)
    }
    assert found - ONLY_IN_THE_DATABASE == _checks(Base.metadata)


@pytest.mark.usefixtures("migrating_app")
def test_the_way_back_leaves_nothing_and_the_way_up_works_again(owner: Engine) -> None:
    assert set(inspect(owner).get_table_names()) > set(Base.metadata.tables)
    flask_migrate.downgrade(revision="base")
    assert inspect(owner).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert _differences(owner) == []


def _differences(engine: Engine) -> list[tuple[object, ...]]:
    """What Alembic would write into the next migration."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _item, name, *_rest: name not in ONLY_IN_THE_DATABASE,
            },
        )
        found: list[tuple[object, ...]] = compare_metadata(context, Base.metadata)
        return found


def _checks(metadata: MetaData) -> set[str]:
    return {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
