"""My bookings: what comes, what runs, what was, and each by itself."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for

from app.blueprints.bookings.checkout_page import booked_day
from app.blueprints.bookings.guests import can_invite
from app.blueprints.bookings.room import blueprint
from app.blueprints.bookings.waiting import waiting_rows
from app.domain.booking import mine as bookings_of
from app.domain.booking.cancel_quote import fee_said
from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.extend import offers
from app.domain.booking.paying import ByCredit, would_pay
from app.domain.booking.pictures import picture_of
from app.domain.booking.view import BookingView
from app.domain.extras.choosing import orderable
from app.domain.guests.expecting import guests_of
from app.kernel.walltime import clock_face
from app.models import BookingStatus
from app.web import auth, booked
from app.web.access import in_section
from app.web.catalogues import Catalogues
from app.web.database import session
from app.web.fee_words import kept_words
from app.web.forms import id_of
from app.web.paying_now import to_pay
from app.web.pictures import Gallery
from app.web.running import check_in_address, running

_PAGE = 20


@blueprint.get("/bookings/mine")
@in_section("bookings")
def index_mine() -> Any:
    """What runs on top, what comes by day; with `view=past` what was, a page at a time."""
    if request.args.get("view") == "past":
        return _past()
    views = bookings_of.current(session(), auth.signed_in(), auth.now())
    unpaid = to_pay(views)
    rows = dict(zip((view.id for view in views), booked.booked_rows(views, unpaid), strict=True))
    offered = Catalogues().offers(views)
    now = [
        running(view, rows[view.id], auth.now(), offered.get(view.id))
        for view in views
        if view.runs(auth.now())
    ]
    coming = [rows[view.id] for view in views if view.starts_at > auth.now()]
    arriving = [
        (rows[view.id], check_in_address(view))
        for view in views
        if view.can_check_in and view.starts_at > auth.now()
    ]
    return render_template(
        "bookings/mine.html",
        past=False,
        now=now,
        arriving=arriving,
        unpaid=[(rows[booking_id], each) for booking_id, each in unpaid.items()],
        waiting=waiting_rows(),
        days=booked.by_day(coming),
        older=None,
    )


def _past() -> Any:
    before = id_of(request.args.get("before", ""))
    views = bookings_of.past(session(), auth.signed_in(), auth.now(), before_id=before, limit=_PAGE + 1)
    older = (
        url_for("bookings.index_mine", view="past", before=views[_PAGE - 1].id)
        if len(views) > _PAGE
        else None
    )
    return render_template(
        "bookings/mine.html",
        past=True,
        now=[],
        waiting=[],
        arriving=[],
        unpaid=[],
        days=booked.by_day(booked.booked_rows(views[:_PAGE])),
        older=older,
    )


@blueprint.get("/bookings/<int:booking_id>")
@in_section("bookings")
def show(booking_id: int) -> Any:
    """One booking: when, where, what it costs, and until when it can be cancelled. 404 for another person's."""
    return show_page(bookings_of.show(session(), auth.signed_in(), booking_id, auth.now()))


def _would_pay(view: BookingView) -> ByCredit | None:
    """Of what waits for approval: what credit would pay by now. What is booked says so itself."""
    if not view.waits_for_approval:
        return None
    return would_pay(session(), view.person_id, view.resource_id, view.quote, auth.now())


def _has_guests(view: BookingView) -> bool:
    """Whether somebody may be expected at it: it is booked, or asked for."""
    return view.status in (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE)


def _can_order(view: BookingView) -> bool:
    """Whether it stands, and has yet to begin."""
    return view.status in (BookingStatus.CONFIRMED, BookingStatus.TENTATIVE) and view.starts_at > auth.now()


def _later_dates(view: BookingView, tz: ZoneInfo) -> str:
    """Where it is cancelled with whatever its series has after it; empty for what does not repeat."""
    if not view.series_id:
        return ""
    first = view.starts_at.astimezone(tz).date()
    address = url_for("bookings.new_series_cancellation", series_id=view.series_id)
    return f"{address}?from={first}"


def show_page(view: BookingView, problem: str = "") -> str:
    """The page of one booking; `problem` is why what was just asked of it was refused."""
    now, actor, tz = auth.now(), auth.signed_in(), ZoneInfo(view.zone)
    revision = auth.portal().revision
    catalogue = recall_catalogue(session(), revision, view.location_id, actor.person_id, now)
    one = booked.booked(
        view, Gallery(picture_of(each.room) for each in catalogue.rooms).url(view.resource_id)
    )
    ruler, strip = booked_day(view, catalogue)
    extras = orderable(session(), view, now)
    offered = offers(session(), actor, catalogue, [view], now)
    kept = fee_said(view.quote)
    cutoff = view.cancel_until.astimezone(tz)
    return render_template(
        "bookings/show.html",
        one=one,
        room_href=url_for(
            "bookings.show_room",
            resource_id=view.resource_id,
            date=view.starts_at.astimezone(tz).date().isoformat(),
        ),
        price=booked.price_lines(view, _would_pay(view), [each.line for each in extras if each.line]),
        extras_open=bool(extras) and _can_order(view),
        guests=guests_of(session(), view.id) if _has_guests(view) else (),
        can_invite=can_invite(view),
        ruler=ruler,
        strip=strip,
        problem=problem,
        unpaid=to_pay([view]).get(view.id),
        check_in=check_in_address(view),
        series=url_for("bookings.show_series", series_id=view.series_id) if view.series_id else "",
        later_dates=_later_dates(view, tz),
        checked_in=view.checked_in,
        now=running(view, one, now, offered.get(view.id)) if view.runs(now) else None,
        can_cancel=view.can_cancel,
        can_change=view.can_change(now),
        held=view.status is BookingStatus.HELD,
        asked=view.waits_for_approval,
        lapsed=view.status is BookingStatus.LAPSED,
        over=view.ends_at <= now,
        cancelled=view.status is BookingStatus.CANCELLED,
        reason=view.cancel_reason,
        kept=kept_words(kept) if kept else "",
        late=now > view.cancel_until,
        cutoff=clock_face(cutoff),
        cutoff_day=cutoff.date(),
        today=now.astimezone(tz).date(),
    )
