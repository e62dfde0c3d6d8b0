"""Teams: people who share a name, a payer and a number of seats."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned

_PAYS = text("pays")


class Team(TenantOwned, Base):
    __tablename__ = "team"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "name"),
        belongs_to("location_id", "location"),
        CheckConstraint("seat_limit >= 1", name="seat_limit"),
    )

    name: Mapped[str] = mapped_column(String(80))
    seat_limit: Mapped[int | None]
    """How many people it may have; any number without one."""
    location_id: Mapped[int | None] = mapped_column(BigId)
    """The location that the team calls home."""
    listed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The team's consent to be found by others; its people are shown with it as far as each of them is listed."""
    about: Mapped[str] = mapped_column(String(400), default="", server_default="")
    """What the team says of itself to who finds it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A retired team gives nobody any right; its people stay on record."""


class TeamMember(TenantOwned, Base):
    """Somebody is in a team, with what they may do for it. Administrators and the payer are people of the team, so
    neither can be a stranger to it; and the index lets it have one payer at most."""

    __tablename__ = "team_member"
    __table_args__ = owned(
        belongs_to("team_id", "team", ondelete="CASCADE"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("via_provider_id", "sign_on_provider"),
        UniqueConstraint("tenant_id", "team_id", "person_id"),
        Index("ix_team_member_person", "tenant_id", "person_id"),
        Index(
            "uq_team_member_payer",
            "tenant_id",
            "team_id",
            unique=True,
            sqlite_where=_PAYS,
            postgresql_where=_PAYS,
        ),
    )

    team_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(BigId)
    administrator: Mapped[bool] = mapped_column(default=False)
    pays: Mapped[bool] = mapped_column(default=False)
    may_book: Mapped[bool] = mapped_column(default=True)
    """For themselves."""
    may_book_for_team: Mapped[bool] = mapped_column(default=False)
    """For other people of the team."""
    may_buy: Mapped[bool] = mapped_column(default=False)
    may_see_invoices: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    via_provider_id: Mapped[int | None] = mapped_column(BigId)
    """The provider whose groups put them here, and may take them out again; none for who was put here by somebody."""
