"""A tenant's look: two colours, a logo, corners and font; a location may override them."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, once_a_level, owned


class ThemeSetting(TenantOwned, Base):
    """Inputs of the theme. An empty column inherits (location → tenant → derived from the logo or the default)."""

    __tablename__ = "theme_setting"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        belongs_to("logo_id", "stored_file"),
        *once_a_level("theme_setting"),
    )

    location_id: Mapped[int | None] = mapped_column(BigId)
    primary: Mapped[str | None] = mapped_column("primary_colour", String(7))
    on_primary: Mapped[str | None] = mapped_column(String(7))
    font: Mapped[str | None] = mapped_column(String(24))
    radius: Mapped[str | None] = mapped_column(String(12))
    logo_id: Mapped[int | None] = mapped_column(BigId)
    logo_colour: Mapped[str | None] = mapped_column(String(7))
    """The logo's main colour, found once when it was uploaded."""
