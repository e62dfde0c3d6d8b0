"""Find a room: the questions, and the rooms that answer them."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.blueprints.bookings import choices, forms
from app.blueprints.bookings.room import blueprint
from app.domain.booking.catalogue import Catalogue, recall_catalogue
from app.domain.booking.minutes import minute_of
from app.domain.booking.pictures import picture_of
from app.domain.booking.rules import check_reach
from app.domain.booking.search import answer, survey_for
from app.domain.booking.survey import booked_around, personal_facts
from app.domain.booking.terms import RoomQuery
from app.domain.memory import Memory
from app.domain.portal import Place
from app.kernel.walltime import local_date, zone
from app.web import auth, rooms, themes
from app.web.access import in_section, places_with
from app.web.database import session
from app.web.fragments import recall
from app.web.htmx import wants_part
from app.web.navigation import page_facts
from app.web.pictures import Gallery

_QUESTIONS: Memory[tuple[forms.Ask, choices.Choices]] = Memory(512)


@blueprint.get("/bookings")
@in_section("bookings")
def index() -> Response:
    return redirect(url_for("bookings.show_search"), code=302)


@blueprint.get("/bookings/search")
@in_section("bookings")
def show_search() -> Any:
    """The page, or the part that changes with the answers. 422 with a sentence at the field for what makes no sense."""
    ask, choice = asked()
    if ask.query is None or ask.errors:
        return _laid_out(ask, choice, None), 422
    return _remembered(ask, choice, offered_at(ask.place), ask.query), 200


def asked() -> tuple[forms.Ask, choices.Choices]:
    """The questions with their answers, and what can be asked for: read once for all who ask the same in that minute."""
    portal, here, now = auth.portal(), auth.place(), auth.now()
    key = (
        portal.tenant_id,
        portal.revision,
        here,
        auth.signed_in().is_member,  # some locations are for members only
        request.query_string,
        minute_of(now),
        now.second > 0 or now.microsecond > 0,  # at 14:30 sharp, 14:30 has not passed
        str(get_locale()),
    )
    return _QUESTIONS.recall(session(), key, _read_question)


def _read_question() -> tuple[forms.Ask, choices.Choices]:
    place, wrong = asked_place(request.args.get("location", ""))
    choice = choices.choices(offered_at(place))
    ask = forms.read(
        request.args,
        place,
        auth.now(),
        choice.amenity_ids,
        choice.type_ids,
        chosen_place="location" in request.args and not wrong,
    )
    if wrong:
        ask.errors["location"] = wrong
    return ask, choice


def offered_at(place: Place) -> Catalogue:
    me = auth.signed_in().person_id
    return recall_catalogue(session(), auth.portal().revision, place.id, me, auth.now())


def _remembered(ask: forms.Ask, choice: choices.Choices, offered: Catalogue, query: RoomQuery) -> str:
    """The page, or its part, from memory where it would come out the same. Who asks, what they may and what is booked is
    read anew each time, in two statements."""
    now, me = auth.now(), auth.signed_in()
    check_reach(query.span, now)

    def lay_out() -> tuple[str, bool]:
        part, keep = _recalled_part(ask, choice, offered, query)
        return _page(part, ask), keep

    if "_flashes" in cookie:
        return lay_out()[0]
    booked = booked_around(session(), offered, query, now)
    asker = offered.asker(me.person_id, is_member=me.is_member)
    return recall(
        (
            "page",
            wants_part(),
            page_facts(),
            ask.place.id,
            ask.answers,
            offered.personal,
            personal_facts(session(), offered, asker, query, now),
            minute_of(now),
            booked,
        ),
        lay_out,
    )


def _recalled_part(
    ask: forms.Ask, choice: choices.Choices, offered: Catalogue, query: RoomQuery
) -> tuple[str, bool]:
    """Questions and rooms, shared by all to whom they look the same, and whether pages with them may be kept."""
    portal, surveyed = auth.portal(), survey_for(session(), auth.signed_in(), offered, query, auth.now())
    keep = True

    def lay_out() -> tuple[str, bool]:
        nonlocal keep
        found = answer(session(), surveyed)
        gallery = Gallery(picture_of(bookable.room) for bookable in offered.rooms)
        results = rooms.results(found, query.span, gallery, auth.now(), why_address(ask))
        # Alternatives are looked for on the days after, too, whose bookings are not among the facts.
        keep = bool(found.free)
        return _part(ask, choice, results), keep

    facts = (
        "part",
        portal.tenant_id,
        portal.revision,
        str(get_locale()),
        ask.place.id,
        ask.answers,
        surveyed.facts,
    )
    return recall(facts, lay_out), keep


def why_address(ask: forms.Ask) -> str:
    """The beginning of the address that explains why a room is not free; the slot is added to it."""
    return url_for("bookings.show_why", people=ask.people) + "&slot="


def _laid_out(ask: forms.Ask, choice: choices.Choices, results: rooms.Results | None) -> str:
    return _page(_part(ask, choice, results), ask)


def _part(ask: forms.Ask, choice: choices.Choices, results: rooms.Results | None) -> str:
    return render_template(
        "bookings/_book.html", ask=ask, results=results, floor=None, **page_words(ask, choice, ask.place)
    )


def _page(part: str, ask: forms.Ask) -> str:
    """The part, or the page around it. The other ways to look at the day stand outside of the part, and go along with it."""
    book = Markup(part)  # noqa: S704 - our own template made it
    template = "bookings/_answer.html" if wants_part() else "bookings/search.html"
    return render_template(template, book=book, views=views("list", ask.date, ask.location, ask.place))


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


def page_words(
    ask: forms.Ask, choice: choices.Choices, place: Place, endpoint: str = "bookings.show_search"
) -> dict[str, Any]:
    """What the questions need beside their answers; `endpoint` is the page that answers them."""
    today = local_date(auth.now(), zone(place.zone))
    return {
        "times": choices.options(choices.times(ask.start, choice.hours), ask.start),
        "lengths": choices.options(choices.lengths(ask.minutes, choice.longest), ask.minutes),
        "today": today.isoformat(),
        "amenities": choice.amenities,
        "types": choice.types,
        "shows_zone": auth.is_elsewhere(place.zone),
        "urls": {
            "search": url_for(endpoint),
            "holds": url_for("bookings.create_hold"),
            "waits": url_for("bookings.create_wait"),
            "room": url_for("bookings.show_room", resource_id=0).removesuffix("0"),
            "icons": themes.assets().url("icons.svg"),
            "other_moment": url_for(endpoint, **ask.other_moment) if ask.twice else "",
        },
        "say": {"book": _("Book"), "booking": _("Booking"), "why": _("Why?")},
    }


def views(current: str, day: str, location: str, place: Place) -> list[tuple[str, str, bool, str]]:
    """The ways to look at a day's rooms, for the switch at the head of each."""
    answers: dict[str, Any] = {
        name: value for name, value in (("date", day), ("location", location)) if value
    }
    shown = [
        (_("List"), url_for("bookings.show_search", **answers), current == "list", "list"),
        (_("Day grid"), url_for("bookings.show_day", **answers), current == "grid", "layout-grid"),
        (_("Week"), url_for("bookings.show_week", **answers), current == "week", "calendar"),
        (_("Table"), url_for("bookings.show_day", view="table", **answers), current == "table", "table"),
    ]
    if place.has_floor_plan:
        shown.append(
            (_("Floor plan"), url_for("bookings.show_floor", **answers), current == "floor", "map-pin")
        )
    return shown
