"""What one says of oneself: facts, skills and a photograph."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import PortraitForm, ProfileForm
from app.blueprints.account.routes import blueprint
from app.domain.people.terms import BadName
from app.domain.profile import own
from app.domain.profile.photo import Portrait, set_own_photo
from app.domain.profile.terms import BadProfile
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.limits import by_account, too_many, wait_sentence
from app.web.names import explain_name
from app.web.profiles import fault_sentence
from app.web.uploads import keep_photo


@blueprint.get("/account/profile")
@in_section("account")
def edit_profile() -> Response:
    return _page(_filled())


@blueprint.post("/account/profile")
@in_section("account")
def update_profile() -> Response:
    form = ProfileForm(own.skills_on_offer(session()))
    if not form.validate():
        return _page(form, status=422)
    today = auth.today()
    try:
        own.update_profile(session(), auth.signed_in(), form.to_command(), auth.now(), today)
    except BadName as bad:
        form.say(*explain_name(bad))
        return _page(form, status=422)
    except BadProfile as bad:
        for name, fault in bad.faults.items():
            form.say(name, fault_sentence(fault))
        return _page(form, status=422)
    session().commit()
    flash(_("Saved."))
    return go_to(url_for("account.edit_profile"))


@blueprint.post("/account/photo")
@in_section("account")
def update_photo() -> Response:
    actor = auth.signed_in()
    # A photograph of many pixels keeps a core busy for a second.
    if wait := by_account("photo by account", actor.email).spend():
        form = PortraitForm(formdata=None)
        form.say("photo", wait_sentence(wait))
        return too_many(_page(_filled(), form), wait)
    form = PortraitForm()
    if not form.validate():
        return _page(_filled(), form, status=422)
    squares, now = form.photo.data, auth.now()
    kept = (keep_photo(actor.tenant_id, each, now) for each in (squares.large, squares.small))
    set_own_photo(session(), actor, Portrait(*kept), now)
    session().commit()
    flash(_("That is you now."))
    return go_to(url_for("account.edit_profile"))


@blueprint.post("/account/photo/removal")
@in_section("account")
def destroy_photo() -> Response:
    set_own_photo(session(), auth.signed_in(), None, auth.now())
    session().commit()
    flash(_("The photo is gone; your initials take its place."))
    return go_to(url_for("account.edit_profile"))


def _filled() -> ProfileForm:
    return ProfileForm(
        own.skills_on_offer(session()), own.own_profile(session(), auth.signed_in()), formdata=None
    )


def _page(form: ProfileForm, portrait: PortraitForm | None = None, *, status: int = 200) -> Response:
    part = wants_part() and portrait is None
    page = render_template(
        "account/_profile_form.html" if part else "account/profile.html",
        form=form,
        portrait=portrait or PortraitForm(formdata=None),
    )
    return make_response(page, status)
