"""Products, baskets, purchases, and products that recur."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import ID, belongs, owned

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("product", "basket_line", "purchase", "product_subscription", "purchase_line")


def upgrade() -> None:
    _products()
    _baskets()
    _purchases()
    _subscriptions()
    _lines()
    for table in _TABLES:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _products() -> None:
    op.create_table(
        "product",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("photo_id", ID, nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("recurring", sa.Boolean(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("audience", _words("planaudience", "everyone", "members", "contacts"), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("billing", _words("productbilling", "now", "next"), nullable=False),
        sa.Column("location_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", _MOMENT, nullable=True),
        *owned("product"),
        belongs("product", "tax_rate_id", "tax_rate", "RESTRICT"),
        belongs("product", "photo_id", "stored_file", "RESTRICT"),
        belongs("product", "location_id", "location", "RESTRICT"),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_product_price")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_product_stock")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_product_tenant_id_name")),
    )


def _baskets() -> None:
    op.create_table(
        "basket_line",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        *owned("basket_line"),
        belongs("basket_line", "person_id", "person"),
        belongs("basket_line", "product_id", "product"),
        _quantity("basket_line"),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "product_id", name=op.f("uq_basket_line_tenant_id_person_id_product_id")
        ),
    )


def _purchases() -> None:
    op.create_table(
        "purchase",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("sold_by_id", ID, nullable=True),
        *owned("purchase"),
        belongs("purchase", "person_id", "person", "RESTRICT"),
        belongs("purchase", "sold_by_id", "person", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "request_key", name=op.f("uq_purchase_tenant_id_person_id_request_key")
        ),
    )


def _subscriptions() -> None:
    table = "product_subscription"
    op.create_table(
        table,
        sa.Column("person_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("contract_id", ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_id", ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("billed_until", sa.Date(), nullable=True),
        *owned(table),
        belongs(table, "person_id", "person"),
        belongs(table, "product_id", "product", "RESTRICT"),
        belongs(table, "contract_id", "contract", "RESTRICT"),
        belongs(table, "tax_rate_id", "tax_rate", "RESTRICT"),
        _quantity(table),
        sa.CheckConstraint("price_minor >= 0", name=op.f(f"ck_{table}_price")),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f(f"ck_{table}_span")),
    )
    for name in ("person", "product", "contract"):
        op.create_index(f"ix_{table}_{name}", table, ["tenant_id", f"{name}_id"], unique=False)


def _lines() -> None:
    op.create_table(
        "purchase_line",
        sa.Column("purchase_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("subscription_id", ID, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("bill_on", sa.Date(), nullable=False),
        *owned("purchase_line"),
        belongs("purchase_line", "purchase_id", "purchase"),
        belongs("purchase_line", "product_id", "product", "RESTRICT"),
        belongs("purchase_line", "subscription_id", "product_subscription", "RESTRICT"),
        _quantity("purchase_line"),
    )
    for name in ("purchase", "product"):
        op.create_index(
            f"ix_purchase_line_{name}", "purchase_line", ["tenant_id", f"{name}_id"], unique=False
        )


def _quantity(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("quantity BETWEEN 1 AND 99", name=op.f(f"ck_{table}_quantity"))


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=32, create_constraint=True)
