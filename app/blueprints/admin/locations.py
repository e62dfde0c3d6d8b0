"""Locations: opened and edited, their hours and closures, retired and restored."""

from collections.abc import Sequence

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.blueprints.admin.opening import OpeningForms, close, opening_forms, reopen, save_hours
from app.blueprints.admin.spaces_forms import LOCATION_WORDS, LocationForm
from app.blueprints.admin.zone_change import ZoneChange, way_rows
from app.domain.actor import Permission
from app.domain.booking.rezoning import InTheWay
from app.domain.reach import location_in_reach
from app.domain.spaces.choices import list_locations
from app.domain.spaces.locations import create_location, edit_location, restore_location, retire_location
from app.domain.spaces.terms import BookedAhead, LastLocation, Whose
from app.models import Location
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session

blueprint = Blueprint("locations", __name__)


@blueprint.get("/locations")
@staff(Permission.SPACES)
def index() -> Response:
    return page("admin/locations/index.html", locations_here=list_locations(session(), signed_in()))


@blueprint.get("/locations/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    return page("admin/locations/new.html", form=LocationForm(zone=auth.portal().zone))


@blueprint.post("/locations")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form = LocationForm()
    made: list[Location] = []
    if not attempt(
        form,
        lambda: made.append(create_location(session(), signed_in(), form.details(), clock())),
        LOCATION_WORDS,
    ):
        return page("admin/locations/new.html", wrong=True, form=form)
    return done(_url(made[0].id), _("%(name)s is added. Set its hours next.", name=made[0].name))


@blueprint.get("/locations/<int:location_id>")
@staff(Permission.SPACES)
def show(location_id: int) -> Response:
    return _show(location_id)


@blueprint.post("/locations/<int:location_id>")
@staff(Permission.SPACES)
def update(location_id: int) -> Response:
    location_in_reach(session(), signed_in(), location_id)
    form = LocationForm()
    change = ZoneChange()
    if not attempt(
        form,
        lambda: edit_location(
            session(), signed_in(), location_id, form.details(), clock(), agreed=form.agreed
        ),
        {**LOCATION_WORDS, **change.words()},
    ):
        change.ask(form)
        return _show(location_id, form=form, in_the_way=change.in_the_way)
    return done(_url(location_id), _("Saved."))


@blueprint.post("/locations/<int:location_id>/hours")
@staff(Permission.SPACES)
def update_hours(location_id: int) -> Response:
    location_in_reach(session(), signed_in(), location_id)
    return save_hours(Whose(location_id), _url(location_id), lambda forms: _show(location_id, opening=forms))


@blueprint.post("/locations/<int:location_id>/closures")
@staff(Permission.SPACES)
def create_closure(location_id: int) -> Response:
    location_in_reach(session(), signed_in(), location_id)
    return close(Whose(location_id), _url(location_id), lambda forms: _show(location_id, opening=forms))


@blueprint.post("/locations/<int:location_id>/closures/<int:closure_id>/removal")
@staff(Permission.SPACES)
def destroy_closure(location_id: int, closure_id: int) -> Response:
    return reopen(Whose(location_id), closure_id, _url(location_id))


@blueprint.post("/locations/<int:location_id>/retirement")
@staff(Permission.SPACES)
def create_retirement(location_id: int) -> Response:
    try:
        retire_location(session(), signed_in(), location_id, clock())
    except LastLocation:
        return refused(_url(location_id), _("This is the only location, so it stays."))
    except BookedAhead as ahead:
        return refused(
            _url(location_id),
            ngettext(
                "%(num)s booking is still to come. Cancel it first.",
                "%(num)s bookings are still to come. Cancel them first.",
                ahead.count,
            ),
        )
    session().commit()
    return done(url_for("admin.locations.index"), _("The location is retired."))


@blueprint.post("/locations/<int:location_id>/restoration")
@staff(Permission.SPACES)
def create_restoration(location_id: int) -> Response:
    restore_location(session(), signed_in(), location_id, clock())
    session().commit()
    return done(_url(location_id), _("The location is back."))


def _url(location_id: int) -> str:
    return url_for("admin.locations.show", location_id=location_id)


def _show(
    location_id: int,
    *,
    form: LocationForm | None = None,
    opening: OpeningForms | None = None,
    in_the_way: Sequence[InTheWay] = (),
) -> Response:
    place = location_in_reach(session(), signed_in(), location_id)
    opening = opening or opening_forms(Whose(location_id))
    return page(
        "admin/locations/show.html",
        wrong=form is not None or opening.wrong,
        site=place,
        form=form or LocationForm(place, formdata=None),
        in_the_way=way_rows(in_the_way, place),
        opening=opening,
    )
