"""Versions of plans, what contracts need to be billed, pauses, and runs of billing."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("plan_version", "contract_pause", "billing_run", "billing_trouble", "billing_setting")


def upgrade() -> None:
    # Not in a batch, which on SQLite would drop the table, and what hangs on it.
    op.add_column("plan", sa.Column("link_token", sa.String(length=43), nullable=True))
    op.create_index("uq_plan_link", "plan", ["tenant_id", "link_token"], unique=True)
    _versions()
    _contracts()
    _pauses()
    _runs()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(_TABLES[1:]):
        op.drop_table(table)
    op.execute("DELETE FROM contract WHERE pending")
    for name in ("follows", "plan"):
        op.drop_index(f"ix_contract_{name}", table_name="contract")
    # Nothing refers to contracts any more, so SQLite may write the table anew.
    with op.batch_alter_table("contract") as contract:
        for name in ("quantity", "price", "anchor"):
            contract.drop_constraint(op.f(f"ck_contract_{name}"), type_="check")
        for name in ("version_id", "follows_id"):
            contract.drop_constraint(op.f(f"fk_contract_tenant_id_{name}"), type_="foreignkey")
        for column in reversed(_contract_columns()):
            contract.drop_column(column.name)
    op.drop_table("plan_version")
    op.drop_index("uq_plan_link", table_name="plan")
    op.drop_column("plan", "link_token")


def _versions() -> None:
    op.create_table(
        "plan_version",
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("cycle_count", sa.Integer(), nullable=False),
        sa.Column("cycle_unit", _words("cycleunit", "month", "week"), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("signup_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("deposit_minor", sa.BigInteger(), nullable=False),
        sa.Column("deposit_rate_id", ID, nullable=True),
        sa.Column("billing_day", sa.Integer(), nullable=True),
        sa.Column("prorate_first", sa.Boolean(), nullable=False),
        sa.Column("prorate_last", sa.Boolean(), nullable=False),
        sa.Column("min_cycles", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("pauses_a_year", sa.Integer(), nullable=False),
        sa.Column("pause_cycles", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("audience", _words("planaudience", "everyone", "members", "contacts"), nullable=False),
        sa.Column("visibility", _words("planvisibility", "listed", "link", "enquire"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        *owned("plan_version"),
        belongs("plan_version", "plan_id", "plan"),
        belongs("plan_version", "tax_rate_id", "tax_rate", "RESTRICT"),
        belongs("plan_version", "deposit_rate_id", "tax_rate", "RESTRICT"),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_plan_version_{name}"))
            for name, rule in (
                ("prices", "price_minor >= 0 AND signup_fee_minor >= 0 AND deposit_minor >= 0"),
                ("deposit", "deposit_minor = 0 OR deposit_rate_id IS NOT NULL"),
                ("cycle", "cycle_count BETWEEN 1 AND 60"),
                ("billing_day", "billing_day BETWEEN 1 AND 28"),
                ("billing_day_unit", "billing_day IS NULL OR cycle_unit = 'month'"),
                ("term", "min_cycles BETWEEN 0 AND 120 AND notice_days BETWEEN 0 AND 365"),
                ("pauses", "pauses_a_year BETWEEN 0 AND 12 AND pause_cycles BETWEEN 0 AND 24"),
                ("capacity", "capacity >= 0"),
            )
        ),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "number", name=op.f("uq_plan_version_tenant_id_plan_id_number")
        ),
    )


def _contract_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("version_id", ID, nullable=True),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("minimum_until", sa.Date(), nullable=True),
        sa.Column("billed_until", sa.Date(), nullable=True),
        sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.Column("terms_accepted_at", _MOMENT, nullable=True),
        sa.Column("follows_id", ID, nullable=True),
    ]


def _contracts() -> None:
    # Nothing refers to contracts yet, so SQLite may write the table anew.
    with op.batch_alter_table("contract") as contract:
        for column in _contract_columns():
            contract.add_column(column)
        contract.create_foreign_key(
            op.f("fk_contract_tenant_id_version_id"),
            "plan_version",
            ["tenant_id", "version_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
        contract.create_foreign_key(
            op.f("fk_contract_tenant_id_follows_id"),
            "contract",
            ["tenant_id", "follows_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
        for name, rule in (
            ("quantity", "quantity BETWEEN 1 AND 1000"),
            ("price", "price_minor >= 0"),
            ("anchor", "(version_id IS NULL) = (anchor_on IS NULL)"),
        ):
            contract.create_check_constraint(op.f(f"ck_contract_{name}"), rule)
    op.create_index("ix_contract_plan", "contract", ["tenant_id", "plan_id"], unique=False)
    op.create_index("ix_contract_follows", "contract", ["tenant_id", "follows_id"], unique=False)


def _pauses() -> None:
    op.create_table(
        "contract_pause",
        sa.Column("contract_id", ID, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        *owned("contract_pause"),
        belongs("contract_pause", "contract_id", "contract"),
        sa.CheckConstraint("from_day <= until_day", name=op.f("ck_contract_pause_span")),
    )
    op.create_index(
        "ix_contract_pause_contract",
        "contract_pause",
        ["tenant_id", "contract_id", "from_day"],
        unique=False,
    )


def _runs() -> None:
    op.create_table(
        "billing_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", _words("runstate", "asked", "running", "done", "broken_off"), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("alive_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        *owned("billing_run"),
        sa.CheckConstraint(
            "done >= 0 AND failed >= 0 AND done <= total", name=op.f("ck_billing_run_progress")
        ),
    )
    op.create_index("ix_billing_run_day", "billing_run", ["tenant_id", "day", "id"], unique=False)
    op.create_table(
        "billing_trouble",
        sa.Column("payer_id", ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        *owned("billing_trouble"),
        belongs("billing_trouble", "payer_id", "person"),
        sa.UniqueConstraint("tenant_id", "payer_id", name=op.f("uq_billing_trouble_tenant_id_payer_id")),
    )
    op.create_table(
        "billing_setting",
        sa.Column("issue_at_once", sa.Boolean(), nullable=False),
        sa.Column("run_hour", sa.Integer(), nullable=False),
        *owned("billing_setting"),
        sa.CheckConstraint("run_hour BETWEEN 0 AND 23", name=op.f("ck_billing_setting_run_hour")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_billing_setting_tenant_id")),
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)
