"""The limits of the house: what holds for everybody, whichever room they book."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.booking.late_fees import ladders
from app.domain.booking.no_shows import MOST_MINUTES, release_after, release_minutes
from app.domain.booking.strikes import LEAST_STRIKES, MOST_STRIKES, limit_strikes, strike_limit
from app.domain.booking.upcoming import MOST_UPCOMING, limit_upcoming, upcoming_limit
from app.domain.credits.visiting import ask_for_passes, needs_pass
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.fee_words import ladder_words
from app.web.forms import CheckField, Form, WholeField

blueprint = Blueprint("limits", __name__)


class LimitsForm(Form):
    upcoming = WholeField(_l("Upcoming bookings per person"), least=1, most=MOST_UPCOMING, required=False)


class ReleaseForm(Form):
    release = WholeField(_l("Minutes after the start"), least=1, most=MOST_MINUTES, required=False)


class StrikesForm(Form):
    strikes = WholeField(_l("Times in a row"), least=LEAST_STRIKES, most=MOST_STRIKES, required=False)


class CheckInForm(Form):
    needs_pass = CheckField(_l("Who is on no plan needs a pass"))


@blueprint.get("/limits")
@staff(Permission.SPACES, whole_house=True)
def show() -> Response:
    return _page()


@blueprint.post("/limits")
@staff(Permission.SPACES, whole_house=True)
def update() -> Response:
    form = LimitsForm()
    if not attempt(form, lambda: limit_upcoming(session(), signed_in(), form.upcoming.data, clock())):
        return _page(form)
    return done(url_for("admin.limits.show"), _("Saved."))


@blueprint.post("/limits/release")
@staff(Permission.SPACES, whole_house=True)
def update_release() -> Response:
    form = ReleaseForm()
    if not attempt(form, lambda: release_after(session(), signed_in(), form.release.data, clock())):
        return _page(release=form)
    return done(url_for("admin.limits.show"), _("Saved."))


@blueprint.post("/limits/strikes")
@staff(Permission.SPACES, whole_house=True)
def update_strikes() -> Response:
    form = StrikesForm()
    if not attempt(form, lambda: limit_strikes(session(), signed_in(), form.strikes.data, clock())):
        return _page(strikes=form)
    return done(url_for("admin.limits.show"), _("Saved."))


@blueprint.post("/limits/check-in")
@staff(Permission.SPACES, whole_house=True)
def update_check_in() -> Response:
    form = CheckInForm()
    if not attempt(
        form, lambda: ask_for_passes(session(), signed_in(), auth.now(), needed=bool(form.needs_pass.data))
    ):
        return _page()
    return done(url_for("admin.limits.show"), _("Saved."))


def _page(
    form: LimitsForm | None = None,
    release: ReleaseForm | None = None,
    strikes: StrikesForm | None = None,
) -> Response:
    asked = CheckInForm(formdata=None, data={"needs_pass": needs_pass(session())})
    known = {"upcoming": upcoming_limit(session())}
    shown = form or LimitsForm(formdata=None, data=known)
    kept = release or ReleaseForm(formdata=None, data={"release": release_minutes(session())})
    return page(
        "admin/limits.html",
        wrong=bool(form or release or strikes),
        form=shown,
        check_in=asked,
        release=kept,
        strikes=strikes or StrikesForm(formdata=None, data={"strikes": strike_limit(session())}),
        late=ladder_words(ladders(session()).get(None, ())),
    )
