"""What waits to be delivered survives the migration that lets a notice go to an address: on SQLite it writes the table anew."""

import flask_migrate
import pytest
from sqlalchemy import Engine, text

_WAITING = text(
    "SELECT d.id, d.channel, n.kind, n.person_id FROM delivery d JOIN notice n ON n.id = d.notice_id"
)


@pytest.mark.usefixtures("migrating_app")
def test_deliveries_stay_on_the_way_up_and_back(owner: Engine) -> None:
    flask_migrate.downgrade(revision="0001")
    with owner.begin() as connection:
        for statement in _ROWS.split(";"):
            connection.execute(text(statement))
    before = _waiting(owner)
    assert len(before) == 1
    flask_migrate.upgrade(revision="0005")
    assert _waiting(owner) == before
    flask_migrate.downgrade(revision="0001")
    assert _waiting(owner) == before


def _waiting(engine: Engine) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant_id', '1', true)"))
        return [tuple(row) for row in connection.execute(_WAITING)]


_ROWS = """
INSERT INTO tenant (id, slug, name, short_name, currency, locale, zone, is_default, revision, created_at)
    VALUES (1, 'north', 'North', 'North', 'GBP', 'en', 'Europe/London', true, 1, CURRENT_TIMESTAMP);
INSERT INTO person
    (id, tenant_id, email, email_key, first_name, last_name, company, role, card_token, created_at)
    VALUES (1, 1, 'a@b.test', 'a@b.test', 'Ada', 'Byron', '', 'none', 'card', CURRENT_TIMESTAMP);
INSERT INTO notice (id, tenant_id, person_id, kind, data, created_at)
    VALUES (1, 1, 1, 'password.changed', '{}', CURRENT_TIMESTAMP);
INSERT INTO delivery (id, tenant_id, notice_id, channel, attempts, next_try_at, error)
    VALUES (1, 1, 1, 'mail', 0, CURRENT_TIMESTAMP, '')
"""
