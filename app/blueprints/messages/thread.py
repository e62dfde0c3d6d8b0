"""A conversation: reading it, writing into it, and what a browser keeps here meanwhile."""

from typing import Any

from flask import Response as Answer
from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.blueprints.messages.forms import DraftForm, MessageForm
from app.blueprints.messages.room import blueprint, press
from app.blueprints.messages.sending import take
from app.blueprints.messages.views import first_new, head_of, lines_of, rows_of
from app.blueprints.messages.words import REFUSALS
from app.domain.messaging.drafts import keep_draft
from app.domain.messaging.listing import ConversationRow, Mailbox, mailbox
from app.domain.messaging.news import tell_typing
from app.domain.messaging.reading import mark_read
from app.domain.messaging.send import send, who_hears
from app.domain.messaging.thread import ThreadPage, thread
from app.domain.profile.visible import Seen, seen_names
from app.models.base import LARGEST_ID
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.forms import id_of, id_or_none
from app.web.htmx import wants_part


@blueprint.get("/messages/<int:conversation_id>")
@in_section("messages")
def show(conversation_id: int) -> Response:
    """The newest messages, or those before `?before=`; whoever looks has read them. A part for who asks again."""
    return _page(conversation_id, MessageForm(formdata=None))


@blueprint.post("/messages/<int:conversation_id>")
@in_section("messages")
def create_message(conversation_id: int) -> Response:
    return take(
        lambda command: send(session(), auth.signed_in(), conversation_id, command, auth.now()),
        lambda form, status: _page(conversation_id, form, status),
    )


@blueprint.post("/messages/<int:conversation_id>/reading")
@in_section("messages")
def create_reading(conversation_id: int) -> Response:
    """Somebody has read it without looking, up to a message (`up_to`) or all of it: from the inbox, or from a banner."""
    up_to = id_of(request.form.get("up_to", ""))
    return press(
        url_for("inbox.index"),
        lambda: mark_read(
            session(), auth.signed_in(), conversation_id, LARGEST_ID if up_to is None else up_to, auth.now()
        ),
    )


@blueprint.post("/messages/<int:conversation_id>/draft")
@in_section("messages")
def update_draft(conversation_id: int) -> Response:
    form = DraftForm()
    actor = auth.signed_in()

    def keep() -> None:
        keep_draft(session(), actor, conversation_id, form.body.data or "", auth.now())

    return Answer(status=204 if attempt(form, keep, REFUSALS) else 422)


@blueprint.post("/messages/<int:conversation_id>/typing")
@in_section("messages")
def create_typing(conversation_id: int) -> Response:
    """Somebody is writing: the others' open pages show it. Nothing is kept."""
    actor = auth.signed_in()
    tell_typing(session(), conversation_id, who_hears(session(), actor, conversation_id))
    session().commit()
    return Answer(status=204)


def _page(conversation_id: int, form: MessageForm, status: int = 200) -> Response:
    actor, now, tz = auth.signed_in(), auth.now(), auth.own_clock()
    box = mailbox(session(), actor, conversation_id)
    row = box.row(conversation_id)
    before = request.args.get("before", type=id_or_none)
    found = thread(session(), actor, conversation_id, now, before=before)
    # What was new when the page was opened stays marked while it is open: its parts ask with it.
    new_after = request.args.get("new_after", type=id_or_none)
    if new_after is None and row.unread and not wants_part():
        new_after = row.read_up_to
    if before is None and found.last_id > row.read_up_to:
        box = _read(box, row, found)
        row = box.row(conversation_id)
    names = _names(found, box)
    part = wants_part() and request.method == "GET"
    if not form.is_submitted():
        form.body.data = row.draft
    lines = list(lines_of(found.lines, row, names, actor, now, tz))
    page = render_template(
        "messages/_thread.html" if part else "messages/show.html",
        rows=rows_of(box, now, tz, conversation_id),
        open_id=conversation_id,
        head=head_of(row),
        lines=lines,
        new_after=new_after,
        first_new=first_new(lines, new_after),
        older=found.lines[0].id if found.older else None,
        earlier=before is not None,
        form=form,
        asked="",
    )
    return make_response(page, status)


def _read(box: Mailbox, row: ConversationRow, found: ThreadPage) -> Mailbox:
    """Note what is being read now; the list and the badge of this very page go by it."""
    actor = auth.signed_in()
    if not mark_read(session(), actor, row.id, found.last_id, auth.now()):
        return box
    session().commit()
    auth.look_again()
    return mailbox(session(), actor, row.id)


def _names(found: ThreadPage, box: Mailbox) -> dict[int, Seen]:
    """Everybody who speaks here, also who has left since."""
    speakers: set[Any] = {line.sender_id for line in found.lines} - box.names.keys()
    more = seen_names(session(), auth.signed_in(), speakers) if speakers else {}
    return box.names | more
