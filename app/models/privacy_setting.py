"""How long a tenant keeps what it knows of people."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, TenantOwned, owned


class PrivacySetting(TenantOwned, Base):
    """At most one row a tenant; without it `domain.privacy.settings.DEFAULTS` hold. None keeps something for good.

    The trigger that guards the audit trail reads `audit_days` here (docs/decisions/0016).
    """

    __tablename__ = "privacy_setting"
    __table_args__ = owned(
        UniqueConstraint("tenant_id"),
        CheckConstraint("grace_days BETWEEN 1 AND 90", name="grace"),
        CheckConstraint("audit_days >= 30", name="audit"),
        CheckConstraint("check_in_days >= 1", name="check_in"),
        CheckConstraint("notice_days >= 1 AND session_days >= 1 AND booking_days >= 1", name="days"),
    )

    grace_days: Mapped[int]
    """How long somebody who asked to be deleted may change their mind."""
    audit_days: Mapped[int | None]
    notice_days: Mapped[int | None]
    session_days: Mapped[int | None]
    booking_days: Mapped[int | None]
    """After that many days a booking loses its title and the reason it was cancelled for."""
    check_in_days: Mapped[int | None]
    """Days after which it is forgotten that somebody was in the house."""
    message_days: Mapped[int | None]
    """How long conversations are kept."""
