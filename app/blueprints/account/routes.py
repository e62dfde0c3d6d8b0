"""The person's own profile."""

from flask import Blueprint, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import ProfileForm
from app.domain.people.terms import BadName
from app.domain.profile import own_profile, update_profile
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.names import explain_name

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@in_section("account")
def show() -> Response:
    return _page(ProfileForm(obj=own_profile(session(), auth.signed_in())))


@blueprint.post("/account")
@in_section("account")
def update() -> Response:
    form = ProfileForm()
    if not form.validate():
        return _page(form, 422)
    try:
        update_profile(session(), auth.signed_in(), form.to_command(), auth.now())
    except BadName as bad:
        form.say(*explain_name(bad))
        return _page(form, 422)
    session().commit()
    flash(_("Saved."))
    return go_to(url_for("account.show"))


def _page(form: ProfileForm, status: int = 200) -> Response:
    template = "account/_profile_form.html" if wants_part() else "account/show.html"
    return make_response(render_template(template, form=form), status)
