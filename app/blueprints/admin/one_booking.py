"""One booking: looked at, and while it runs extended or ended early, and cancelled with a reason."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.booking_rows import State, state_of, state_words
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.limit_words import limit_words
from app.domain.actor import Permission
from app.domain.booking import mine
from app.domain.booking.approval import CannotStand, against_approval
from app.domain.booking.cancel import cancel
from app.domain.booking.cancel_quote import fee_said, quote_cancel
from app.domain.booking.catalogue import recall_catalogue
from app.domain.booking.extend import Extension, extend, offer_for
from app.domain.booking.minutes import LAST_MINUTE, minute_of, moment_of
from app.domain.booking.paying import by_credit
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import (
    REASON_LENGTH,
    AlreadyOver,
    FeeChanged,
    NotBegun,
    NotBookable,
    Obstacle,
    OutOfReach,
    ReasonNeeded,
)
from app.domain.booking.view import BookingView
from app.domain.extras.showing import ordered
from app.domain.guests.expecting import guests_of
from app.domain.reach import reaches_person
from app.kernel.errors import NotFound, Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.web import auth, sentences, wording
from app.web.access import staff
from app.web.attempts import attempt, say
from app.web.auth import clock, signed_in
from app.web.booked import price_reasons
from app.web.database import session
from app.web.fee_words import fee_words, kept_words
from app.web.forms import CheckField, Form, TextField, WholeField, whole_or_none
from app.web.passing_over import passable
from app.web.running import offer_of, time_left
from app.web.sentences import obstacle_sentence
from app.web.unit_words import room_of

_MONTH = 31 * 24 * 60


class CancelForm(Form):
    """Why, and whether what it costs is asked for."""

    reason = TextField(_l("Reason"), longest=REASON_LENGTH)
    waive = CheckField(_l("Waive it"))
    fee = HiddenField()
    """What it costs, as the page said."""


class ExtendForm(Form):
    """What the button that extends sends along: how much longer, and the end that its page showed."""

    minutes = WholeField(least=1, most=_MONTH)
    ends = WholeField(least=1, most=LAST_MINUTE)


@blueprint.get("/bookings/<int:booking_id>")
@staff(Permission.BOOKINGS, on_behalf=True)
def show(booking_id: int) -> Response:
    return booking_page(booking_view(booking_id))


@blueprint.post("/bookings/<int:booking_id>/cancellation")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_cancellation(booking_id: int) -> Response:
    booking_view(booking_id)
    form = CancelForm()
    words = {
        AlreadyOver: say("", lambda: _("It is over or was cancelled before, so nothing was changed.")),
        ReasonNeeded: say("reason", lambda: _("This is needed.")),
        FeeChanged: lambda refusal: ("", sentences.refusal(refusal, ZoneInfo("UTC"))),
    }
    if not attempt(form, lambda: _cancel(booking_id, form), words):
        return booking_page(booking_view(booking_id), form=form)
    return done(_url(booking_id), _("Cancelled. The room is free again."))


def _cancel(booking_id: int, form: CancelForm) -> None:
    cancel(
        session(),
        signed_in(),
        booking_id,
        clock(),
        reason=form.reason.data,
        seen_fee=whole_or_none(form.fee.data) or 0,
        waive=bool(form.waive.data),
    )


@blueprint.post("/bookings/<int:booking_id>/extension")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_extension(booking_id: int) -> Response:
    """Let somebody stay as much longer as the button said. 422 with the sentence when that is not to be had."""
    view, form = booking_view(booking_id), ExtendForm()
    if not form.validate():
        return booking_page(view, problem=_("Choose how much longer first."))
    try:
        extend(
            session(), signed_in(), booking_id, form.minutes.data, clock(), seen_end=moment_of(form.ends.data)
        )
    except (NotBookable, NotBegun, AlreadyOver, OutOfReach) as refusal:
        return _refused(booking_id, refusal)
    session().commit()
    view = booking_view(booking_id)
    until = wording.clock_time(view.ends_at, ZoneInfo(view.zone))
    return done(
        _url(booking_id),
        _("%(name)s has %(room)s until %(time)s.", name=view.person, room=room_of(view), time=until),
    )


@blueprint.post("/bookings/<int:booking_id>/ending")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_ending(booking_id: int) -> Response:
    """End somebody's booking now and free the rest. 422 with the sentence when it does not run."""
    view = booking_view(booking_id)
    try:
        end_early(session(), signed_in(), booking_id, clock())
    except (NotBegun, AlreadyOver) as refusal:
        return _refused(booking_id, refusal)
    session().commit()
    return done(_url(booking_id), _("Ended early. %(room)s is free for others.", room=room_of(view)))


def booking_view(booking_id: int) -> BookingView:
    """Raises NotFound, out of reach too."""
    return mine.show(session(), signed_in(), booking_id, auth.now())


def _url(booking_id: int) -> str:
    return url_for("admin.bookings.show", booking_id=booking_id)


def _refused(booking_id: int, refusal: Refusal) -> Response:
    """The page as it is by now, with the reason where the buttons are."""
    session().rollback()
    view = booking_view(booking_id)
    return booking_page(view, problem=sentences.refusal(refusal, ZoneInfo(view.zone)))


def booking_page(
    view: BookingView,
    *,
    form: CancelForm | None = None,
    problem: str = "",
    against: tuple[Obstacle, ...] | None = None,
) -> Response:
    """The page of one booking, with what was just refused of it: a form, in a sentence, or what stands against approving it."""
    tz, now = ZoneInfo(view.zone), auth.now()
    span, state = Span(view.starts_at, view.ends_at), state_of(view, now)
    offer = _extension(view, now)
    fee = quote_cancel(session(), view, now)
    kept = fee_said(view.quote)
    found, stands = (against, True) if against is not None else _against(view, state, now)
    paid = Money(by_credit(view.quote).total_minor, view.price.currency)
    return page(
        "admin/bookings/show.html",
        wrong=form is not None or bool(problem) or against is not None,
        view=view,
        state=state,
        state_words=state_words,
        waits=state is State.WAITING,
        stands=stands,
        refused=against is not None,
        obstacles=[obstacle_sentence(each, tz) for each in found],
        confirm=passable(found),
        runs=state is State.NOW,
        left=time_left(view, now),
        can_change=view.can_change(now),
        offer=offer_of(offer, tz) if offer else None,
        ends=minute_of(view.ends_at),
        problem=problem,
        form=form or CancelForm(formdata=None),
        fee_words=fee_words(fee) if view.can_cancel else "",
        fee_minor=fee.total.minor,
        kept=kept_words(kept) if kept else "",
        known=signed_in().may(Permission.PEOPLE) and reaches_person(session(), signed_in(), view.person_id),
        booked_by=view.booked_by,
        time=wording.clock(span, tz),
        day=view.starts_at.astimezone(tz).date(),
        price=wording.money(view.price),
        guests=guests_of(session(), view.id),
        reasons=price_reasons(view),
        extras=[
            (each, wording.money(Money(each.total_minor, view.price.currency)))
            for each in ordered(session(), view.id)
        ],
        by_credit=wording.money(paid) if paid else "",
        length=wording.minutes(span.minutes),
        passed=[limit_words(name) for name in view.overridden],
    )


def _extension(view: BookingView, now: datetime) -> Extension | None:
    if not view.runs(now):
        return None
    try:
        catalogue = recall_catalogue(session(), auth.portal().revision, view.location_id, view.person_id, now)
    except NotFound:
        return None
    return offer_for(session(), signed_in(), catalogue, view, now)


def _against(view: BookingView, state: State, now: datetime) -> tuple[tuple[Obstacle, ...], bool]:
    """What stands against approving what waits, and whether it can be approved at all."""
    if state is not State.WAITING:
        return (), True
    try:
        return against_approval(session(), signed_in(), view, now), True
    except CannotStand:
        return (), False
