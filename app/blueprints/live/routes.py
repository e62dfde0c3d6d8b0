"""Who may listen, and to what; the stream itself is the hub's (`app/live/`)."""

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as BaseResponse

from app.domain.actor import Actor, Permission
from app.domain.live import person_topic, place_topic, session_topic
from app.live.wire import Joining
from app.settings import Settings
from app.web import auth
from app.web.access import signed_in
from app.web.forms import id_of
from app.web.handover import Handover
from app.web.limits import Allowance, too_many

blueprint = Blueprint("live", __name__)

_LONGEST_ID = 40
_OLDEST_MS = 86_400_000


@blueprint.get("/live")
@signed_in
def listen() -> BaseResponse:
    """Server-sent events for the person, and for the locations that `watch` names.

    A new page says its `age` in milliseconds and hears what happened since; one that comes back says the `last` event
    that it heard. 429 and 503 say when to come back.
    """
    actor = auth.signed_in()
    wait = Allowance("live by account", str(actor.person_id)).spend()
    if wait:
        return too_many(Response(), wait)
    settings: Settings = current_app.extensions["portico_settings"]
    return Handover(
        settings.live_socket,
        Joining(
            actor.tenant_id,
            person_topic(actor.person_id),
            session_topic(actor.session_id or 0),
            _topics(actor),
            "",
            request.headers.get("Last-Event-ID", request.args.get("last", ""))[:_LONGEST_ID],
            min(request.args.get("age", _OLDEST_MS, type=int), _OLDEST_MS) / 1000,
        ),
    )


def _topics(actor: Actor) -> list[str]:
    """All of the tenant, and the locations that were asked for and are there."""
    wanted = {id_of(each) for each in request.args.getlist("watch")}
    places: list[int | None] = [None, *(place.id for place in auth.portal().places if place.id in wanted)]
    topics = [place_topic(place_id) for place_id in places]
    if actor.may(Permission.ADMIN):
        topics += [place_topic(place_id, staff=True) for place_id in places if _works_at(actor, place_id)]
    return topics


def _works_at(actor: Actor, place_id: int | None) -> bool:
    return place_id is None or actor.reaches(place_id)
