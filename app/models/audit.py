"""Who did what: a row for every staff write and every sign-in, never changed afterwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class AuditEntry(TenantOwned, Base):
    __tablename__ = "audit_entry"
    __table_args__ = owned(
        belongs_to("actor_id", "person"),
        Index("ix_audit_entry_time", "tenant_id", "at"),
        Index("ix_audit_entry_subject", "tenant_id", "subject", "subject_id"),
        Index("ix_audit_entry_actor", "tenant_id", "actor_id", "at"),
        Index("ix_audit_entry_action", "tenant_id", "action", "at"),
        Index("ix_audit_entry_for", "tenant_id", "for_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    """Nobody, for what happened before anybody was known: a failed sign-in."""
    action: Mapped[str] = mapped_column(String(60))
    """What happened, as `noun.verb`: `resource.retired`."""
    subject: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None] = mapped_column(BigId)
    for_id: Mapped[int | None] = mapped_column(BigId)
    """The person on whose behalf it was done, when somebody else did it: whose booking staff made or cancelled."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
