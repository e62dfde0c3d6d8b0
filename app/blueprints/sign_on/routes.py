"""The way to a provider, and the way back from one that speaks OpenID Connect."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.blueprints.sign_on.arriving import arrive, refuse
from app.domain.sign_on.providers import find_provider
from app.domain.sign_on.terms import SignOnRefused
from app.web.access import public
from app.web.addresses import local_path
from app.web.database import session
from app.web.errors import error_page
from app.web.limits import by_address, too_many, wait_sentence
from app.web.sign_on import send_away

blueprint = Blueprint("sign_on", __name__)

_LONGEST_NEXT = 2000


@blueprint.get("/sign-on/<int:provider_id>/start")
@public
def start(provider_id: int) -> Response:
    """Off to the provider. A link and not a form: the content policy lets no form end on another site."""
    if wait := by_address("sign-on by address").spend():
        return too_many(error_page(429, wait_sentence(wait)), wait)
    asked = request.args.get("next", "")
    target = local_path(asked) if len(asked) <= _LONGEST_NEXT else ""
    provider = find_provider(session(), provider_id, enabled=True)
    try:
        return send_away(provider.id, provider.protocol, provider.name, target)
    except SignOnRefused as refused:
        return refuse(provider_id, refused)


@blueprint.get("/sign-on/<int:provider_id>/callback")
@public
def callback(provider_id: int) -> Response:
    return arrive(provider_id, request.args.get("state", ""), request.args.to_dict())
