"""Where a tenant's people may sign in besides the portal itself: a company's, a university's or a platform's accounts."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, UtcDateTime, owned, word


class SignOnProtocol(StrEnum):
    """The language that a provider speaks."""

    OIDC = "oidc"
    SAML = "saml"


class SignOnProvider(TenantOwned, Base):
    """One identity provider of a tenant, and what the tenant lets it decide."""

    __tablename__ = "sign_on_provider"
    __table_args__ = owned()

    protocol: Mapped[SignOnProtocol] = mapped_column(word(SignOnProtocol))
    name: Mapped[str] = mapped_column(String(60))
    """What people call it; the button says "Continue with" before it unless `button` says something else."""
    button: Mapped[str] = mapped_column(String(60), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the protocol's client needs to know; the keys are its own. Never a secret."""
    secret: Mapped[str | None] = mapped_column(Text)
    """The client secret or private key, sealed (`ports.SecretBox`)."""
    enabled: Mapped[bool] = mapped_column(default=False)
    creates_people: Mapped[bool] = mapped_column(default=False)
    """Who is not known yet becomes a contact; otherwise they are turned away."""
    email_domains: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Only e-mail addresses of these domains may come in; empty admits any."""
    trusted: Mapped[bool] = mapped_column(default=False)
    """Its word that an e-mail is verified is enough to open the account of that e-mail."""
    group_claim: Mapped[str] = mapped_column(String(120), default="")
    """Under which name it sends the groups that somebody is in; empty for none."""
    group_teams: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Group → name of the team that its people belong to."""
    forbids_member_passwords: Mapped[bool] = mapped_column(default=False)
    forbids_staff_passwords: Mapped[bool] = mapped_column(default=False)
    """Never an owner's: that is the way back in when the provider fails."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when it leads to where it leads: an account that was used since then is known to work."""
