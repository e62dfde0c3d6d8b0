"""The tenant's own mail server, for those who want mail to come from an address of theirs."""

from enum import StrEnum

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, owned, word


class MailSecurity(StrEnum):
    """How the connection to a mail server is made secure."""

    STARTTLS = "starttls"
    TLS = "tls"


class MailServerSetting(TenantOwned, Base):
    """Where this tenant's mail is handed over; without the row the host's server is used."""

    __tablename__ = "mail_server_setting"
    __table_args__ = owned(UniqueConstraint("tenant_id"))

    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int]
    security: Mapped[MailSecurity] = mapped_column(word(MailSecurity))
    username: Mapped[str] = mapped_column(String(254), default="")
    password: Mapped[str | None] = mapped_column(String(1000))
    """Sealed (`ports.SecretBox`)."""
    sender: Mapped[str] = mapped_column(String(254))
    """The address that mail comes from."""
