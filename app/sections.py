"""THE list of portal sections and home elements: navigation, home, manifest, route gates and settings read it.

Labels are English message ids; the web translates them. A section's routes are bound to it where they are
declared (`web.access`), so a section that is off answers 404 on every one of them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who a section, home element or resource is for. Members have an active contract, contacts have none."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    MEMBERS = "members"
    CONTACTS = "contacts"

    def admits(self, *, signed_in: bool, member: bool) -> bool:
        """Whether somebody in that state belongs to this audience."""
        match self:
            case Audience.EVERYONE:
                return True
            case Audience.SIGNED_IN:
                return signed_in
            case Audience.MEMBERS:
                return signed_in and member
            case Audience.CONTACTS:
                return signed_in and not member


def _(message: str) -> str:
    """Marks a message for translation; the web looks it up in the reader's language."""
    return message


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation: endpoint of the page, its label and its icon's name in the sprite.

    `below` names the endpoints of the pages that one reaches through it, or with a dot at the end whole rooms of them
    (`team.`): on them it is where one is, too.
    """

    endpoint: str
    label: str
    icon: str
    below: tuple[str, ...] = ()
    tab: bool = True
    """Whether it stands on a phone's tab bar; where the bar is full, it is under More."""

    def leads_to(self, endpoint: str) -> bool:
        """Whether that page is this one, or below it."""
        rooms = tuple(each for each in self.below if each.endswith("."))
        return endpoint in (self.endpoint, *self.below) or endpoint.startswith(rooms)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the portal. `links` go to the navigation in order, the first one is its front page;
    `shortcuts` go to the installed app's icon menu."""

    key: str
    label: str
    icon: str
    audience: Audience
    audiences: tuple[Audience, ...]
    """What an admin may choose from; a section about oneself cannot be for everyone."""
    links: tuple[Link, ...]
    shortcuts: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeElement:
    """One element of the home page, shown while its section is on for the person who looks."""

    key: str
    label: str
    section: str
    audience: Audience


_PERSONAL = (Audience.SIGNED_IN, Audience.MEMBERS, Audience.CONTACTS)

SECTIONS: tuple[Section, ...] = (
    Section(
        "home",
        _("Home"),
        "house",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("home.index", _("Home"), "house"),),
    ),
    Section(
        "bookings",
        _("Bookings"),
        "calendar",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(
            Link(
                "bookings.show_search",
                _("Book"),
                "calendar",
                below=(
                    "bookings.show_day",
                    "bookings.show_week",
                    "bookings.show_room",
                    "bookings.show_checkout",
                ),
            ),
            Link(
                "bookings.index_mine",
                _("My bookings"),
                "list",
                below=(
                    "bookings.show",
                    "bookings.show_month",
                    "bookings.new_cancellation",
                    "bookings.new_ending",
                ),
                tab=False,
            ),
        ),
        shortcuts=(
            Link("bookings.show_search", _("Book a room"), "calendar"),
            Link("bookings.index_mine", _("My bookings"), "list"),
        ),
    ),
    Section(
        "directory",
        _("Directory"),
        "users",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("directory.index", _("Directory"), "users", below=("directory.",)),),
        shortcuts=(Link("directory.index", _("Directory"), "users"),),
    ),
    Section(
        "messages",
        _("Messages"),
        "message-square",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("messages.index", _("Messages"), "message-square", below=("messages.",)),),
        shortcuts=(Link("messages.index", _("Messages"), "message-square"),),
    ),
    Section(
        "announcements",
        _("Announcements"),
        "megaphone",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(
            Link(
                "announcements.index",
                _("Announcements"),
                "megaphone",
                below=("announcements.",),
                tab=False,
            ),
        ),
    ),
    Section(
        "plans",
        _("Plans"),
        "layers",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("plans.index", _("Plans"), "layers", below=("plans.",), tab=False),),
    ),
    Section(
        "products",
        _("Shop"),
        "package",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("products.index", _("Shop"), "package", below=("products.",), tab=False),),
    ),
    Section(
        "invoices",
        _("Invoices"),
        "receipt",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(Link("invoices.index", _("Invoices"), "receipt", below=("invoices.",), tab=False),),
    ),
    Section(
        "account",
        _("My account"),
        "user",
        Audience.SIGNED_IN,
        _PERSONAL,
        links=(
            Link(
                "account.show",
                _("My account"),
                "user",
                below=("account.", "team."),
                tab=False,
            ),
        ),
    ),
)

HOME_ELEMENTS: tuple[HomeElement, ...] = (
    HomeElement("announcement", _("Announcements"), "announcements", Audience.SIGNED_IN),
    HomeElement("ongoing_booking", _("Booking in progress"), "bookings", Audience.SIGNED_IN),
    HomeElement("unpaid_invoices", _("Unpaid invoices"), "invoices", Audience.SIGNED_IN),
    HomeElement("quick_book", _("Book a room now"), "bookings", Audience.SIGNED_IN),
    HomeElement("upcoming_bookings", _("Next bookings"), "bookings", Audience.SIGNED_IN),
    HomeElement("here_now", _("Here now"), "directory", Audience.SIGNED_IN),
    HomeElement("member_card", _("My card"), "account", Audience.SIGNED_IN),
)

BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}
ELEMENT_BY_KEY: dict[str, HomeElement] = {element.key: element for element in HOME_ELEMENTS}
