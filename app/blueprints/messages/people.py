"""Who is in a conversation, and what one wants to hear of it: names, people, quiet, leaving, blocking."""

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.messages.forms import AddForm, LookForm, TitleForm
from app.blueprints.messages.room import blueprint, conversation_url, press
from app.blueprints.messages.views import face_of, head_of, rows_of
from app.blueprints.messages.words import REFUSALS
from app.domain.messaging.blocks import block, unblock
from app.domain.messaging.finding import membership
from app.domain.messaging.listing import mailbox
from app.domain.messaging.members import add_people, leave, mute, rename
from app.domain.messaging.people import find_people
from app.domain.messaging.start import find_direct
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to


@blueprint.get("/messages/<int:conversation_id>/details")
@in_section("messages")
def edit(conversation_id: int) -> Response:
    """Who is there, and what one wants to hear of it."""
    return _page(conversation_id, TitleForm(formdata=None), AddForm(formdata=None))


@blueprint.post("/messages/<int:conversation_id>/details")
@in_section("messages")
def update(conversation_id: int) -> Response:
    form = TitleForm()

    def change() -> None:
        rename(session(), auth.signed_in(), conversation_id, form.title.data or "")

    if attempt(form, change, REFUSALS):
        return go_to(details_url(conversation_id))
    return _page(conversation_id, form, AddForm(formdata=None), 422)


@blueprint.post("/messages/<int:conversation_id>/people")
@in_section("messages")
def create_people(conversation_id: int) -> Response:
    """Bring those in who were ticked. Or only look for others."""
    membership(session(), auth.signed_in(), conversation_id)
    form = AddForm()

    def add() -> None:
        add_people(session(), auth.signed_in(), conversation_id, form.people.data, auth.now())

    if "find" not in request.form and attempt(form, add, REFUSALS):
        return go_to(details_url(conversation_id))
    status = 200 if "find" in request.form else 422
    return _page(conversation_id, TitleForm(formdata=None), form, status)


@blueprint.post("/messages/<int:conversation_id>/quiet")
@in_section("messages")
def create_quiet(conversation_id: int) -> Response:
    return press(
        details_url(conversation_id),
        lambda: mute(session(), auth.signed_in(), conversation_id, muted=True),
        _("You are told nothing of this conversation."),
    )


@blueprint.post("/messages/<int:conversation_id>/quiet/removal")
@in_section("messages")
def destroy_quiet(conversation_id: int) -> Response:
    return press(
        details_url(conversation_id),
        lambda: mute(session(), auth.signed_in(), conversation_id, muted=False),
        _("You are told of new messages again."),
    )


@blueprint.post("/messages/<int:conversation_id>/departure")
@in_section("messages")
def create_departure(conversation_id: int) -> Response:
    return press(
        conversation_url(conversation_id),
        lambda: leave(session(), auth.signed_in(), conversation_id),
        _("You have left. What was said until now stays here to read."),
    )


@blueprint.post("/messages/blocks/<int:person_id>")
@in_section("messages")
def create_block(person_id: int) -> Response:
    return press(
        _back_to(person_id),
        lambda: block(session(), auth.signed_in(), person_id, auth.now()),
        _("Blocked. They are not told."),
    )


@blueprint.post("/messages/blocks/<int:person_id>/removal")
@in_section("messages")
def destroy_block(person_id: int) -> Response:
    return press(
        _back_to(person_id),
        lambda: unblock(session(), auth.signed_in(), person_id),
        _("Unblocked. What they wrote meanwhile was not delivered."),
    )


def details_url(conversation_id: int) -> str:
    return url_for("messages.edit", conversation_id=conversation_id)


def _back_to(person_id: int) -> str:
    begun = find_direct(session(), auth.signed_in(), person_id)
    return url_for("messages.index") if begun is None else details_url(begun)


def _page(conversation_id: int, form: TitleForm, add: AddForm, status: int = 200) -> Response:
    actor = auth.signed_in()
    box = mailbox(session(), actor, conversation_id)
    row = box.row(conversation_id)
    if not form.is_submitted():
        form.title.data = row.title
    look = LookForm(request.values)
    words = look.q.data or ""
    chosen: frozenset[int] = look.people.data or frozenset()
    there = {actor.person_id, *(other.person_id for other in row.others)}
    found = find_people(session(), actor, words) if row.is_group and not row.left else []
    page = render_template(
        "messages/details.html",
        rows=rows_of(box, auth.now(), auth.own_clock(), conversation_id),
        open_id=conversation_id,
        asked="",
        head=head_of(row),
        people=[(face_of(other.seen), other) for other in row.others],
        form=form,
        add=add,
        sought=words,
        addable=[
            (each.person_id, face_of(each.seen), each.seen.work, each.person_id in chosen)
            for each in found
            if each.person_id not in there
        ],
    )
    return make_response(page, status)
