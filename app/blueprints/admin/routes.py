"""The blueprint that those of the rooms are nested in, and the staff's own navigation."""

from dataclasses import replace
from datetime import date
from typing import Any

from babel.dates import format_date, format_interval
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.blueprints.admin.tabs import PEOPLE, SETTINGS, open_to
from app.domain.actor import Actor, Permission
from app.domain.joining.approval import count_waiting
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import staff
from app.web.database import session
from app.web.language import formats_locale
from app.web.navigation import NavItem

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_SPACES = (
    "/admin/resources",
    "/admin/locations",
    "/admin/resource-types",
    "/admin/amenities",
    "/admin/plans",
    "/admin/products",
    "/admin/limits",
)

_TABS = 5
"""What a phone's tab bar has room for; where there is more, these are under More."""
_UNDER_MORE = frozenset({"announcements", "figures", "settings"})


@blueprint.context_processor
def staff_navigation() -> dict[str, Any]:
    """The staff's sections take the place of the members', and of the locations only those in reach are offered."""
    actor = auth.actor()
    if actor is None:
        return {}
    places = tuple(place for place in auth.portal().places if actor.reaches(place.id))
    whole_house = actor.reaches(None)
    nav = _navigation(actor)
    return {
        "nav": nav,
        "more": [item for item in nav if not item.tab],
        "more_href": url_for("admin.show_more"),
        "locations": places,
        "whole_house": whole_house,
        "settings_tabs": open_to(actor, SETTINGS),
        "people_tabs": open_to(actor, PEOPLE),
        "count_waiting": lambda: count_waiting(session()),
    }


def _navigation(actor: Actor) -> list[NavItem]:
    settings, people = next(iter(open_to(actor, SETTINGS)), SETTINGS[0]), open_to(actor, PEOPLE)
    entries = (
        (Permission.BOOKINGS, "today", _("Today"), "sun", url_for("admin.today.show"), ()),
        (
            Permission.BOOKINGS,
            "bookings",
            _("Bookings"),
            "calendar",
            url_for("admin.bookings.index"),
            ("/admin/bookings",),
        ),
        (
            Permission.PEOPLE,
            "people",
            _("People"),
            "users",
            url_for("admin.people.index"),
            ("/admin/people", *(tab.href for tab in people)),
        ),
        (
            Permission.ANNOUNCEMENTS,
            "announcements",
            _("Announcements"),
            "megaphone",
            url_for("admin.announcements.index"),
            ("/admin/announcements",),
        ),
        (
            Permission.MONEY,
            "invoices",
            _("Invoices"),
            "receipt",
            url_for("admin.invoices.index"),
            ("/admin/invoices", "/admin/billing", "/admin/payments"),
        ),
        (
            Permission.MONEY,
            "figures",
            _("Figures"),
            "chart-column",
            url_for("admin.figures.show"),
            ("/admin/figures",),
        ),
        (Permission.SPACES, "spaces", _("Spaces"), "door-closed", url_for("admin.resources.index"), _SPACES),
        (
            settings.permission,
            "settings",
            _("Settings"),
            "sliders-horizontal",
            url_for(settings.endpoint),
            ("/admin/settings",),
        ),
    )
    found = [
        NavItem(key, label, icon, href, current=_is_current(href, below), tab=True)
        for permission, key, label, icon, href, below in entries
        if actor.may(permission) and (permission is not Permission.MONEY or actor.reaches(None))
    ]
    if len(found) > _TABS:
        found = [replace(item, tab=item.key not in _UNDER_MORE) for item in found]
    if not actor.may(Permission.PEOPLE):  # with it, these are beside the people
        found += [
            NavItem(tab.endpoint, str(tab.label), tab.icon, tab.href, current=tab.current, tab=True)
            for tab in people
        ]
    return found


@blueprint.get("/more")
@staff(Permission.ADMIN)
def show_more() -> str:
    """What a phone's tab bar has no room for."""
    return render_template("admin/more.html")


def first_page() -> str:
    """Where the front desk begins for who sees no bookings. Raises NotFound for who sees nothing at all."""
    pages = _navigation(auth.signed_in())
    if not pages:
        raise NotFound
    return pages[0].href


def _is_current(href: str, below: tuple[str, ...]) -> bool:
    return request.path == href or request.path.startswith(below)


@blueprint.app_template_filter("short_date")
def short_date(day: date) -> str:
    """`1 Dec 2026`, in the reader's language."""
    return str(format_date(day, pgettext("day", "d MMM y"), locale=formats_locale()))


@blueprint.app_template_filter("days_between")
def days_between(first: date, last: date) -> str:
    """Two days and all between them, `25–26 Dec 2026`, in the reader's language; one day alone as `short_date`."""
    if first == last:
        return short_date(first)
    return str(format_interval(first, last, "yMMMd", locale=formats_locale()))
