"""Signed out on either side: on to the provider after signing out here, and its own word that somebody left there."""

from flask import current_app, make_response, request, url_for
from werkzeug.wrappers import Response

from app.blueprints.sign_on.arriving import refuse
from app.blueprints.sign_on.routes import blueprint
from app.domain.sign_on.leaving import leave, obey_logout
from app.domain.sign_on.providers import find_provider
from app.domain.sign_on.terms import SignOnRefused
from app.models import SignOnProtocol
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import by_address
from app.web.origin import request_origin
from app.web.ports import sign_on
from app.web.security import csrf
from app.web.sign_on import answer_to


@blueprint.get("/sign-on/<int:provider_id>/leave")
@public
def leave_provider(provider_id: int) -> Response:
    """On to the provider's own sign-out, and back to our sign-in page from there."""
    back_to, way = request_origin() + url_for("auth.new"), (provider_id, request.args.get("token", ""))
    answers = answer_to(provider_id, find_provider(session(), provider_id).protocol)
    try:
        url = leave(session(), sign_on(), way, back_to, answers, auth.now())
    except SignOnRefused as refused:
        return refuse(provider_id, refused)
    return go_to(url or url_for("auth.new"))


@blueprint.post("/sign-on/<int:provider_id>/logout")
@csrf.exempt  # type: ignore[untyped-decorator] # a provider's server has no form of ours; its signature is checked instead
@public
def create_logout(provider_id: int) -> Response:
    """OpenID Connect's back-channel logout: a provider tells us that somebody signed out there."""
    if by_address("logout order by address").spend():
        return make_response("", 429)
    try:
        answers = answer_to(provider_id, SignOnProtocol.OIDC)
        ended = obey_logout(session(), sign_on(), provider_id, request.form.to_dict(), answers, auth.now())
    except SignOnRefused as refused:
        session().rollback()
        current_app.logger.warning(
            "logout order refused: tenant=%s provider=%s reason=%s",
            auth.portal().slug,
            provider_id,
            refused.reason.value,
        )
        return make_response({"error": "invalid_request"}, 400)
    session().commit()
    current_app.logger.info("logout order of provider %s ended %s sessions", provider_id, ended)
    return make_response("", 200)
