"""Waiting for a room that is taken: join the line from a search that found nothing, and leave it again."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings import choices, forms
from app.blueprints.bookings.room import blueprint
from app.blueprints.bookings.search import asked_place
from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.terms import Malformed, NotBookable, OutOfReach
from app.domain.booking.waitlist import (
    Waiting,
    WaitsForTooMuch,
    is_held_for,
    stop_waiting,
    wait_for,
    waits,
)
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date, zone
from app.web import auth, sentences, wording
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.database import session
from app.web.htmx import go_to


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Something that the reader waits for, in words."""

    id: int
    title: str
    when: str
    detail: str
    offer_href: str
    """The way to take what is offered; empty while nothing is."""


@blueprint.post("/bookings/waits")
@paid_up
@in_section("bookings")
def create_wait() -> Response:
    """Join the line for what the search before could not find; what is wrong with the question the search says itself."""
    ask = _asked()
    again = url_for("bookings.show_search", **_question())
    if ask.query is None:
        return redirect(again, code=303)
    require_bookings_at(ask.place.id)
    tolerance = forms.whole_of(request.form.get("tolerance", "0"))
    try:
        wish = -1 if tolerance is None else tolerance
        entry = wait_for(session(), auth.signed_in(), ask.query, wish, auth.clock())
        held = is_held_for(session(), entry, auth.now())
    except NotBookable as refusal:
        flash(sentences.refusal(refusal, zone(ask.place.zone)))
        return go_to(again)
    except WaitsForTooMuch as refusal:
        flash(sentences.refusal(refusal, zone(ask.place.zone)))
        return go_to(url_for("bookings.index_mine"))
    except (OutOfReach, Malformed, NotFound):
        flash(_("Nobody can wait for that."))
        return go_to(again)
    session().commit()
    if held:
        flash(_("You are in line. As soon as a room is free we hold it for you and tell you."))
    else:
        flash(
            _(
                "You are in line. You left an offer for this time unused, so we tell you when a room is free, but hold none for you."
            )
        )
    return go_to(url_for("bookings.index_mine"))


@blueprint.post("/bookings/waits/<int:wait_id>/end")
@in_section("bookings")
def end_wait(wait_id: int) -> Response:
    """Leave the line."""
    stop_waiting(session(), auth.signed_in(), wait_id, auth.clock())
    session().commit()
    flash(_("You wait for that no more."))
    return go_to(url_for("bookings.index_mine"))


def _question() -> dict[str, Any]:
    names = ("date", "start", "minutes", "people", "type", "location", "again")
    return {name: request.form[name] for name in names if request.form.get(name)}


def _asked() -> forms.Ask:
    place, wrong = asked_place(request.form.get("location", ""))
    if wrong:
        raise NotFound
    offered = recall_catalogue(
        session(), auth.portal().revision, place.id, auth.signed_in().person_id, auth.now()
    )
    choice = choices.choices(offered)
    return forms.read(
        request.form,
        place,
        auth.now(),
        choice.amenity_ids,
        choice.type_ids,
        chosen_place="location" in request.form,
    )


def waiting_rows() -> list[WaitingRow]:
    """What the reader waits for; one statement."""
    return [_row(each) for each in waits(session(), auth.signed_in().person_id, auth.now())]


def _row(each: Waiting) -> WaitingRow:
    tz = zone(each.zone)
    span = each.offered_span or each.span
    day = wording.day(span.start.astimezone(tz).date(), local_date(auth.now(), tz))
    when = _("%(day)s, %(time)s", day=day, time=wording.clock(span, tz))
    if each.offer_id and each.offered_until:
        until = wording.clock_time(each.offered_until, tz)
        return WaitingRow(
            each.id,
            each.offered_room or "",
            when,
            _("Held for you until %(time)s", time=until),
            url_for("bookings.show_checkout", booking_id=each.offer_id),
        )
    return WaitingRow(each.id, each.type_name or _("Any room"), when, _place_in_line(each), "")


def _place_in_line(each: Waiting) -> str:
    if not each.held:
        return _(
            "%(place)s: you are told when a room is free, but none is held, since you left an offer unused",
            place=each.location,
        )
    if each.ahead:
        return _("%(place)s, number %(number)s in line", place=each.location, number=each.ahead + 1)
    return _("%(place)s, first in line", place=each.location)
