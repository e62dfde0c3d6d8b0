"""The blueprint that those of the rooms are nested in, and the staff's own navigation."""

from datetime import date
from typing import Any

from babel.dates import format_date, format_interval
from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.domain.actor import Actor, Permission
from app.web import auth
from app.web.language import formats_locale
from app.web.navigation import NavItem

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_SPACES = (
    "/admin/resources",
    "/admin/locations",
    "/admin/resource-types",
    "/admin/amenities",
    "/admin/plans",
    "/admin/limits",
)


@blueprint.context_processor
def staff_navigation() -> dict[str, Any]:
    """The staff's sections take the place of the members'."""
    actor = auth.actor()
    return {"nav": _navigation(actor), "more": []} if actor else {}


def _navigation(actor: Actor) -> list[NavItem]:
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
            ("/admin/people",),
        ),
        (Permission.SPACES, "spaces", _("Spaces"), "door-closed", url_for("admin.resources.index"), _SPACES),
        (
            Permission.SETTINGS,
            "settings",
            _("Settings"),
            "sliders-horizontal",
            "/admin/settings",
            ("/admin/settings",),
        ),
    )
    return [
        NavItem(key, label, icon, href, current=_is_current(href, below), tab=True)
        for permission, key, label, icon, href, below in entries
        if actor.may(permission)
    ]


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
