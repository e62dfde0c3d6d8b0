"""Who is in the house: people say so themselves."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class CheckIn(TenantOwned, Base):
    """Somebody is at a location from one moment until another, which lies ahead while they are there.

    Whether others see it is decided on the profile (`ProfileField.HERE`) and nowhere else.
    """

    __tablename__ = "check_in"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
        belongs_to("grant_id", "credit_grant"),
        belongs_to("paid_visit_id", "paid_visit"),
        CheckConstraint("starts_at <= ends_at", name="span"),
        CheckConstraint("held_minutes >= 0", name="held"),
        Index("ix_check_in_end", "tenant_id", "ends_at"),
        Index("ix_check_in_person", "tenant_id", "person_id", "ends_at"),
        Index("ix_check_in_grant", "tenant_id", "grant_id"),
        Index("ix_check_in_visit", "tenant_id", "paid_visit_id"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the location closes, or what let them in holds no longer, until the person leaves earlier."""
    grant_id: Mapped[int | None] = mapped_column(BigId)
    """The time pass whose minutes run meanwhile."""
    held_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Of that pass, what nobody else can use; nothing once the stay was settled."""
    paid_visit_id: Mapped[int | None] = mapped_column(BigId)
    """What they pay for it, where no pass let them in."""


def here_at(now: datetime) -> ColumnElement[bool]:
    """Whether a check-in holds at that moment. One that is over holds no more, whenever its row goes."""
    return and_(CheckIn.starts_at <= now, CheckIn.ends_at > now)
