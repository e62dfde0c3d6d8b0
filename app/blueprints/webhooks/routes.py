"""The payment provider's messages. 2xx thanks for one; anything else has it sent again."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, request

from app.domain.cards.account import endpoint_secret
from app.domain.cards.hearing import hear, hear_connected
from app.domain.cards.terms import CardsAway, NoCards, ProviderRefuses
from app.domain.cards.tokens import tenant_in
from app.ports import CardNews, NotSigned
from app.tenancy import tenant_session
from app.web.access import public
from app.web.auth import clock
from app.web.database import db, session
from app.web.ports import cards
from app.web.security import csrf

blueprint = Blueprint("webhooks", __name__)
_LARGEST = 512 * 1024


@csrf.exempt  # type: ignore[untyped-decorator] # a provider's server has no form of ours; its signature is checked instead
@blueprint.post("/webhooks/stripe")
@public
def create() -> Response:
    """What happened in the tenant's own account."""
    kit = cards()
    news = _read(endpoint_secret(session(), kit.box))
    if news is None:
        return Response(status=400)
    return _heard(lambda: hear(session(), kit, news, clock()))


@csrf.exempt  # type: ignore[untyped-decorator] # as above
@blueprint.post("/webhooks/stripe/connected")
@public
def create_connected() -> Response:
    """What happened in an account that the host speaks for: whichever tenant's that is, the message comes here."""
    news = _read(cards().platform.secret or None)
    if news is None:
        return Response(status=400)
    tenant_id = tenant_in(news.token)
    if tenant_id is None:
        return Response(status=204)
    with tenant_session(db.session.session_factory, tenant_id) as theirs:
        return _heard(lambda: hear_connected(theirs, cards(), news, clock()))


def _read(secret: str | None) -> CardNews | None:
    if secret is None or (request.content_length or 0) > _LARGEST:
        return None
    try:
        return cards().cards.read(request.get_data(), request.headers.get("Stripe-Signature", ""), secret)
    except NotSigned:
        current_app.logger.warning("a message to %s is not signed by the payment provider", request.path)
        return None


def _heard(act: Callable[[], object]) -> Response:
    try:
        act()
    except (CardsAway, NoCards, ProviderRefuses):
        return Response(status=503, headers={"Retry-After": "60"})
    return Response(status=204)
