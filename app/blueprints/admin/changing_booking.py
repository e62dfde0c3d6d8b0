"""Changing somebody's booking at the front desk, past limits where staff may and say so."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint
from app.blueprints.admin.days import day_of
from app.domain.actor import Permission
from app.domain.booking import mine
from app.domain.booking.moving import ChangedMeanwhile
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.web import auth, moving
from app.web.access import staff
from app.web.database import session
from app.web.forms import whole_or_none
from app.web.htmx import wants_part
from app.web.moving_form import ChangeForm, card_of, change_form
from app.web.passing_over import was_confirmed


@blueprint.get("/bookings/<int:booking_id>/edit")
@staff(Permission.BOOKINGS, on_behalf=True)
def edit(booking_id: int) -> Response:
    """As for whoever has it, with the same arguments.

    With `sequence`, as the page in hand showed it: a booking that somebody changed since is told of, and shown as it is.
    With `then=day` it goes back to the timeline.
    """
    view = _changeable(booking_id)
    seen = whole_or_none(request.args.get("sequence"))
    form = change_form(view)
    change = moving.shown(view, form, _address(view))
    if seen is not None and seen != view.sequence:
        change = moving.with_problem(change, moving.refused(ChangedMeanwhile(), view))
    return _page(view, form, change)


@blueprint.post("/bookings/<int:booking_id>/edit/price")
@staff(Permission.BOOKINGS, on_behalf=True)
def show_change_price(booking_id: int) -> Response | str:
    view = _changeable(booking_id)
    form = ChangeForm(view)
    change = moving.priced(view, form, _address(view))
    if wants_part():
        return render_template("bookings/_change_price.html", change=change, form=form)
    return _page(view, form, change)


@blueprint.post("/bookings/<int:booking_id>/edit")
@staff(Permission.BOOKINGS, on_behalf=True)
def update(booking_id: int) -> Response:
    """Change it; past the limits that staff have just seen and confirmed, and past no others."""
    view = _changeable(booking_id)
    form = ChangeForm(view)
    change = moving.priced(view, form, _address(view))
    seen = whole_or_none(request.form.get("due"))
    override = was_confirmed(change.confirm)
    if change.problem or change.due_minor is None or (change.stands and not override):
        return _page(view, form, change, wrong=True)
    if change.due_minor != seen:
        return _page(view, form, change)
    try:
        moving.change(view, form, seen, override=override)
    except moving.REFUSALS as refusal:
        view = _changeable(booking_id)
        change = moving.priced(view, form, _address(view))
        return _page(view, form, moving.with_problem(change, moving.refused(refusal, view)), wrong=True)
    if _then():
        return done(day_of(_view(booking_id)), _("Changed."))
    return done(url_for("admin.bookings.show", booking_id=booking_id), _("Changed."))


def _then() -> str | None:
    """`day` for who came from the timeline and goes back there."""
    return "day" if request.args.get("then") == "day" else None


def _view(booking_id: int) -> BookingView:
    return mine.show(session(), auth.signed_in(), booking_id, auth.now())


def _changeable(booking_id: int) -> BookingView:
    view = _view(booking_id)
    if not view.can_change(auth.now()):
        raise NotFound
    return view


def _address(view: BookingView) -> moving.Address:
    return lambda **asked: url_for("admin.bookings.edit", booking_id=view.id, then=_then(), **asked)


def _page(view: BookingView, form: ChangeForm, change: moving.Change, *, wrong: bool = False) -> Response:
    return page(
        "admin/bookings/edit.html",
        wrong=wrong,
        view=view,
        one=card_of(view, form),
        back=day_of(view) if _then() else url_for("admin.bookings.show", booking_id=view.id),
        form=form,
        change=change,
        urls=moving.Urls(
            url_for("admin.bookings.update", booking_id=view.id, then=_then()),
            url_for("admin.bookings.show_change_price", booking_id=view.id, then=_then()),
        ),
    )
