"""The blueprint that those of the rooms are nested in, and what all their pages are given."""

from datetime import date
from typing import Any

from babel.dates import format_date, format_interval
from flask import Blueprint, render_template, url_for
from flask_babel import pgettext

from app.blueprints.admin.navigation import staff_items
from app.blueprints.admin.tabs import PEOPLE, SETTINGS, open_to
from app.domain.actor import Permission
from app.domain.joining.approval import count_waiting
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import staff
from app.web.database import session
from app.web.language import formats_locale

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.context_processor
def staff_navigation() -> dict[str, Any]:
    """The staff's sections take the place of the members', and of the locations only those in reach are offered."""
    actor = auth.actor()
    if actor is None:
        return {}
    places = tuple(place for place in auth.portal().places if actor.reaches(place.id))
    whole_house = actor.reaches(None)
    nav = staff_items(actor)
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


@blueprint.get("/more")
@staff(Permission.ADMIN)
def show_more() -> str:
    """What a phone's tab bar has no room for."""
    return render_template("admin/more.html")


def first_page() -> str:
    """Where the front desk begins for who sees no bookings. Raises NotFound for who sees nothing at all."""
    pages = staff_items(auth.signed_in())
    if not pages:
        raise NotFound
    return pages[0].href


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
