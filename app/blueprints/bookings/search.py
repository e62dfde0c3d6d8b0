"""Find a room: the questions, the rooms that answer them, and the hold that a button makes."""

import secrets
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings import choices, forms
from app.blueprints.bookings.room import blueprint
from app.domain.booking import catalogue
from app.domain.booking.looks import look_of
from app.domain.booking.search import search_place
from app.domain.portal import Place
from app.web import auth, rooms, themes
from app.web.access import in_section, places_with
from app.web.database import session
from app.web.htmx import wants_part
from app.web.pictures import Gallery


@blueprint.get("/bookings")
@in_section("bookings")
def index() -> Response:
    return redirect(url_for("bookings.search"), code=302)


@blueprint.get("/bookings/search")
@in_section("bookings")
def search() -> Any:
    """The page, or the part that changes with the answers. 422 with a sentence at the field for what makes no sense."""
    place, wrong = asked_place(request.args.get("location", ""))
    offered = catalogue.load_place(session(), place.id, auth.signed_in().person_id, auth.now())
    choice = choices.choices(offered)
    ask = forms.read(request.args, place, auth.now(), choice.amenity_ids, choice.type_ids,
                     chosen_place="location" in request.args and not wrong)
    if wrong:
        ask.errors["location"] = wrong
    found = None
    if ask.query and not ask.errors:
        answer = search_place(session(), auth.signed_in(), offered, ask.query, auth.now())
        gallery = Gallery(look_of(bookable.room) for bookable in offered.rooms)
        found = rooms.results(answer, ask.query.span, gallery, auth.now())
    page = render_template("bookings/_book.html" if wants_part() else "bookings/search.html",
                           ask=ask, results=found, **page_words(ask, choice, place))
    return page, 422 if ask.errors else 200


def asked_place(text: str) -> tuple[Place, str]:
    """The location that the address names, else the one that the portal shows; and what is wrong with the name."""
    here = auth.place()
    if here is None:
        abort(404)
    if not text:
        return here, ""
    for place in places_with("bookings"):
        if str(place.id) == text:
            return place, ""
    return here, _("That location is not one of ours. These are the rooms of %(name)s.", name=here.name)


def page_words(ask: forms.Ask, choice: choices.Choices, place: Place) -> dict[str, Any]:
    """What the questions need beside their answers."""
    today = auth.now().astimezone(forms.zone_of(place)).date()
    return {
        "times": choices.options(choices.times(ask.start), ask.start),
        "lengths": choices.options(choices.lengths(ask.minutes), ask.minutes), "today": today.isoformat(),
        "amenities": choice.amenities, "types": choice.types, "shows_zone": place.zone != auth.portal().zone,
        "views": views("list", ask.date, ask.location), "request_key": secrets.token_urlsafe(12),
        "urls": {"search": url_for("bookings.search"), "holds": url_for("bookings.hold"),
                 "icons": themes.assets().url("icons.svg")},
        "say": {"book": _("Book"), "booking": _("Booking")}}


def views(current: str, day: str, location: str) -> list[tuple[str, str, bool, str]]:
    """The ways to look at a day's rooms, for the switch at the head of each."""
    answers: dict[str, Any] = {name: value for name, value in (("date", day), ("location", location)) if value}
    return [(_("List"), url_for("bookings.search", **answers), current == "list", "list"),
            (_("Day grid"), url_for("bookings.day", **answers), current == "grid", "layout-grid"),
            (_("Table"), url_for("bookings.day", view="table", **answers), current == "table", "table")]
