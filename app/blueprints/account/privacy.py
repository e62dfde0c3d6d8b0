"""Who sees what of oneself, and how that looks to them."""

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import PrivacyForm
from app.blueprints.account.routes import blueprint
from app.domain.profile.privacy import own_privacy, set_privacy
from app.domain.profile.visible import seen_by_others
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.people import person_page


@blueprint.get("/account/privacy")
@in_section("account")
def edit_privacy() -> Response:
    return _page(PrivacyForm(own_privacy(session(), auth.signed_in()), formdata=None))


@blueprint.post("/account/privacy")
@in_section("account")
def update_privacy() -> Response:
    form = PrivacyForm()
    if not form.validate():
        return _page(form, 422)
    set_privacy(session(), auth.signed_in(), form.to_command(), auth.now())
    session().commit()
    flash(_("Saved."))
    return go_to(url_for("account.edit_privacy"))


@blueprint.get("/account/privacy/preview")
@in_section("account")
def show_preview() -> str:
    """Oneself as others see one: `as=contact` for somebody who is signed in without a membership."""
    member = request.args.get("as") != "contact"
    seen = seen_by_others(session(), auth.signed_in(), member=member)
    return render_template("account/preview.html", member=member, seen=person_page(seen))


def _page(form: PrivacyForm, status: int = 200) -> Response:
    template = "account/_privacy_form.html" if wants_part() else "account/privacy.html"
    return make_response(render_template(template, form=form), status)
