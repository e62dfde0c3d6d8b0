"""What people say of themselves, who may see it, and changes of an e-mail."""

import sqlalchemy as sa
from alembic import op

from migrations import walls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = ("skill", "person_profile", "person_skill", "email_change")


def upgrade() -> None:
    op.create_table(
        "skill",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_skill_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_skill_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_skill_tenant_id_name")),
    )
    op.create_table(
        "email_change",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=True),
        sa.Column("stop_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stop_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_email_change_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_email_change_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sa.UniqueConstraint("tenant_id", "confirm_hash", name=op.f("uq_email_change_tenant_id_confirm_hash")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_email_change_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "stop_hash", name=op.f("uq_email_change_tenant_id_stop_hash")),
    )
    op.create_index("ix_email_change_person", "email_change", ["tenant_id", "person_id"], unique=False)
    op.create_table(
        "person_profile",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("job_title", sa.String(length=80), nullable=False),
        sa.Column("industry", sa.String(length=80), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("street", sa.String(length=160), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("billing_name", sa.String(length=120), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("billing_street", sa.String(length=160), nullable=False),
        sa.Column("billing_postal_code", sa.String(length=20), nullable=False),
        sa.Column("billing_city", sa.String(length=80), nullable=False),
        sa.Column("billing_country", sa.String(length=2), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_person_profile_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "photo_id"],
            ["stored_file.tenant_id", "stored_file.id"],
            name=op.f("fk_person_profile_tenant_id_photo_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_person_profile_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_profile")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_person_profile_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_person_profile_tenant_id_person_id")),
    )
    op.create_table(
        "person_skill",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("skill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("own_words", sa.String(length=60), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(skill_id IS NULL) <> (own_words IS NULL)", name=op.f("ck_person_skill_one_of_two")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_person_skill_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "skill_id"],
            ["skill.tenant_id", "skill.id"],
            name=op.f("fk_person_skill_tenant_id_skill_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_person_skill_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_skill")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_person_skill_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "own_words", name=op.f("uq_person_skill_tenant_id_person_id_own_words")
        ),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "skill_id", name=op.f("uq_person_skill_tenant_id_person_id_skill_id")
        ),
    )
    op.add_column("person", sa.Column("face_digest", sa.String(length=64), nullable=True))
    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    op.drop_column("person", "face_digest")
    for table in ("email_change", "person_skill", "person_profile", "skill"):
        op.drop_table(table)
