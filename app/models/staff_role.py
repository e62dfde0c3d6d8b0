"""Staff roles of the tenant's own, and the locations that staff are limited to."""

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, belongs_to, owned


class StaffRole(TenantOwned, Base):
    """A named set of permissions that the tenant made beside the built-in roles."""

    __tablename__ = "staff_role"
    __table_args__ = owned(UniqueConstraint("tenant_id", "name"))

    name: Mapped[str] = mapped_column(String(60))
    permissions: Mapped[list[str]] = mapped_column(JSON, default=list)


class StaffRoleHolder(TenantOwned, Base):
    """Whose role is which of the tenant's own; their `person.role` is `custom` then."""

    __tablename__ = "staff_role_holder"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("staff_role_id", "staff_role"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    staff_role_id: Mapped[int] = mapped_column(BigId)


class StaffLocation(TenantOwned, Base):
    """A location that a staff person is limited to; without any such row they work in all of them."""

    __tablename__ = "staff_location"
    __table_args__ = owned(
        UniqueConstraint("tenant_id", "person_id", "location_id"),
        belongs_to("person_id", "person", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
    )

    person_id: Mapped[int] = mapped_column(BigId)
    location_id: Mapped[int] = mapped_column(BigId)
