"""Signing in with a passkey, without typing anything."""

from werkzeug.wrappers import Response

from app.blueprints.auth.demo import sign_in_form
from app.blueprints.auth.routes import blueprint, end_session_before, next_path, sign_in_page
from app.domain.factors.entering import Entry
from app.domain.factors.passkey_entry import offer_sign_in, sign_in_with_passkey
from app.domain.factors.terms import PasskeyRefused
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.passkeys import options_response, passkey_sentence, read_answer, site
from app.web.signing import admit, browser_key, this_browser


@blueprint.post("/login/passkey/challenge")
@public
def create_challenge() -> Response:
    if wait := by_address("challenge by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    options = offer_sign_in(session(), site(), browser_key(), auth.now())
    session().commit()
    return options_response(options)


@blueprint.post("/login/passkey")
@public
def create_with_passkey() -> Response:
    form, failures = sign_in_form(), by_address("passkey by address")
    if wait := failures.spent():
        form.say("", wait_sentence(wait))
        return too_many(sign_in_page(form), wait)
    before = auth.actor()
    try:
        token = sign_in_with_passkey(session(), site(), read_answer(), this_browser(), auth.now())
    except PasskeyRefused as refused:
        session().commit()
        failures.spend()
        form.say("", passkey_sentence(refused))
        return sign_in_page(form, 422)
    session().commit()
    end_session_before(before)
    return admit(Entry(token, complete=True), next_path())
