"""Invitations into a team: mailed to an address, whether anybody here has it or not. Tokens are stored hashed."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned

_OPEN = text("accepted_at IS NULL AND revoked_at IS NULL")


class TeamInvitation(TenantOwned, Base):
    """One invitation. At most one per team and address is open."""

    __tablename__ = "team_invitation"
    __table_args__ = owned(
        belongs_to("team_id", "team", ondelete="CASCADE"),
        belongs_to("invited_by_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index(
            "uq_team_invitation_open",
            "tenant_id",
            "team_id",
            "email_key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    team_id: Mapped[int] = mapped_column(BigId)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the link's token, which is made when the mail is written and is nowhere but in that mail."""
    may_book: Mapped[bool] = mapped_column(default=True)
    may_book_for_team: Mapped[bool] = mapped_column(default=False)
    may_buy: Mapped[bool] = mapped_column(default=False)
    may_see_invoices: Mapped[bool] = mapped_column(default=False)
    invited_by_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
