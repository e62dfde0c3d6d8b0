"""Single sign-on: providers, the accounts there that open accounts here, and sign-ins under way."""

import sqlalchemy as sa
from alembic import op

from migrations import walls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNED = ("sign_on_provider", "sign_on_used", "sign_on_attempt", "sign_on_identity", "sign_on_session")


def upgrade() -> None:
    op.create_table(
        "sign_on_provider",
        sa.Column(
            "protocol",
            sa.Enum(
                "oidc", "saml", name="signonprotocol", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("button", sa.String(length=60), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("creates_people", sa.Boolean(), nullable=False),
        sa.Column("email_domains", sa.JSON(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("group_claim", sa.String(length=120), nullable=False),
        sa.Column("group_teams", sa.JSON(), nullable=False),
        sa.Column("forbids_member_passwords", sa.Boolean(), nullable=False),
        sa.Column("forbids_staff_passwords", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_sign_on_provider_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_provider")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_on_provider_tenant_id_id")),
    )
    op.create_table(
        "sign_on_used",
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["sign_on_provider.tenant_id", "sign_on_provider.id"],
            name=op.f("fk_sign_on_used_tenant_id_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_sign_on_used_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_used")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_on_used_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "provider_id",
            "key_hash",
            name=op.f("uq_sign_on_used_tenant_id_provider_id_key_hash"),
        ),
    )
    op.create_index("ix_sign_on_used_expiry", "sign_on_used", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "sign_on_attempt",
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in",
                "link",
                "leave",
                "trial",
                name="signonpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_sign_on_attempt_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["sign_on_provider.tenant_id", "sign_on_provider.id"],
            name=op.f("fk_sign_on_attempt_tenant_id_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_sign_on_attempt_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_attempt")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_on_attempt_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_sign_on_attempt_tenant_id_token_hash")),
    )
    op.create_index("ix_sign_on_attempt_expiry", "sign_on_attempt", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "sign_on_identity",
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_sign_on_identity_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["sign_on_provider.tenant_id", "sign_on_provider.id"],
            name=op.f("fk_sign_on_identity_tenant_id_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_sign_on_identity_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_identity")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_on_identity_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "issuer", "subject", name=op.f("uq_sign_on_identity_tenant_id_issuer_subject")
        ),
    )
    op.create_index(
        "ix_sign_on_identity_person", "sign_on_identity", ["tenant_id", "person_id"], unique=False
    )
    op.create_index(
        "ix_sign_on_identity_provider", "sign_on_identity", ["tenant_id", "provider_id"], unique=False
    )
    op.create_table(
        "sign_on_session",
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("provider_session", sa.String(length=255), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "provider_id"],
            ["sign_on_provider.tenant_id", "sign_on_provider.id"],
            name=op.f("fk_sign_on_session_tenant_id_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["login_session.tenant_id", "login_session.id"],
            name=op.f("fk_sign_on_session_tenant_id_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_sign_on_session_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_session")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_on_session_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "session_id", name=op.f("uq_sign_on_session_tenant_id_session_id")),
    )
    op.create_index(
        "ix_sign_on_session_provider",
        "sign_on_session",
        ["tenant_id", "provider_id", "subject"],
        unique=False,
    )

    for table in OWNED:
        walls.open_to_web(table)
        walls.wall(table)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
