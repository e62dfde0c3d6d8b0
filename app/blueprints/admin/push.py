"""Whether push messages are sent, and what a push service has against it."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.domain.actor import Permission
from app.domain.push_keys import count_devices, last_refusal
from app.kernel.walltime import zone
from app.web import auth
from app.web.access import staff
from app.web.audit_words import moment
from app.web.database import session

blueprint = Blueprint("push", __name__)


@blueprint.get("/settings/push")
@staff(Permission.SETTINGS, whole_house=True)
def show() -> Response:
    refusal = last_refusal(session())
    return page(
        "admin/settings/push.html",
        devices=count_devices(session()),
        refusal=refusal,
        refused_at=moment(refusal.at, zone(auth.portal().zone)) if refusal else "",
    )
