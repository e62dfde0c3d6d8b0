"""What hangs beside a room: its code to print, and its panel, opened and revoked."""

from flask import Blueprint, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done
from app.domain.actor import Permission
from app.domain.reach import resource_in_reach
from app.domain.spaces.room_signs import make_panel, make_sign, revoke_panel, sign_of
from app.web.access import staff
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.origin import request_origin
from app.web.qr import qr_code

blueprint = Blueprint("room_signs", __name__)


@blueprint.get("/resources/<int:resource_id>/sign")
@staff(Permission.SPACES)
def show(resource_id: int) -> Response:
    """The code to print, once there is one, and whether a panel is open."""
    return _page(resource_id)


@blueprint.post("/resources/<int:resource_id>/sign")
@staff(Permission.SPACES)
def create(resource_id: int) -> Response:
    make_sign(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_url(resource_id), _("The code is made. Print it and hang it beside the door."))


@blueprint.post("/resources/<int:resource_id>/panel")
@staff(Permission.SPACES)
def create_panel(resource_id: int) -> Response:
    """Open a panel and show its address: now, and never again."""
    token = make_panel(session(), signed_in(), resource_id, clock())
    session().commit()
    return _page(resource_id, request_origin() + url_for("rooms.show_panel", token=token))


@blueprint.post("/resources/<int:resource_id>/panel/revocation")
@staff(Permission.SPACES)
def destroy_panel(resource_id: int) -> Response:
    revoke_panel(session(), signed_in(), resource_id, clock())
    session().commit()
    return done(_url(resource_id), _("The panel is closed. Its address opens nothing any more."))


def _url(resource_id: int) -> str:
    return url_for("admin.room_signs.show", resource_id=resource_id)


def _page(resource_id: int, panel: str = "") -> Response:
    resource = resource_in_reach(session(), signed_in(), resource_id)
    sign = sign_of(session(), signed_in(), resource_id)
    code = request_origin() + url_for("rooms.show", code=sign.code) if sign else ""
    response = make_response(
        render_template(
            "admin/resources/sign.html",
            resource=resource,
            code=code,
            code_qr=qr_code(code) if code else None,
            has_panel=sign is not None and sign.panel_hash is not None,
            panel=panel,
            panel_qr=qr_code(panel) if panel else None,
        )
    )
    if panel:
        response.headers["Cache-Control"] = "no-store"
    return response
