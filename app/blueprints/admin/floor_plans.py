"""The floor plan of a location: its picture, and where on it each resource is."""

from decimal import Decimal

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.reach import location_in_reach
from app.domain.spaces.floor_plans import (
    WHOLE,
    Spot,
    floor_picture,
    place_marks,
    placeable,
    remove_floor_plan,
    set_floor_plan,
    spots,
)
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.floor_plans import FloorPlanField, keep_floor_plan
from app.web.forms import Form

blueprint = Blueprint("floor_plans", __name__)

_STEPS = WHOLE // 100
"""Of a per cent."""
_LONGEST = 6
"""Characters of `100.00`."""


class FloorPlanForm(Form):
    picture = FloorPlanField(_l("Picture or drawing"))


@blueprint.get("/locations/<int:location_id>/floor-plan")
@staff(Permission.SPACES)
def show(location_id: int) -> Response:
    return _page(location_id)


@blueprint.post("/locations/<int:location_id>/floor-plan")
@staff(Permission.SPACES)
def update(location_id: int) -> Response:
    """Use the picture that was sent. 422 with the sentence at the field for what is none, or acts by itself."""
    location_in_reach(session(), signed_in(), location_id)
    form = FloorPlanForm()

    def keep() -> None:
        photo = keep_floor_plan(signed_in().tenant_id, form.picture.data, auth.now())
        set_floor_plan(session(), signed_in(), location_id, photo, clock())

    if not attempt(form, keep):
        return _page(location_id, form)
    return done(_url(location_id), _("The floor plan is in place. Put the rooms on it next."))


@blueprint.post("/locations/<int:location_id>/floor-plan/removal")
@staff(Permission.SPACES)
def destroy(location_id: int) -> Response:
    remove_floor_plan(session(), signed_in(), location_id, clock())
    session().commit()
    return done(_url(location_id), _("The floor plan is gone."))


@blueprint.post("/locations/<int:location_id>/floor-plan/marks")
@staff(Permission.SPACES)
def update_marks(location_id: int) -> Response:
    """Put every room where the form says. 422 with the sentence at the room whose place makes no sense; then nothing moves."""
    rooms = placeable(session(), signed_in(), location_id)
    wanted: dict[int, Spot | None] = {}
    wrong: dict[int, str] = {}
    for resource_id, _name in rooms:
        try:
            wanted[resource_id] = _asked(resource_id)
        except ValueError:
            wrong[resource_id] = _("Two numbers from 0 to 100, or nothing in both.")
    if wrong:
        return _page(location_id, wrong=wrong)
    place_marks(session(), signed_in(), location_id, wanted, clock())
    session().commit()
    return done(_url(location_id), _("Saved."))


def _asked(resource_id: int) -> Spot | None:
    texts = [request.form.get(f"{axis}-{resource_id}", "").strip() for axis in "xy"]
    return None if not any(texts) else (_step(texts[0]), _step(texts[1]))


def _step(text: str) -> int:
    """Per cent as typed, in steps of the plan. Raises ValueError for anything that is no such number."""
    plain = text.replace(",", ".")
    if len(plain) > _LONGEST or not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        raise ValueError(text)
    step = round(Decimal(plain) * _STEPS)
    if not 0 <= step <= WHOLE:
        raise ValueError(text)
    return step


def _url(location_id: int) -> str:
    return url_for("admin.floor_plans.show", location_id=location_id)


def _page(
    location_id: int, form: FloorPlanForm | None = None, wrong: dict[int, str] | None = None
) -> Response:
    rooms = placeable(session(), signed_in(), location_id)
    placed = spots(session(), location_id)
    plan = floor_picture(session(), location_id)
    return page(
        "admin/locations/floor_plan.html",
        wrong=bool(form or wrong),
        site=location_in_reach(session(), signed_in(), location_id),
        form=form or FloorPlanForm(formdata=None),
        plan=plan,
        src=url_for("media.show_file", digest=plan.digest) if plan else "",
        rooms=[
            (each, name, *_shown(each, placed.get(each)), (wrong or {}).get(each, "")) for each, name in rooms
        ],
    )


def _shown(resource_id: int, spot: Spot | None) -> tuple[str, str]:
    """What stands in the two fields: what was typed, else where the room is."""
    if f"x-{resource_id}" in request.form:
        return request.form[f"x-{resource_id}"][:20], request.form.get(f"y-{resource_id}", "")[:20]
    return (f"{spot[0] / _STEPS:g}", f"{spot[1] / _STEPS:g}") if spot else ("", "")
