"""Staff roles of the tenant's own, staff limited to locations, whom staff acted for, and who looked at whose record."""

import sqlalchemy as sa
from alembic import op

from migrations import walls
from migrations.tables import belongs

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWNED = ("staff_role", "staff_role_holder", "staff_location", "record_view")
AUDIT_INDEXES = {
    "ix_audit_entry_actor": ["tenant_id", "actor_id", "at"],
    "ix_audit_entry_action": ["tenant_id", "action", "at"],
    "ix_audit_entry_for": ["tenant_id", "for_id", "at"],
}
_WITHOUT = "role IN ('none', 'front_desk', 'manager', 'owner')"
_WITH = "role IN ('none', 'front_desk', 'manager', 'owner', 'custom')"


def upgrade() -> None:
    op.create_table(
        "staff_role",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        *_id_and_tenant(),
        *_keys("staff_role"),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_staff_role_tenant_id_name")),
    )
    op.create_table(
        "staff_role_holder",
        _reference("person_id"),
        _reference("staff_role_id"),
        *_id_and_tenant(),
        *_keys("staff_role_holder"),
        belongs("staff_role_holder", "person_id", "person", "CASCADE"),
        belongs("staff_role_holder", "staff_role_id", "staff_role", "RESTRICT"),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_staff_role_holder_tenant_id_person_id")),
    )
    op.create_table(
        "staff_location",
        _reference("person_id"),
        _reference("location_id"),
        *_id_and_tenant(),
        *_keys("staff_location"),
        belongs("staff_location", "person_id", "person", "CASCADE"),
        belongs("staff_location", "location_id", "location", "RESTRICT"),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "location_id",
            name=op.f("uq_staff_location_tenant_id_person_id_location_id"),
        ),
    )
    op.create_table(
        "record_view",
        _reference("viewer_id"),
        _reference("person_id"),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        *_id_and_tenant(),
        *_keys("record_view"),
        belongs("record_view", "viewer_id", "person", "CASCADE"),
        belongs("record_view", "person_id", "person", "CASCADE"),
        sa.UniqueConstraint(
            "tenant_id",
            "viewer_id",
            "person_id",
            "hour",
            name=op.f("uq_record_view_tenant_id_viewer_id_person_id_hour"),
        ),
    )
    op.create_index("ix_record_view_person", "record_view", ["tenant_id", "person_id", "hour"])
    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)
    op.add_column(
        "audit_entry",
        sa.Column("for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    for name, columns in AUDIT_INDEXES.items():
        op.create_index(name, "audit_entry", columns)
    _let_role_be(_WITH, instead_of=_WITHOUT)


def downgrade() -> None:
    # Whoever had a role of the tenant's own has none where there is no such thing. Of all tenants, so past the wall.
    if walls.on_postgresql():
        op.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE person SET role = 'none' WHERE role = 'custom'")
    if walls.on_postgresql():
        op.execute("ALTER TABLE person FORCE ROW LEVEL SECURITY")
    _let_role_be(_WITHOUT, instead_of=_WITH)
    for name in AUDIT_INDEXES:
        op.drop_index(name, "audit_entry")
    op.drop_column("audit_entry", "for_id")
    for table in reversed(OWNED):
        op.drop_table(table)


def _let_role_be(rule: str, *, instead_of: str) -> None:
    """Change which roles `person` takes.

    SQLite has no statement for it, and a copy of the table would take everything that refers to a person along; its
    manual names this way for a rule that only gets wider (lang_altertable, section 7).
    """
    if walls.on_postgresql():
        op.execute("ALTER TABLE person DROP CONSTRAINT ck_person_role")
        op.execute(f"ALTER TABLE person ADD CONSTRAINT ck_person_role CHECK ({rule})")
        return
    link = op.get_bind()
    version = link.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    link.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE name = 'person'"),
        {"old": instead_of, "new": rule},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _id_and_tenant() -> tuple[sa.Column[int], sa.Column[int]]:
    return (_reference("id"), _reference("tenant_id"))


def _reference(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
