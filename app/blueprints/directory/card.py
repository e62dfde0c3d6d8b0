"""Somebody as a card for one's address book: what this reader may see of them, and no more."""

from flask import Response, url_for

from app.blueprints.directory.room import blueprint
from app.domain.profile.visible import visible_profile
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.origin import request_origin
from app.web.vcard import vcard


@blueprint.get("/people/<int:person_id>/card.vcf")
@in_section("directory")
def show_card(person_id: int) -> Response:
    seen = visible_profile(session(), auth.signed_in(), person_id)
    address = request_origin() + url_for("directory.show", person_id=person_id)
    answer = Response(vcard(seen, address), mimetype="text/vcard")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{seen.name}.vcf")
    return answer
