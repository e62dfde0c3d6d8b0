"""Changing one of a team's bookings: by the same rules as whoever has it, and whoever pays for it still does."""

from flask import flash, make_response, render_template, url_for
from werkzeug.wrappers import Response

from app.blueprints.team.bookings import booking_url, found
from app.blueprints.team.room import blueprint
from app.domain.booking.view import BookingView
from app.kernel.errors import NotFound
from app.web import auth, moving
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.htmx import go_to, wants_part
from app.web.moving_form import ChangeForm, card_of, change_form


@blueprint.get("/team/<int:team_id>/bookings/<int:booking_id>/edit")
@in_section("account")
def edit_booking(team_id: int, booking_id: int) -> Response:
    """The booking as a form, prefilled, or with what the address asks for (`room`, `date`, `start`, `minutes`) and its price."""
    view = _changeable(team_id, booking_id)
    form = change_form(view)
    return _page(team_id, view, form, moving.shown(view, form, _address(team_id, view)))


@blueprint.post("/team/<int:team_id>/bookings/<int:booking_id>/edit/price")
@in_section("account")
def show_change_price(team_id: int, booking_id: int) -> Response | str:
    """What the change would cost and what stands against it; for htmx only that part of the page."""
    view = _changeable(team_id, booking_id)
    form = ChangeForm(view)
    change = moving.priced(view, form, _address(team_id, view))
    if wants_part():
        return render_template("bookings/_change_price.html", change=change, form=form)
    return _page(team_id, view, form, change)


@blueprint.post("/team/<int:team_id>/bookings/<int:booking_id>/edit")
@paid_up
@in_section("account")
def update_booking(team_id: int, booking_id: int) -> Response:
    """Change it. A price that was not on the page is shown first; 422 with the sentence when it cannot be done."""
    view = _changeable(team_id, booking_id)
    require_bookings_at(view.location_id)
    form = ChangeForm(view)
    done = moving.submitted(view, form, _address(team_id, view), lambda: _changeable(team_id, booking_id))
    if isinstance(done, moving.Instead):
        return _page(team_id, done.view, form, done.change, 422 if done.wrong else 200)
    flash(moving.changed_words(found(team_id, booking_id)))
    return go_to(booking_url(team_id, booking_id))


def _changeable(team_id: int, booking_id: int) -> BookingView:
    view = found(team_id, booking_id)
    if not view.can_change(auth.now()):
        raise NotFound
    return view


def _address(team_id: int, view: BookingView) -> moving.Address:
    return lambda **asked: url_for("team.edit_booking", team_id=team_id, booking_id=view.id, **asked)


def _page(
    team_id: int, view: BookingView, form: ChangeForm, change: moving.Change, status: int = 200
) -> Response:
    page = render_template(
        "team/edit_booking.html",
        one=card_of(view, form),
        who=view.person,
        form=form,
        change=change,
        back=booking_url(team_id, view.id),
        urls=moving.Urls(
            url_for("team.update_booking", team_id=team_id, booking_id=view.id),
            url_for("team.show_change_price", team_id=team_id, booking_id=view.id),
        ),
    )
    return make_response(page, status)
