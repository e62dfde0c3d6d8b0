"""Resources: made, edited with every limit, given hours and a photograph, retired and restored."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.days import place_of, places_in_reach, places_or_make_one
from app.blueprints.admin.opening import OpeningForms, close, opening_forms, reopen, save_hours
from app.blueprints.admin.opening_forms import SHIFT_WORDS, ShiftsForm
from app.blueprints.admin.shift_words import shift_notes
from app.blueprints.admin.spaces_forms import RESOURCE_WORDS, ResourceForm
from app.domain.actor import Permission
from app.domain.booking.pictures import room_pictures
from app.domain.lookup import one
from app.domain.reach import location_in_reach, resource_in_reach
from app.domain.spaces.choices import list_resources, resource_choices, resource_sheet
from app.domain.spaces.resources import (
    chosen_details,
    create_resource,
    edit_resource,
    restore_resource,
    retire_resource,
    set_photo,
)
from app.domain.spaces.shifts import set_shifts, shift_doubts, shifts_of
from app.domain.spaces.terms import Whose
from app.models import Location, Resource
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, id_or_none
from app.web.pictures import Gallery
from app.web.uploads import PhotoField, keep_photo

blueprint = Blueprint("resources", __name__)


class PhotoForm(Form):
    photo = PhotoField(_l("Photograph"))


def asked_location() -> int:
    """The location that the address names, else the one in hand. Raises NotFound for one that is not the tenant's."""
    places_or_make_one()
    try:
        given = id_or_none(request.args.get("location"))
    except ValueError:
        given = 0
    here = given if given is not None else place_of(None).id
    return location_in_reach(session(), signed_in(), here).id


@blueprint.get("/resources")
@staff(Permission.SPACES)
def index() -> Response:
    location_id = asked_location()
    return page(
        "admin/resources/index.html",
        here=one(session(), Location, location_id),
        places=[
            (place.name, url_for("admin.resources.index", location=place.id), place.id == location_id)
            for place in places_in_reach()
        ],
        lines=list_resources(session(), signed_in(), location_id, auth.now()),
        gallery=Gallery(room_pictures(session(), [location_id]).get(location_id, [])),
    )


@blueprint.get("/resources/new")
@staff(Permission.SPACES)
def new() -> Response:
    location_id = asked_location()
    form = ResourceForm(resource_choices(session(), location_id))
    return page("admin/resources/new.html", form=form, here=one(session(), Location, location_id))


@blueprint.post("/resources")
@staff(Permission.SPACES)
def create() -> Response:
    location_id = asked_location()
    form = ResourceForm(resource_choices(session(), location_id))
    made: list[Resource] = []

    def create() -> None:
        made.append(create_resource(session(), signed_in(), location_id, form.details(), clock()))

    if not attempt(form, create, RESOURCE_WORDS):
        return page(
            "admin/resources/new.html", wrong=True, form=form, here=one(session(), Location, location_id)
        )
    return done(
        _url(made[0].id), _("%(name)s is added. A photograph makes it easier to choose.", name=made[0].name)
    )


@blueprint.get("/resources/<int:resource_id>")
@staff(Permission.SPACES)
def show(resource_id: int) -> Response:
    return _show(resource_id)


@blueprint.post("/resources/<int:resource_id>")
@staff(Permission.SPACES)
def update(resource_id: int) -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    form = ResourceForm(resource_choices(session(), resource.location_id, resource_id))
    if not attempt(
        form,
        lambda: edit_resource(session(), signed_in(), resource_id, form.details(), clock()),
        RESOURCE_WORDS,
    ):
        return _show(resource_id, form=form)
    return done(_url(resource_id), _("Saved."))


@blueprint.post("/resources/<int:resource_id>/hours")
@staff(Permission.SPACES)
def update_hours(resource_id: int) -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    return save_hours(_whose(resource), _url(resource_id), lambda forms: _show(resource_id, opening=forms))


@blueprint.post("/resources/<int:resource_id>/shifts")
@staff(Permission.SPACES)
def update_shifts(resource_id: int) -> Response:
    resource_in_reach(session(), signed_in(), resource_id)
    form = ShiftsForm()
    if not attempt(
        form,
        lambda: set_shifts(session(), signed_in(), resource_id, form.openings(), clock()),
        SHIFT_WORDS,
    ):
        return _show(resource_id, shifts=form)
    return done(_url(resource_id), _("The shifts are set."))


@blueprint.post("/resources/<int:resource_id>/closures")
@staff(Permission.SPACES)
def create_closure(resource_id: int) -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    return close(_whose(resource), _url(resource_id), lambda forms: _show(resource_id, opening=forms))


@blueprint.post("/resources/<int:resource_id>/closures/<int:closure_id>/removal")
@staff(Permission.SPACES)
def destroy_closure(resource_id: int, closure_id: int) -> Response:
    return reopen(
        _whose(resource_in_reach(session(), signed_in(), resource_id)), closure_id, _url(resource_id)
    )


@blueprint.post("/resources/<int:resource_id>/photo")
@staff(Permission.SPACES)
def update_photo(resource_id: int) -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    form = PhotoForm()

    def keep() -> None:
        photo = keep_photo(resource.tenant_id, form.photo.data, auth.now())
        set_photo(session(), signed_in(), resource_id, photo, clock())

    if not attempt(form, keep):
        return _show(resource_id, photo=form)
    return done(_url(resource_id), _("The photograph is in place."))


@blueprint.post("/resources/<int:resource_id>/photo/removal")
@staff(Permission.SPACES)
def destroy_photo(resource_id: int) -> Response:
    set_photo(session(), signed_in(), resource_id, None, clock())
    session().commit()
    return done(_url(resource_id), _("The photograph is gone; a drawing takes its place."))


@blueprint.post("/resources/<int:resource_id>/retirement")
@staff(Permission.SPACES)
def create_retirement(resource_id: int) -> Response:
    retire_resource(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_url(resource_id), _("Retired: nobody can book it any more."))


@blueprint.post("/resources/<int:resource_id>/restoration")
@staff(Permission.SPACES)
def create_restoration(resource_id: int) -> Response:
    restore_resource(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_url(resource_id), _("It can be booked again."))


def _url(resource_id: int) -> str:
    return url_for("admin.resources.show", resource_id=resource_id)


def _whose(resource: Resource) -> Whose:
    return Whose(resource.location_id, resource.id)


def _show(
    resource_id: int,
    *,
    form: ResourceForm | None = None,
    opening: OpeningForms | None = None,
    photo: PhotoForm | None = None,
    shifts: ShiftsForm | None = None,
) -> Response:
    sheet = resource_sheet(session(), signed_in(), resource_id, auth.now())
    resource = sheet.resource
    choices = resource_choices(session(), resource.location_id, resource.id)
    opening = opening or opening_forms(_whose(resource))
    return page(
        "admin/resources/show.html",
        wrong=opening.wrong or any((form, photo, shifts)),
        resource=resource,
        place_name=sheet.place,
        photo=url_for("media.show_file", digest=sheet.photo) if sheet.photo else None,
        form=form or ResourceForm(choices, chosen_details(resource, choices), formdata=None),
        opening=opening,
        shifts=shifts or ShiftsForm(shifts_of(resource), formdata=None),
        shift_notes=[] if shifts else shift_notes(shift_doubts(session(), resource)),
        photo_form=photo or PhotoForm(formdata=None),
        ahead=sheet.ahead,
    )
