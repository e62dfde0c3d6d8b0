"""Tables, one noun a file. Importing the package makes every table known to the metadata."""

from app.models.announcement import (
    Announcement,
    AnnouncementReader,
    AnnouncementState,
    AnnouncementTarget,
)
from app.models.audit import AuditEntry
from app.models.base import Base, TenantOwned
from app.models.billing import BillingRun, BillingSetting, BillingTrouble, PayWhen, RunState
from app.models.booking import BLOCKING, Booking, BookingStatus, Occupancy, UnbilledBooking
from app.models.booking_rule import BookingRule, BookingRuleTarget
from app.models.booking_series import BookingSeries
from app.models.calendar import CalendarFeed, OutsideCalendar
from app.models.cancellation_step import CancellationStep
from app.models.card_attempt import AttemptInvoice, AttemptKind, AttemptPayment, AttemptState, CardAttempt
from app.models.card_dispute import CardDispute, DisputeState
from app.models.card_refund import CardRefund, OutsideRefund, RefundState
from app.models.card_setting import CardEvent, CardMode, CardSetting
from app.models.charge import Charge
from app.models.check_in import CheckIn
from app.models.conversation import Block, Conversation, ConversationKind, ConversationMember, Draft
from app.models.credit import (
    CreditCause,
    CreditGrant,
    CreditGrantType,
    CreditKind,
    CreditLine,
    CreditSource,
)
from app.models.data_copy import DataCopy
from app.models.deletion import Deletion
from app.models.directory_entry import DirectoryEntry
from app.models.dunning import DunningAction, DunningReminder, DunningStep
from app.models.email_change import EmailChange
from app.models.extra import BookingExtra, BookingExtraOffer, BookingExtraRoom, ExtraPricing
from app.models.floor_plan import FloorMark, FloorPlan
from app.models.form_press import FormPress
from app.models.guest import BookingGuest
from app.models.held_money import HeldMoney, HoldReason
from app.models.invitation import Invitation, InvitationList
from app.models.invoice import (
    DocumentChain,
    DocumentKind,
    DocumentSeries,
    Invoice,
    InvoiceLine,
    InvoiceSetting,
    PayerSetting,
    TaxTreatment,
)
from app.models.invoice_link import InvoiceLink
from app.models.joining import JoiningMode, JoiningSetting, SignUp
from app.models.journal import JournalSetting
from app.models.known_device import KnownDevice
from app.models.location import Closure, Location, OpeningHours
from app.models.login_session import LoginSession, PasswordReset, Way
from app.models.mail_server import MailSecurity, MailServerSetting
from app.models.merger import Merger
from app.models.message import Attachment, Message, Reaction, Report, ReportOutcome, ReportReason
from app.models.notice import Choice, Delivery, Notice, NoticePreference, NoticeSetting
from app.models.pass_type import PassPlace, PassType, PassWindow
from app.models.passkey import ChallengeFor, Passkey, PasskeyChallenge
from app.models.pay_as_you_go import PaidBy, PaidVisit, PayAsYouGo
from app.models.payment import Allocation, Payment, PaymentWay
from app.models.person import Person, Role
from app.models.plan import Contract, ContractPause, Plan
from app.models.plan_benefit import PlanBenefit, PlanBenefitType, PlanDiscountType
from app.models.plan_version import CycleUnit, PlanAudience, PlanVersion, PlanVisibility
from app.models.privacy_setting import PrivacySetting
from app.models.product import (
    BasketLine,
    Product,
    ProductBilling,
    ProductSubscription,
    Purchase,
    PurchaseLine,
)
from app.models.product_benefit import ProductBenefit, ProductBenefitType
from app.models.profile import PersonProfile, PersonSkill, Skill
from app.models.push_device import PushDevice, PushKey, PushSent
from app.models.rate import Rate, RateTarget, RateUnit
from app.models.record_view import RecordView
from app.models.resource import (
    Amenity,
    Resource,
    ResourceAmenity,
    ResourcePart,
    ResourcePlan,
    ResourceTeam,
    ResourceType,
    ResourceVisibility,
)
from app.models.room_sign import RoomSign
from app.models.saved_card import CardCustomer, CardFarewell, SavedCard
from app.models.second_factor import Authenticator, PendingSignIn, RecoveryCode
from app.models.setting import HomeElementSetting, SectionSetting
from app.models.sharing import SharedFile, Sharing
from app.models.sign_in_link import SignInLink
from app.models.sign_on_attempt import SignOnAttempt, SignOnPurpose, SignOnSession, SignOnUsed
from app.models.sign_on_identity import SignOnIdentity
from app.models.sign_on_provider import SignOnProtocol, SignOnProvider
from app.models.staff_role import StaffLocation, StaffRole, StaffRoleHolder
from app.models.stored_file import StoredFile
from app.models.tax import TaxCategory, TaxRate, TaxRateVersion
from app.models.team import Team, TeamMember
from app.models.team_invitation import TeamInvitation
from app.models.tenant import Tenant, TenantHost
from app.models.terms import Terms, TermsAcceptance
from app.models.theme import ThemeSetting
from app.models.waitlist import WaitlistEntry

__all__ = [
    "BLOCKING",
    "Allocation",
    "Amenity",
    "Announcement",
    "AnnouncementReader",
    "AnnouncementState",
    "AnnouncementTarget",
    "Attachment",
    "AttemptInvoice",
    "AttemptKind",
    "AttemptPayment",
    "AttemptState",
    "AuditEntry",
    "Authenticator",
    "Base",
    "BasketLine",
    "BillingRun",
    "BillingSetting",
    "BillingTrouble",
    "Block",
    "Booking",
    "BookingExtra",
    "BookingExtraOffer",
    "BookingExtraRoom",
    "BookingGuest",
    "BookingRule",
    "BookingRuleTarget",
    "BookingSeries",
    "BookingStatus",
    "CalendarFeed",
    "CancellationStep",
    "CardAttempt",
    "CardCustomer",
    "CardDispute",
    "CardEvent",
    "CardFarewell",
    "CardMode",
    "CardRefund",
    "CardSetting",
    "ChallengeFor",
    "Charge",
    "CheckIn",
    "Choice",
    "Closure",
    "Contract",
    "ContractPause",
    "Conversation",
    "ConversationKind",
    "ConversationMember",
    "CreditCause",
    "CreditGrant",
    "CreditGrantType",
    "CreditKind",
    "CreditLine",
    "CreditSource",
    "CycleUnit",
    "DataCopy",
    "Deletion",
    "Delivery",
    "DirectoryEntry",
    "DisputeState",
    "DocumentChain",
    "DocumentKind",
    "DocumentSeries",
    "Draft",
    "DunningAction",
    "DunningReminder",
    "DunningStep",
    "EmailChange",
    "ExtraPricing",
    "FloorMark",
    "FloorPlan",
    "FormPress",
    "HeldMoney",
    "HoldReason",
    "HomeElementSetting",
    "Invitation",
    "InvitationList",
    "Invoice",
    "InvoiceLine",
    "InvoiceLink",
    "InvoiceSetting",
    "JoiningMode",
    "JoiningSetting",
    "JournalSetting",
    "KnownDevice",
    "Location",
    "LoginSession",
    "MailSecurity",
    "MailServerSetting",
    "Merger",
    "Message",
    "Notice",
    "NoticePreference",
    "NoticeSetting",
    "Occupancy",
    "OpeningHours",
    "OutsideCalendar",
    "OutsideRefund",
    "PaidBy",
    "PaidVisit",
    "PassPlace",
    "PassType",
    "PassWindow",
    "Passkey",
    "PasskeyChallenge",
    "PasswordReset",
    "PayAsYouGo",
    "PayWhen",
    "PayerSetting",
    "Payment",
    "PaymentWay",
    "PendingSignIn",
    "Person",
    "PersonProfile",
    "PersonSkill",
    "Plan",
    "PlanAudience",
    "PlanBenefit",
    "PlanBenefitType",
    "PlanDiscountType",
    "PlanVersion",
    "PlanVisibility",
    "PrivacySetting",
    "Product",
    "ProductBenefit",
    "ProductBenefitType",
    "ProductBilling",
    "ProductSubscription",
    "Purchase",
    "PurchaseLine",
    "PushDevice",
    "PushKey",
    "PushSent",
    "Rate",
    "RateTarget",
    "RateUnit",
    "Reaction",
    "RecordView",
    "RecoveryCode",
    "RefundState",
    "Report",
    "ReportOutcome",
    "ReportReason",
    "Resource",
    "ResourceAmenity",
    "ResourcePart",
    "ResourcePlan",
    "ResourceTeam",
    "ResourceType",
    "ResourceVisibility",
    "Role",
    "RoomSign",
    "RunState",
    "SavedCard",
    "SectionSetting",
    "SharedFile",
    "Sharing",
    "SignInLink",
    "SignOnAttempt",
    "SignOnIdentity",
    "SignOnProtocol",
    "SignOnProvider",
    "SignOnPurpose",
    "SignOnSession",
    "SignOnUsed",
    "SignUp",
    "Skill",
    "StaffLocation",
    "StaffRole",
    "StaffRoleHolder",
    "StoredFile",
    "TaxCategory",
    "TaxRate",
    "TaxRateVersion",
    "TaxTreatment",
    "Team",
    "TeamInvitation",
    "TeamMember",
    "Tenant",
    "TenantHost",
    "TenantOwned",
    "Terms",
    "TermsAcceptance",
    "ThemeSetting",
    "UnbilledBooking",
    "WaitlistEntry",
    "Way",
]
