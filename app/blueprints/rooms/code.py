"""Where the code beside a room leads: to one's booking there, or to booking it now."""

from flask import render_template, request

from app.blueprints.rooms.room import blueprint
from app.blueprints.rooms.words import door_words, length_words
from app.domain.booking.door import door
from app.domain.spaces.room_signs import coded
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.kernel.walltime import zone
from app.web import auth, wording
from app.web.access import in_section, places_with
from app.web.database import session
from app.web.slots import slot_value


@blueprint.get("/rooms/<code>")
@in_section("bookings")
def show(code: str) -> str:
    """A room as it stands, with one's own booking there to check in to, or what can be booked from now on.

    `minutes` puts that length first. 404 for a code that hangs nowhere, and where bookings are off for who asks.
    """
    sign, now, actor = coded(session(), code), auth.now(), auth.signed_in()
    found = door(session(), sign.resource_id, now, actor.person_id)
    if all(place.id != found.location_id for place in places_with("bookings")):
        raise NotFound
    mine = next(
        (
            each
            for each in (found.now, *found.coming)
            if each and each.mine and (each.can_check_in or each.checked_in or each is found.now)
        ),
        None,
    )
    return render_template(
        "rooms/show.html",
        door=found,
        words=door_words(found, now),
        mine=mine,
        when=wording.clock(mine.span, zone(found.zone)) if mine else "",
        offers=[] if mine else _offers(sign.resource_id, found.offers),
    )


def _offers(resource_id: int, spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    """(slot, length) of what can be booked, the length that was chosen at the panel first."""
    asked = request.args.get("minutes", "")
    ordered = sorted(spans, key=lambda each: (str(each.minutes) != asked, each.minutes))
    return [(slot_value(resource_id, each), length_words(each)) for each in ordered]
