"""SAML's own addresses: our metadata, the form that brings an answer, and signing out on either side."""

from flask import current_app, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.sign_on.arriving import arrive, refuse, settled
from app.blueprints.sign_on.routes import blueprint
from app.domain import sessions
from app.domain.sign_on.arrival import link_on_arrival
from app.domain.sign_on.leaving import obey_logout
from app.domain.sign_on.saml import find_saml_provider, saml_client
from app.domain.sign_on.terms import SignOnRefused
from app.domain.visit import load_visit
from app.models import SignOnProtocol, SignOnPurpose
from app.ports import SignOnFailed
from app.web import auth
from app.web.access import public
from app.web.addresses import local_path
from app.web.cookies import leave_session_alone
from app.web.database import session
from app.web.errors import error_page
from app.web.htmx import go_to
from app.web.limits import by_address, too_many, wait_sentence
from app.web.ports import sign_on
from app.web.security import csrf
from app.web.sign_on import answer_to, forget_arrival, just_arrived
from app.web.signing import remember


@blueprint.get("/sign-on/<int:provider_id>/saml/metadata")
@public
def saml_metadata(provider_id: int) -> Response:
    """Ourselves, for the provider's admin. Shown while it is switched off too: it is what they need to switch it on."""
    client = saml_client(session(), sign_on(), provider_id, _answer_to(provider_id))
    answer = make_response(sign_on().saml.describe(client))
    answer.mimetype = "application/samlmetadata+xml"
    return answer


@blueprint.post("/sign-on/<int:provider_id>/saml/acs")
@csrf.exempt  # type: ignore[untyped-decorator] # the provider's page has no form of ours: a cookie and a token bind it
@public
def saml_answer(provider_id: int) -> Response:
    """The answer, posted by the provider's page from another site: without our session's cookie."""
    leave_session_alone()
    if wait := by_address("sign-on by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    find_saml_provider(session(), provider_id)
    return arrive(provider_id, request.form.get("RelayState", ""), request.form.to_dict())


@blueprint.get("/sign-on/arrived")
@public
def saml_arrived() -> Response:
    """Where an answer from another site leads: here the session's cookie is there again, and can be changed."""
    token, before = just_arrived(), auth.actor()
    target = local_path(request.args.get("next", ""))
    if token == SignOnPurpose.TRIAL:
        response = settled(SignOnPurpose.TRIAL, target)
        forget_arrival(response)
        return response
    if not token or load_visit(session(), token, auth.now(), auth.now().date()).actor is None:
        return go_to((target or "/") if before else url_for("auth.new"))
    if before:
        sessions.sign_out(session(), before, auth.now())
        session().commit()
    remember(token)
    response = go_to(target or "/")
    forget_arrival(response)
    return response


@blueprint.get("/sign-on/<int:provider_id>/saml/linked")
@public
def saml_linked(provider_id: int) -> Response:
    """Where an account arrives that is to be linked: only here it is known who is signed in in this browser."""
    find_saml_provider(session(), provider_id)
    actor = auth.actor()
    try:
        link_on_arrival(
            session(), provider_id, just_arrived(), actor.person_id if actor else None, auth.now()
        )
    except SignOnRefused as refused:
        response = refuse(provider_id, refused)
    else:
        session().commit()
        response = settled(SignOnPurpose.LINK, local_path(request.args.get("next", "")))
    forget_arrival(response)
    return response


@blueprint.get("/sign-on/<int:provider_id>/saml/sls")
@public
def saml_logout(provider_id: int) -> Response:
    """Single logout: the provider's wish, or its answer to ours. Both are signed, and change nothing otherwise."""
    if wait := by_address("logout order by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    kit, now = sign_on(), auth.now()
    answer = {"query": request.query_string.decode("ascii", "replace")}
    client = saml_client(session(), kit, provider_id, _answer_to(provider_id))
    try:
        if "SAMLResponse" in request.args:
            kit.saml.read_logout_answer(client, answer, request.args.get("RelayState", ""))
            flash(_("You are signed out there too."))
            return go_to(url_for("auth.new"))
        ended = obey_logout(session(), kit, provider_id, answer, _answer_to(provider_id), now)
        session().commit()
        current_app.logger.info("logout order of provider %s ended %s sessions", provider_id, ended)
        return redirect(kit.saml.confirm_logout(client, answer, now), 303)
    except SignOnFailed as failed:
        return refuse(provider_id, SignOnRefused(failed.fault, failed.detail))
    except SignOnRefused as refused:
        return refuse(provider_id, refused)


def _answer_to(provider_id: int) -> str:
    return answer_to(provider_id, SignOnProtocol.SAML)
