"""The staff's own navigation: where each may go, and what of it a phone's tab bar has room for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.blueprints.admin.tabs import PEOPLE, SETTINGS, Tab, open_to
from app.domain.actor import Actor, Permission
from app.web.forms import Label
from app.web.navigation import NavItem

_TABS = 5
"""What a phone's tab bar has room for; where there is more, the last of them is More."""
_UNDER_MORE = frozenset({"announcements", "figures", "settings"})
"""What goes under More before anything else does."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A place to go, for who may. The paths in `below` count as being there."""

    permission: Permission
    key: str
    label: Label
    icon: str
    endpoint: str
    below: tuple[str, ...] = ()
    whole_house: bool = False
    """Not for who is limited to locations."""


_ENTRIES = (
    _Entry(Permission.BOOKINGS, "today", _l("Today"), "sun", "admin.today.show"),
    _Entry(
        Permission.BOOKINGS,
        "bookings",
        _l("Bookings"),
        "calendar",
        "admin.bookings.index",
        ("/admin/bookings",),
    ),
    _Entry(Permission.PEOPLE, "people", _l("People"), "users", "admin.people.index", ("/admin/people",)),
    _Entry(
        Permission.ANNOUNCEMENTS,
        "announcements",
        _l("Announcements"),
        "megaphone",
        "admin.announcements.index",
        ("/admin/announcements",),
    ),
    _Entry(
        Permission.MONEY,
        "invoices",
        _l("Invoices"),
        "receipt",
        "admin.invoices.index",
        ("/admin/invoices", "/admin/billing", "/admin/payments"),
        whole_house=True,
    ),
    _Entry(
        Permission.MONEY,
        "figures",
        _l("Figures"),
        "chart-column",
        "admin.figures.show",
        ("/admin/figures",),
        whole_house=True,
    ),
    _Entry(
        Permission.SPACES,
        "spaces",
        _l("Spaces"),
        "door-closed",
        "admin.resources.index",
        (
            "/admin/resources",
            "/admin/locations",
            "/admin/resource-types",
            "/admin/amenities",
            "/admin/plans",
            "/admin/products",
            "/admin/passes",
            "/admin/prices",
            "/admin/extras",
            "/admin/limits",
            "/admin/booking-rules",
        ),
    ),
)


def staff_items(actor: Actor) -> list[NavItem]:
    """Where somebody who works here may go, in order."""
    people = open_to(actor, PEOPLE)
    found = [
        _item(entry, people)
        for entry in (*_ENTRIES, _settings(actor))
        if actor.may(entry.permission) and (not entry.whole_house or actor.reaches(None))
    ]
    if not actor.may(Permission.PEOPLE):  # with it, these are beside the people
        found += [
            NavItem(tab.endpoint, str(tab.label), tab.icon, tab.href, current=tab.current, tab=True)
            for tab in people
        ]
    if len(found) <= _TABS:
        return found
    shown = sorted(found, key=lambda item: item.key in _UNDER_MORE)[: _TABS - 1]
    return [replace(item, tab=item in shown) for item in found]


def _settings(actor: Actor) -> _Entry:
    """It leads to the first of the settings that somebody may change."""
    first = next(iter(open_to(actor, SETTINGS)), SETTINGS[0])
    return _Entry(
        first.permission,
        "settings",
        _l("Settings"),
        "sliders-horizontal",
        first.endpoint,
        ("/admin/settings",),
    )


def _item(entry: _Entry, people: Sequence[Tab]) -> NavItem:
    href, below = url_for(entry.endpoint), entry.below
    if entry.key == "people":
        below += tuple(tab.href for tab in people)
    current = request.path == href or request.path.startswith(below)
    return NavItem(entry.key, str(entry.label), entry.icon, href, current=current, tab=True)
