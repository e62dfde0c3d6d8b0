"""Tables, one noun a file. Importing the package makes every table known to the metadata."""

from app.models.audit import AuditEntry
from app.models.base import Base, TenantOwned
from app.models.booking import Booking, BookingStatus, Occupancy
from app.models.location import Closure, Location, OpeningHours
from app.models.login_session import LoginSession, PasswordReset
from app.models.notice import Delivery, Notice
from app.models.person import Person, Role
from app.models.plan import Contract, Plan
from app.models.resource import Amenity, Resource, ResourceAmenity, ResourcePart, ResourcePlan, ResourceType
from app.models.setting import HomeElementSetting, SectionSetting
from app.models.stored_file import StoredFile
from app.models.tenant import Tenant, TenantHost
from app.models.theme import ThemeSetting

__all__ = [
    "Amenity",
    "AuditEntry",
    "Base",
    "Booking",
    "BookingStatus",
    "Closure",
    "Contract",
    "Delivery",
    "HomeElementSetting",
    "Location",
    "LoginSession",
    "Notice",
    "Occupancy",
    "OpeningHours",
    "PasswordReset",
    "Person",
    "Plan",
    "Resource",
    "ResourceAmenity",
    "ResourcePart",
    "ResourcePlan",
    "ResourceType",
    "Role",
    "SectionSetting",
    "StoredFile",
    "Tenant",
    "TenantHost",
    "TenantOwned",
    "ThemeSetting",
]
