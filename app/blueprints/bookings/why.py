"""Why a room is not to be had then: every check in order, which rule decided, and what would work."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.blueprints.bookings.checkout_page import search_again
from app.blueprints.bookings.forms import MOST_PEOPLE, whole_of
from app.blueprints.bookings.room import blueprint, bookable_place
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules.explaining import Check, Explanation, explain
from app.domain.booking.terms import OutOfReach, RoomQuery
from app.kernel.errors import NotFound
from app.web import auth, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to
from app.web.rule_words import TOPICS, check_words
from app.web.sentences import obstacles_sentence
from app.web.slots import parse_slot, slot_value


@blueprint.get("/bookings/why")
@in_section("bookings")
def show_why() -> str | Response:
    """What stands against the room and time that `slot` names, for `people`; to the search where none is named, and 404 for what
    no page of ours links to."""
    if "slot" not in request.args:
        return go_to(url_for("bookings.show_search"))
    slot = parse_slot(request.args.get("slot", ""))
    people = whole_of(request.args.get("people", "1"))
    if slot is None or people is None or not 1 <= people <= MOST_PEOPLE:
        raise NotFound
    room = bookable_place(slot.resource_id)
    me, now, tz = auth.signed_in(), auth.now(), ZoneInfo(room.zone)
    catalogue = load_catalogue(session(), room.location_id, me.person_id, now)
    asker = catalogue.asker(me.person_id, is_member=me.is_member)
    try:
        query = RoomQuery(room.location_id, slot.span, people)
        explained = explain(session(), catalogue, asker, slot.resource_id, query, now)
    except OutOfReach:
        raise NotFound from None
    day = wording.short_day(slot.span.start.astimezone(tz).date())
    return render_template(
        "bookings/why.html",
        room=room.name,
        when=f"{day}, {wording.clock(slot.span, tz)}",
        allowed=explained.allowed,
        checks=[_row(each, explained, tz) for each in explained.checks],
        works=_works(explained, tz),
        people=people,
        slot=slot_value(slot.resource_id, slot.span) if explained.allowed else "",
        back=search_again(slot.span, tz, people),
        holds=url_for("bookings.create_hold"),
    )


def _row(check: Check, explained: Explanation, tz: ZoneInfo) -> dict[str, Any]:
    """A check as its row: what it is about, what it found, and whose rule that was."""
    words = (
        check_words(check.topic, explained.limits)
        if check.passed
        else obstacles_sentence(check.obstacles, tz)
    )
    return {
        "passed": check.passed,
        "topic": str(TOPICS[check.topic]),
        "words": wording.capital(words),
        "rules": ", ".join(rule.name for rule in check.rules),
    }


def _works(explained: Explanation, tz: ZoneInfo) -> dict[str, str] | None:
    if explained.works is None:
        return None
    day = wording.short_day(explained.works.start.astimezone(tz).date())
    return {
        "when": f"{day}, {wording.clock(explained.works, tz)}",
        "slot": slot_value(explained.room.id, explained.works),
    }
