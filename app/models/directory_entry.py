"""What can be found of people who let others find them: made of their profile, and made anew whenever that changes."""

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned


class DirectoryEntry(TenantOwned, Base):
    """What one audience may find of somebody: two rows for each who is listed, and none for anybody else.

    What somebody keeps from an audience is not in that audience's row, so that no search can come across it
    (`domain.directory.index` writes both; docs/decisions/0018).
    """

    __tablename__ = "directory_entry"
    __table_args__ = owned(
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "person_id", "for_members"),
        Index("ix_directory_entry_sort", "tenant_id", "for_members", "sort_key", "person_id"),
        # SQLite has a third one, which holds the words as well (migrations/versions/0013).
        Index(
            "ix_directory_entry_industry",
            "tenant_id",
            "for_members",
            "industry_key",
            "industry",
            "person_id",
        ),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    for_members: Mapped[bool]
    """Whether this is what members find, or what everybody finds who is signed in."""
    sort_key: Mapped[str] = mapped_column(String(320))
    """The name, folded."""
    words: Mapped[str] = mapped_column(Text)
    """Every word that one may search by, folded, each after a space."""
    industry: Mapped[str] = mapped_column(String(80), default="")
    industry_key: Mapped[str] = mapped_column(String(160), default="")
    """The industry, folded: people write the same one in many ways."""
    location_id: Mapped[int | None] = mapped_column(BigId)
    shows_skills: Mapped[bool] = mapped_column(default=False)
    shows_here: Mapped[bool] = mapped_column(default=False)
    """Whether this audience sees when the person is in the house."""
