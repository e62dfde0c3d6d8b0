"""What hangs beside a room: a printed code that leads to it, and a panel that shows its day."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class RoomSign(TenantOwned, Base):
    """A room's sign; at most one a room.

    The code hangs in the open and lets nobody do anything without signing in. The panel's token opens the panel for
    whoever has it, so that only its hash is kept (docs/decisions/0038).
    """

    __tablename__ = "room_sign"
    __table_args__ = owned(
        belongs_to("resource_id", "resource", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "resource_id"),
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "panel_hash"),
    )

    resource_id: Mapped[int] = mapped_column(BigId)
    code: Mapped[str] = mapped_column(String(32))
    panel_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the panel's token; None while the room has no panel."""
    panel_made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
