"""Devices that take notices as push messages, what was sent to each, and the tenant's key that signs them."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned


class PushDevice(TenantOwned, Base):
    """One browser's subscription. It ends with the sign-in it was made in: who is signed out hears nothing there."""

    __tablename__ = "push_device"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "endpoint_hash"),
        belongs_to("session_id", "login_session", ondelete="CASCADE"),
        Index("ix_push_device_session", "tenant_id", "session_id"),
    )

    session_id: Mapped[int] = mapped_column(BigId)
    """The sign-in that registered it last; whose that is, theirs the device is."""
    endpoint: Mapped[str] = mapped_column(Text)
    """The push service's address for it: whoever knows it and the keys can write to the device."""
    endpoint_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the endpoint, in hex."""
    origin: Mapped[str] = mapped_column(String(300))
    """`https://host` of the portal as this browser knows it: where a tap on a message leads."""
    p256dh: Mapped[str] = mapped_column(String(100))
    """The browser's public key, in base64url without padding."""
    auth: Mapped[str] = mapped_column(String(40))
    """The secret that messages are encrypted with, likewise."""
    browser: Mapped[str] = mapped_column(String(40))
    system: Mapped[str] = mapped_column(String(40))
    mobile: Mapped[bool]
    locale: Mapped[str | None] = mapped_column(String(20))
    """The language its pages were in."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its browser last said that it still has the subscription."""
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row its push service did not take a message."""
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When we stopped trying; its browser's next word starts anew."""


class PushSent(TenantOwned, Base):
    """A delivery that one of the person's devices is done with, so that a repeat goes only to the others."""

    __tablename__ = "push_sent"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "delivery_id", "device_id"),
        belongs_to("delivery_id", "delivery", ondelete="CASCADE"),
        belongs_to("device_id", "push_device", ondelete="CASCADE"),
        Index("ix_push_sent_device", "tenant_id", "device_id"),
    )

    delivery_id: Mapped[int] = mapped_column(BigId)
    device_id: Mapped[int] = mapped_column(BigId)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PushKey(TenantOwned, Base):
    """The pair of keys that push services know the tenant by (VAPID); devices are bound to it."""

    __tablename__ = "push_key"
    __table_args__ = owned(UniqueConstraint("tenant_id"))

    public_key: Mapped[str] = mapped_column(String(100))
    """As browsers want it: the point of the curve, uncompressed, in base64url without padding."""
    private_key: Mapped[str] = mapped_column(Text)
    """Sealed (`ports.SecretBox`)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a push service last refused us rather than a message; empty once one took a message again."""
    refusal: Mapped[str] = mapped_column(String(300), default="")
    """What it said, for whoever runs the server."""
