"""THE list of what people are told: which part of the portal it belongs to, and by which ways it reaches them.

Labels are English message ids; the web translates them, and has the words of each kind (`web.notice_words`, and the
templates under `mail/`). A section registers its own kinds here.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    """A way in which a notice reaches somebody beside the inbox, which has all of them."""

    MAIL = "mail"
    PUSH = "push"
    DIGEST = "digest"
    """Mail that waits to be sent with others once a day."""


class Urgency(StrEnum):
    """How much a sleeping device is worth waking for (RFC 8030)."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Mailed(StrEnum):
    """What becomes of a kind by mail, unless the person wants something else."""

    NEVER = "never"
    """There is no mail of it."""
    OFF = "off"
    ON = "on"
    ALWAYS = "always"
    """It keeps an account safe, or was asked for a moment ago: nobody can switch it off."""


def _(message: str) -> str:
    """Marks a message for translation; the web looks it up in the reader's language."""
    return message


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice: `noun.verb`."""

    key: str
    label: str
    icon: str
    section: str | None = None
    """Its section; nobody is told while that is off for them."""
    in_app: bool = True
    """Whether the inbox shows it. A mailed link is only in its mail."""
    mail: Mailed = Mailed.ALWAYS
    push: bool | None = None
    """Whether devices get it, unless the person wants something else; None where they never do."""
    permission: str | None = None
    """What staff must be permitted to be told at all; None for everybody's kinds."""
    urgency: Urgency = Urgency.NORMAL
    ttl: timedelta = timedelta(days=1)
    """For how long a device that is away may still get it."""
    topic: str = ""
    """The key in the notice's data that says what it is about: while one is unread, the next takes its place."""
    mail_after: timedelta = timedelta(0)
    """The mail waits for so long, and is not sent when the notice was read meanwhile."""

    @property
    def chosen(self) -> bool:
        """Whether people choose how they are told."""
        return self.mail in {Mailed.OFF, Mailed.ON} or self.push is not None


def _link(key: str, label: str) -> NoticeKind:
    """A mail that holds a link somebody asked for, and that nothing but its reader's mailbox may show."""
    return NoticeKind(key, label, "mail", in_app=False)


KINDS: tuple[NoticeKind, ...] = (
    NoticeKind(
        "booking.confirmed",
        _("A room is booked for you"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="booking_id",
    ),
    # Each change stands for itself: a calendar takes them one after the other.
    NoticeKind(
        "booking.changed",
        _("The time of a booking of yours changes"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
    ),
    NoticeKind(
        "booking.cancelled",
        _("A booking of yours is cancelled"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
        topic="booking_id",
    ),
    NoticeKind(
        "booking.extras_changed",
        _("Somebody changes what comes with a booking of yours"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="booking_id",
    ),
    NoticeKind(
        "booking.guests_changed",
        _("Somebody changes who comes to a booking of yours"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="booking_id",
    ),
    NoticeKind(
        "series.booked",
        _("A room is booked for you again and again"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="series_id",
    ),
    NoticeKind(
        "series.changed",
        _("Dates of a repeating booking of yours are added, moved or cancelled"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
    ),
    NoticeKind(
        "series.unused",
        _("A repeating booking of yours is about to end, since nobody comes"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
        topic="series_id",
    ),
    NoticeKind(
        "booking.offered",
        _("A room that you wait for is free"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
        topic="booking_id",
    ),
    NoticeKind(
        "booking.freed",
        _("A room that you wait for is free, and not held for you"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
    ),
    NoticeKind(
        "booking.unclaimed",
        _("A room of yours waits for you to check in"),
        "calendar",
        section="bookings",
        mail=Mailed.NEVER,
        push=True,
        urgency=Urgency.HIGH,
        ttl=timedelta(minutes=15),
        topic="booking_id",
    ),
    NoticeKind(
        "booking.released",
        _("A room of yours goes to others, since nobody checked in"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="booking_id",
    ),
    NoticeKind(
        "booking.declined",
        _("A room that you ask for is not given to you"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
        topic="booking_id",
    ),
    NoticeKind(
        "booking.unanswered",
        _("Nobody answers in time whether you have a room"),
        "calendar",
        section="bookings",
        mail=Mailed.ON,
        push=True,
        topic="booking_id",
    ),
    NoticeKind(
        "invoice.issued",
        _("An invoice or a credit note is issued"),
        "receipt",
        section="invoices",
        mail=Mailed.ON,
        push=True,
        topic="invoice_id",
    ),
    NoticeKind(
        "contract.started",
        _("A plan of yours begins"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "contract.approved",
        _("You are let onto a plan"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "contract.refused",
        _("You are not let onto a plan"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "contract.cancelled",
        _("A plan of yours is cancelled"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "contract.changed",
        _("A plan of yours changes"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "contract.paused",
        _("A plan of yours is paused"),
        "layers",
        section="plans",
        mail=Mailed.ON,
        push=True,
        topic="contract_id",
    ),
    NoticeKind(
        "message.received",
        _("Somebody writes to you"),
        "message-square",
        section="messages",
        mail=Mailed.ON,
        push=True,
        urgency=Urgency.HIGH,
        topic="conversation_id",
        mail_after=timedelta(minutes=30),
    ),
    NoticeKind(
        "announcement.published",
        _("There is an announcement"),
        "megaphone",
        section="announcements",
        mail=Mailed.ON,
        push=True,
        topic="announcement_id",
    ),
    NoticeKind(
        "invoice.overdue",
        _("An invoice of yours is overdue"),
        "receipt",
        section="invoices",
        push=True,
        topic="invoice_id",
    ),
    NoticeKind(
        "payment.asks",
        _("Your bank wants you to confirm a payment"),
        "receipt",
        section="invoices",
        push=True,
        urgency=Urgency.HIGH,
        topic="invoice_id",
    ),
    NoticeKind(
        "payment.refused",
        _("An automatic payment did not go through"),
        "receipt",
        section="invoices",
        push=True,
        urgency=Urgency.HIGH,
        topic="invoice_id",
    ),
    NoticeKind(
        "payment.taken",
        _("An invoice was paid automatically"),
        "receipt",
        section="invoices",
        mail=Mailed.ON,
        push=True,
        topic="invoice_id",
    ),
    NoticeKind(
        "payment.held",
        _("A card payment is to be looked at"),
        "receipt",
        mail=Mailed.ON,
        push=True,
        permission="money",
    ),
    # Whoever asks for it wants to see it by every way.
    NoticeKind(
        "announcement.tried",
        _("A test of an announcement"),
        "megaphone",
        push=True,
        permission="announcements",
    ),
    NoticeKind(
        "booking.waiting",
        _("Somebody asks for a room that you approve"),
        "calendar",
        mail=Mailed.ON,
        push=True,
        permission="bookings",
        topic="about",
    ),
    NoticeKind(
        "series.struck_off",
        _("A repeating booking ends, since nobody came"),
        "calendar",
        mail=Mailed.OFF,
        permission="bookings",
        topic="series_id",
    ),
    # Of no section: who looks after bookings need not be one of its members.
    NoticeKind(
        "calendar.conflict",
        _("A room that is booked is busy elsewhere"),
        "triangle-alert",
        mail=Mailed.ON,
        push=True,
        permission="bookings",
        topic="about",
    ),
    NoticeKind(
        "sign_up.waiting",
        _("Somebody asks to join"),
        "user",
        mail=Mailed.ON,
        push=True,
        permission="people",
        topic="sign_up_id",
    ),
    NoticeKind(
        "contract.waiting",
        _("Somebody wants to be on a plan"),
        "layers",
        mail=Mailed.ON,
        push=True,
        permission="people",
        topic="about",
    ),
    NoticeKind(
        "contract.leaving",
        _("Somebody cancels their plan"),
        "layers",
        mail=Mailed.ON,
        push=True,
        permission="people",
        topic="about",
    ),
    NoticeKind(
        "plan.enquired",
        _("Somebody asks about a plan"),
        "layers",
        mail=Mailed.ON,
        push=True,
        permission="people",
        topic="about",
    ),
    # Of no section: whoever decides need not be one of its members, and what was reported waits while it is off.
    NoticeKind(
        "report.made",
        _("Somebody reports a message"),
        "triangle-alert",
        mail=Mailed.ON,
        push=True,
        permission="community",
        urgency=Urgency.HIGH,
        topic="message_id",
    ),
    NoticeKind("sign_up.approved", _("Your request to join is approved"), "check"),
    NoticeKind("device.new", _("A new device signs in"), "shield", push=True, urgency=Urgency.HIGH),
    NoticeKind("password.changed", _("Your password is changed"), "shield"),
    NoticeKind("factor.changed", _("The way you sign in is changed"), "shield"),
    NoticeKind("email.changed", _("Your e-mail is changed"), "mail"),
    NoticeKind("email.bounced", _("Mail to you comes back"), "triangle-alert", mail=Mailed.NEVER),
    NoticeKind("data.ready", _("The copy of your data is ready"), "download"),
    NoticeKind("deletion.asked", _("Your account will be deleted"), "user", in_app=False),
    NoticeKind("deletion.near", _("Your account is about to be deleted"), "user", in_app=False),
    NoticeKind("deletion.taken_back", _("Your account stays"), "user"),
    _link("email.leaving", _("Your e-mail is to change")),
    _link("email.confirm", _("Confirm your e-mail")),
    _link("email.check", _("Check that mail reaches you")),
    _link("email.known", _("Your e-mail is somebody’s already")),
    _link("password.forgotten", _("A link to a new password")),
    _link("sign_in.link", _("A link to sign in with")),
    _link("invitation.sent", _("You are invited")),
    _link("sign_up.asked", _("A link to join")),
    _link("sign_up.known", _("You have an account already")),
    _link("sign_up.declined", _("Your request to join is declined")),
    _link("team.invited", _("You are invited into a team")),
    _link("guest.invited", _("Somebody expects you")),
    _link("guest.changed", _("You are expected at another time")),
    _link("guest.cancelled", _("You are expected no more")),
    # What waited for it stands in the inbox by itself.
    NoticeKind("digest.daily", _("News of the day by mail"), "list", in_app=False, mail=Mailed.ON),
)

BY_KEY: dict[str, NoticeKind] = {kind.key: kind for kind in KINDS}
