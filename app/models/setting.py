"""What the front desk switches: sections and home elements, per tenant and overridden per location."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, once_a_level, owned, word
from app.sections import Audience


class SectionSetting(TenantOwned, Base):
    """What differs from the registry for one section; an empty column inherits (location → tenant → registry)."""

    __tablename__ = "section_setting"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        *once_a_level("section_setting", "section"),
    )

    location_id: Mapped[int | None] = mapped_column(BigId)
    section: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool | None]
    audience: Mapped[Audience | None] = mapped_column(word(Audience))
    position: Mapped[int | None]


class HomeElementSetting(TenantOwned, Base):
    """The same for one element of the home page."""

    __tablename__ = "home_element_setting"
    __table_args__ = owned(
        belongs_to("location_id", "location", ondelete="CASCADE"),
        *once_a_level("home_element_setting", "element"),
    )

    location_id: Mapped[int | None] = mapped_column(BigId)
    element: Mapped[str] = mapped_column(String(40))
    enabled: Mapped[bool | None]
    audience: Mapped[Audience | None] = mapped_column(word(Audience))
    position: Mapped[int | None]
