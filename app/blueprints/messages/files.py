"""Files that hang on messages: for who may read the message."""

from flask import Response, abort

from app.blueprints.messages.room import blueprint
from app.domain.messaging.thread import attachment_of
from app.models.base import LARGEST_ID
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.private_files import answer_file


@blueprint.get("/messages/<int:conversation_id>/files/<int:attachment_id>")
@in_section("messages")
def show_file(conversation_id: int, attachment_id: int) -> Response:
    if max(conversation_id, attachment_id) > LARGEST_ID:
        abort(404)
    return answer_file(attachment_of(session(), auth.signed_in(), conversation_id, attachment_id))
