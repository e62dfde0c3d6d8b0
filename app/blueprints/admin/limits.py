"""The limits of the house: what holds for everybody, whichever room they book."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.booking.upcoming import MOST_UPCOMING, limit_upcoming, upcoming_limit
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, WholeField

blueprint = Blueprint("limits", __name__)


class LimitsForm(Form):
    upcoming = WholeField(_l("Upcoming bookings per person"), least=1, most=MOST_UPCOMING, required=False)


@blueprint.get("/limits")
@staff(Permission.SPACES, whole_house=True)
def show() -> Response:
    form = LimitsForm(formdata=None, data={"upcoming": upcoming_limit(session())})
    return page("admin/limits.html", form=form)


@blueprint.post("/limits")
@staff(Permission.SPACES, whole_house=True)
def update() -> Response:
    form = LimitsForm()
    if not attempt(form, lambda: limit_upcoming(session(), signed_in(), form.upcoming.data, clock())):
        return page("admin/limits.html", wrong=True, form=form)
    return done(url_for("admin.limits.show"), _("Saved."))
