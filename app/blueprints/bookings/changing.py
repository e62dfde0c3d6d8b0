"""Changing one's booking: another time or room, longer or shorter, with the difference in money before the button."""

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.web import auth, moving
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.moving_form import ChangeForm, card_of, change_form

Answer = Response | str | tuple[str, int]


@blueprint.get("/bookings/<int:booking_id>/edit")
@in_section("bookings")
def edit(booking_id: int) -> str:
    """The booking as a form, prefilled, or with what the address asks for (`room`, `date`, `start`, `minutes`) and its price.

    404 for another person's, and for one that is over."""
    view = _changeable(booking_id)
    form = change_form(view)
    return _page(view, form, moving.shown(view, form, _address(view)))


@blueprint.post("/bookings/<int:booking_id>/edit/price")
@in_section("bookings")
def show_change_price(booking_id: int) -> Answer:
    """What the change would cost and what stands against it; for htmx only that part of the page."""
    view = _changeable(booking_id)
    form = ChangeForm(view)
    change = moving.priced(view, form, _address(view))
    if wants_part():
        return render_template("bookings/_change_price.html", change=change, form=form)
    return _page(view, form, change)


@blueprint.post("/bookings/<int:booking_id>/edit")
@paid_up
@in_section("bookings")
def update(booking_id: int) -> Answer:
    """Change it, and go on to the invoice where that is paid at once.

    A price that was not on the page is shown first; 422 with the sentence when it cannot be done.
    """
    view = _changeable(booking_id)
    require_bookings_at(view.location_id)
    form = ChangeForm(view)
    done = moving.submitted(view, form, _address(view), lambda: _changeable(booking_id))
    if isinstance(done, moving.Instead):
        return _page(done.view, form, done.change), 422 if done.wrong else 200
    flash(moving.changed_words(mine.show(session(), auth.signed_in(), booking_id, auth.now())))
    return go_to(done or url_for("bookings.show", booking_id=booking_id))


def _changeable(booking_id: int) -> BookingView:
    view = mine.show(session(), auth.signed_in(), booking_id, auth.now())
    if not view.can_change(auth.now()):
        raise NotFound
    return view


def _address(view: BookingView) -> moving.Address:
    return lambda **asked: url_for("bookings.edit", booking_id=view.id, **asked)


def _page(view: BookingView, form: ChangeForm, change: moving.Change) -> str:
    return render_template(
        "bookings/edit.html",
        one=card_of(view, form),
        form=form,
        change=change,
        back=url_for("bookings.show", booking_id=view.id),
        urls=moving.Urls(
            url_for("bookings.update", booking_id=view.id),
            url_for("bookings.show_change_price", booking_id=view.id),
        ),
    )
