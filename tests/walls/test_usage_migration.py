"""What hangs on types of resource and on versions of plans survives the migration that writes their tables anew on SQLite, and
only what is still ahead is to be billed."""

import flask_migrate
import pytest
from sqlalchemy import Engine, text


def _as_it_was(owner: Engine) -> None:
    flask_migrate.downgrade(revision="0023")
    with owner.begin() as connection:
        for statement in _ROWS.split(";"):
            connection.execute(text(statement))


@pytest.mark.usefixtures("migrating_app")
def test_nothing_is_lost_on_the_way_up_and_back(owner: Engine) -> None:
    _as_it_was(owner)
    before = _counts(owner)
    assert set(before.values()) == {1, 2}
    flask_migrate.upgrade(revision="0024")
    assert _counts(owner) == before
    # The past one was 1, the one that is free 3
    assert _ask(owner, "SELECT booking_id, team_id FROM unbilled_booking") == [(2, None)]
    # The first rate above zero in the operator's order that is not retired
    assert _ask(owner, "SELECT tax_rate_id FROM resource_type") == [(3,)]
    assert _ask(
        owner, "SELECT booking_discount_hundredths, product_discount_hundredths FROM plan_version"
    ) == [(0, 0)]
    flask_migrate.downgrade(revision="0023")
    assert _counts(owner) == before


@pytest.mark.usefixtures("migrating_app")
def test_what_was_booked_before_anybody_could_choose_is_paid_with_the_next_invoice(owner: Engine) -> None:
    _as_it_was(owner)
    flask_migrate.upgrade()
    pays = _ask(owner, "SELECT id, pays FROM booking ORDER BY id")
    assert pays == [(1, None), (2, "invoice"), (3, None)]


def _counts(engine: Engine) -> dict[str, int]:
    tables = ("resource", "resource_type", "plan_version", "contract", "plan_benefit")
    return {table: int(str(_ask(engine, f"SELECT count(*) FROM {table}")[0][0])) for table in tables}  # noqa: S608


def _ask(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT set_config('app.tenant_id', '1', true)"))
        return [tuple(row) for row in connection.execute(text(statement))]


_BOOKING = """
INSERT INTO booking (id, tenant_id, resource_id, location_id, person_id, booked_by_id, starts_at, ends_at, status, title,
    people, price_minor, currency, quote, overridden, created_at, cancel_reason)
    VALUES ({id}, 1, 1, 1, 1, 1, '{year}-03-02 10:00:00', '{year}-03-02 11:00:00', 'confirmed', '', 1, {price}, 'GBP',
    '{{}}', '[]', CURRENT_TIMESTAMP, '')
"""
_ROWS = (
    """
INSERT INTO tenant (id, slug, name, short_name, currency, locale, zone, is_default, revision, created_at)
    VALUES (1, 'north', 'North', 'North', 'GBP', 'en', 'Europe/London', true, 1, CURRENT_TIMESTAMP);
INSERT INTO person
    (id, tenant_id, email, email_key, first_name, last_name, company, role, card_token, created_at, folded_name, folded)
    VALUES (1, 1, 'a@b.test', 'a@b.test', 'Ada', 'Byron', '', 'none', 'card', CURRENT_TIMESTAMP, 'byron', '');
INSERT INTO location (id, tenant_id, name, address, zone, position)
    VALUES (1, 1, 'Leith Walk', '', 'Europe/London', 0);
INSERT INTO tax_rate (id, tenant_id, name, category, reason, position, retired_at)
    VALUES (1, 1, 'None', 'Z', '', 0, NULL);
INSERT INTO tax_rate (id, tenant_id, name, category, reason, position, retired_at)
    VALUES (2, 1, 'Old', 'S', '', 1, CURRENT_TIMESTAMP);
INSERT INTO tax_rate (id, tenant_id, name, category, reason, position, retired_at)
    VALUES (3, 1, 'VAT', 'S', '', 2, NULL);
INSERT INTO tax_rate (id, tenant_id, name, category, reason, position, retired_at)
    VALUES (4, 1, 'Reduced', 'S', '', 3, NULL);
INSERT INTO resource_type (id, tenant_id, name, picture_kind, hourly_minor, position) VALUES (1, 1, 'Room', 'room', 1800, 0);
INSERT INTO resource (id, tenant_id, location_id, resource_type_id, name, description, level, position, capacity, units,
    buffer_before, buffer_after, min_minutes, max_minutes, grid_minutes, notice_minutes, cancel_cutoff_minutes, audience,
    for_plans_only)
    VALUES (1, 1, 1, 1, 'Fern', '', '', 0, 4, 1, 0, 0, 15, 480, 15, 0, 0, 'signed_in', false);
INSERT INTO plan (id, tenant_id, name, position) VALUES (1, 1, 'Desk', 0);
INSERT INTO plan_version (id, tenant_id, plan_id, number, made_at, price_minor, cycle_count, cycle_unit, tax_rate_id,
    signup_fee_minor, deposit_minor, prorate_first, prorate_last, min_cycles, notice_days, pauses_a_year, pause_cycles,
    needs_approval, audience, visibility, description, terms)
    VALUES (1, 1, 1, 1, CURRENT_TIMESTAMP, 30000, 1, 'month', 3, 0, 0, true, false, 0, 0, 0, 0, false, 'everyone', 'listed',
    '', '');
INSERT INTO plan_benefit (id, tenant_id, version_id, number, kind, amount) VALUES (1, 1, 1, 0, 'money', 500);
INSERT INTO contract (id, tenant_id, person_id, plan_id, starts_on, version_id, anchor_on)
    VALUES (1, 1, 1, 1, '2026-01-01', 1, '2026-01-01');
INSERT INTO contract (id, tenant_id, person_id, plan_id, starts_on, follows_id)
    VALUES (2, 1, 1, 1, '2027-01-01', 1);
"""
    + _BOOKING.format(id=1, year=2020, price=1800)
    + ";"
    + _BOOKING.format(id=2, year=2100, price=1800)
    + ";"
    + _BOOKING.format(id=3, year=2101, price=0)
)
