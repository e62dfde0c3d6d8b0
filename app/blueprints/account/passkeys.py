"""The person's passkeys."""

from flask import flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.forms import PasskeyForm
from app.blueprints.account.proof import proof_needed
from app.blueprints.account.routes import blueprint
from app.domain.factors.passkeys import (
    TooManyPasskeys,
    add_passkey,
    list_passkeys,
    offer_registration,
    remove_passkey,
    rename_passkey,
)
from app.domain.factors.terms import FactorNeeded, PasskeyRefused
from app.domain.people.terms import LastOwner
from app.domain.sign_on.linking import OnlyWayIn
from app.domain.user_agent import read_user_agent
from app.kernel.errors import NotFound
from app.web import auth, wording
from app.web.access import in_section, to_enrol
from app.web.database import session
from app.web.enrolling import after_enrolling
from app.web.errors import error_page
from app.web.htmx import go_to
from app.web.passkeys import options_response, passkey_sentence, read_answer, site
from app.web.signing import browser_key


@blueprint.post("/account/passkeys/challenge")
@to_enrol
@in_section("account")
def create_passkey_challenge() -> Response:
    if question := proof_needed():
        return question
    try:
        options = offer_registration(session(), auth.signed_in(), site(), browser_key(), auth.now())
    except TooManyPasskeys:
        return error_page(409, _("You have as many passkeys as fit. Remove one first."))
    session().commit()
    return options_response(options)


@blueprint.post("/account/passkeys")
@to_enrol
@in_section("account")
def create_passkey() -> Response:
    if question := proof_needed():
        return question
    device = read_user_agent(request.user_agent.string)
    name = wording.device(device.browser, device.system)
    try:
        add_passkey(session(), auth.signed_in(), site(), read_answer(), name, auth.now())
    except PasskeyRefused as refused:
        session().commit()
        return error_page(422, passkey_sentence(refused))
    session().commit()
    flash(_("Your passkey is ready. Next time it signs you in."))
    return go_to(after_enrolling())


@blueprint.get("/account/passkeys/<int:passkey_id>")
@in_section("account")
def edit_passkey(passkey_id: int) -> Response:
    found = [each for each in list_passkeys(session(), auth.signed_in()) if each.id == passkey_id]
    if not found:
        raise NotFound
    return _page(passkey_id, PasskeyForm(name=found[0].name))


@blueprint.post("/account/passkeys/<int:passkey_id>")
@in_section("account")
def update_passkey(passkey_id: int) -> Response:
    form = PasskeyForm()
    if not form.validate():
        edit_passkey(passkey_id)  # not mine: not there
        return _page(passkey_id, form, 422)
    rename_passkey(session(), auth.signed_in(), passkey_id, form.name.data or "", auth.now())
    session().commit()
    flash(_("Saved."))
    return go_to(url_for("account.show_security"))


@blueprint.post("/account/passkeys/<int:passkey_id>/removal")
@in_section("account")
def destroy_passkey(passkey_id: int) -> Response:
    if question := proof_needed():
        return question
    try:
        remove_passkey(session(), auth.signed_in(), passkey_id, auth.now())
    except FactorNeeded:
        session().rollback()
        flash(_("Staff here need a second factor. Set up another one before you remove this."))
        return go_to(url_for("account.show_security"))
    except (OnlyWayIn, LastOwner):
        session().rollback()
        flash(_("It is your only way to sign in, so it stays. Set a password first."))
        return go_to(url_for("account.show_security"))
    session().commit()
    flash(_("That passkey signs nobody in any more. Delete it on your device too."))
    return go_to(url_for("account.show_security"))


def _page(passkey_id: int, form: PasskeyForm, status: int = 200) -> Response:
    page = render_template("account/edit_passkey.html", form=form, passkey_id=passkey_id)
    return make_response(page, status)
