"""The bookings of a team: what comes, what was, and each by itself; while it runs extended, or ended early."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.team.room import blueprint
from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.catalogue import Catalogue, recall_catalogue
from app.domain.booking.extend import extend, offer_for
from app.domain.booking.minutes import LAST_MINUTE, minute_of, moment_of
from app.domain.booking.pictures import picture_of
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import AlreadyOver, NotBegun, NotBookable, OutOfReach
from app.domain.booking.view import BookingView
from app.domain.extras.showing import ordered
from app.domain.team.bookings import coming, past, team_booking
from app.domain.team.listing import OwnTeam, own_team
from app.kernel.errors import NotFound, Refusal
from app.models import BookingStatus
from app.web import auth, booked, sentences, wording
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.database import session
from app.web.fee_words import kept_words
from app.web.forms import id_of, whole_or_none
from app.web.htmx import go_to
from app.web.pictures import Gallery
from app.web.running import offer_of, time_left
from app.web.unit_words import room_of

_PAGE = 20


@blueprint.get("/team/<int:team_id>/bookings")
@in_section("account")
def index_bookings(team_id: int) -> str:
    """What runs and what comes, by day; with `view=past` what was, a page at a time."""
    team = own_team(session(), auth.signed_in(), team_id, administrator=True)
    if request.args.get("view") == "past":
        return _past(team)
    return _list(team, coming(session(), team_id, auth.now()))


@blueprint.get("/team/<int:team_id>/bookings/<int:booking_id>")
@in_section("account")
def show_booking(team_id: int, booking_id: int) -> Response:
    return _page(team_id, found(team_id, booking_id))


@blueprint.post("/team/<int:team_id>/bookings/<int:booking_id>/extension")
@paid_up
@in_section("account")
def create_extension(team_id: int, booking_id: int) -> Response:
    """Let a colleague stay as much longer as the button said. 422 with the sentence when that is not to be had."""
    view = found(team_id, booking_id)
    require_bookings_at(view.location_id)
    minutes, ends = (whole_or_none(request.form.get(name, "")) for name in ("minutes", "ends"))
    if not minutes or not ends or not 0 < ends <= LAST_MINUTE:
        return _page(team_id, view, _("Choose how much longer first."))
    try:
        extend(session(), auth.signed_in(), booking_id, minutes, auth.clock(), seen_end=moment_of(ends))
    except (NotBookable, NotBegun, AlreadyOver, OutOfReach) as refusal:
        return _refused(team_id, booking_id, refusal)
    session().commit()
    view = found(team_id, booking_id)
    until = wording.clock_time(view.ends_at, ZoneInfo(view.zone))
    flash(_("%(name)s has %(room)s until %(time)s.", name=view.person, room=room_of(view), time=until))
    return go_to(booking_url(team_id, booking_id))


@blueprint.post("/team/<int:team_id>/bookings/<int:booking_id>/ending")
@in_section("account")
def create_ending(team_id: int, booking_id: int) -> Response:
    """End a colleague's booking now and free the rest. 422 with the sentence when it does not run."""
    view = found(team_id, booking_id)
    try:
        end_early(session(), auth.signed_in(), booking_id, auth.clock())
    except (NotBegun, AlreadyOver) as refusal:
        return _refused(team_id, booking_id, refusal)
    session().commit()
    flash(_("Ended early. %(room)s is free for others.", room=room_of(view)))
    return go_to(booking_url(team_id, booking_id))


def found(team_id: int, booking_id: int) -> BookingView:
    """NotFound for what is no booking of the team's, and for all but its administrators."""
    return team_booking(session(), auth.signed_in(), team_id, booking_id, auth.now())


def booking_url(team_id: int, booking_id: int, **asked: Any) -> str:
    """The page of one of a team's bookings."""
    return url_for("team.show_booking", team_id=team_id, booking_id=booking_id, **asked)


def _past(team: OwnTeam) -> str:
    before = id_of(request.args.get("before", ""))
    views = past(session(), team.id, auth.now(), before_id=before, limit=_PAGE + 1)
    older = (
        url_for("team.index_bookings", team_id=team.id, view="past", before=views[_PAGE - 1].id)
        if len(views) > _PAGE
        else None
    )
    return _list(team, views[:_PAGE], past=True, older=older)


def _list(team: OwnTeam, views: list[BookingView], *, past: bool = False, older: str | None = None) -> str:
    return render_template(
        "team/bookings.html",
        team=team,
        past=past,
        older=older,
        days=booked.by_day(booked.booked_rows(views)),
        who={view.id: view.person for view in views},
    )


def _refused(team_id: int, booking_id: int, refusal: Refusal) -> Response:
    """The page as it is by now, with the reason where the buttons are."""
    session().rollback()
    view = found(team_id, booking_id)
    return _page(team_id, view, sentences.refusal(refusal, ZoneInfo(view.zone)))


def _catalogue(view: BookingView, now: datetime) -> Catalogue | None:
    """None of a location that is no more: what was there stays to be looked at."""
    try:
        return recall_catalogue(session(), auth.portal().revision, view.location_id, view.person_id, now)
    except NotFound:
        return None


def _page(team_id: int, view: BookingView, problem: str = "") -> Response:
    now, tz = auth.now(), ZoneInfo(view.zone)
    catalogue = _catalogue(view, now)
    offer = offer_for(session(), auth.signed_in(), catalogue, view, now) if catalogue else None
    kept = fee_said(view.quote)
    gallery = Gallery(picture_of(each.room) for each in catalogue.rooms) if catalogue else Gallery(())
    page = render_template(
        "team/booking.html",
        team_id=team_id,
        view=view,
        one=booked.booked(view, gallery.url(view.resource_id)),
        price=booked.price_lines(view, None, ordered(session(), view.id)),
        problem=problem,
        runs=view.runs(now),
        left=time_left(view, now),
        offer=offer_of(offer, tz) if offer else None,
        ends=minute_of(view.ends_at),
        can_change=view.can_change(now),
        cancelled=view.status is BookingStatus.CANCELLED,
        kept=kept_words(kept) if kept else "",
    )
    return make_response(page, 422 if problem else 200)
