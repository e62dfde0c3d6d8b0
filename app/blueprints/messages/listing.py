"""The list of conversations, words to look for in them, and beginning a new one."""

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.blueprints.messages.forms import LookForm, MessageForm, NewForm, SearchForm
from app.blueprints.messages.found import Found, found_of
from app.blueprints.messages.room import blueprint, conversation_url
from app.blueprints.messages.sending import take
from app.blueprints.messages.views import face_of, rows_of
from app.blueprints.messages.words import REFUSALS, short_name
from app.domain.messaging.listing import Mailbox, mailbox
from app.domain.messaging.people import check_may_write_to, find_people, pick
from app.domain.messaging.search import search
from app.domain.messaging.send import send
from app.domain.messaging.start import find_direct, start_direct, start_group
from app.domain.messaging.terms import NewGroup, SendMessage, Sent
from app.domain.profile.visible import Seen, seen_names
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.forms import id_or_none
from app.web.htmx import go_to, wants_part
from app.web.limits import by_account, too_many, wait_sentence


@blueprint.get("/messages")
@in_section("messages")
def index() -> Response:
    """One's conversations, or with `?q=` the messages in them that hold the words."""
    actor, now, tz = auth.signed_in(), auth.now(), auth.own_clock()
    words = SearchForm(request.args).q.data or ""
    box = mailbox(session(), actor)
    # The conversation beside the list, when the list asks again by itself.
    open_id = request.args.get("open", type=id_or_none)
    page = render_template(
        "messages/_list.html" if wants_part() else "messages/index.html",
        rows=rows_of(box, now, tz, open_id),
        open_id=open_id,
        asked=words,
        found=_found(words, box),
    )
    return make_response(page)


def _found(words: str, box: Mailbox) -> list[Found]:
    found = search(session(), auth.signed_in(), words)
    strangers = {each.sender_id for each in found} - box.names.keys()
    names = box.names | (seen_names(session(), auth.signed_in(), strangers) if strangers else {})
    return found_of(found, words, box, names, auth.now(), auth.own_clock())


@blueprint.get("/messages/new")
@in_section("messages")
def new() -> Response:
    """Choosing whom to write to; with `?to=` writing to that person, in the conversation there is if there is one."""
    to = request.args.get("to", type=id_or_none)
    if to is None:
        return _picker(NewForm(formdata=None), LookForm(request.args))
    begun = find_direct(session(), auth.signed_in(), to)
    if begun is not None:
        return go_to(conversation_url(begun))
    return _first_message(to, MessageForm(formdata=None))


@blueprint.post("/messages")
@in_section("messages")
def create() -> Response:
    """Go on with the people who were ticked: to the one of them, or into a new group. Or only look for others."""
    form, look = NewForm(), LookForm(request.form)
    if "find" in request.form and not _goes_on(form, look):
        return _picker(form, look)
    people: frozenset[int] = form.people.data - {auth.signed_in().person_id}
    sharing = _sharing()
    if len(people) == 1 and form.validate():
        return _on_with(sharing, f"p{min(people)}", url_for("messages.new", to=min(people)))
    if wait := by_account("conversation by account", auth.signed_in().email).spend():
        form.say("people", wait_sentence(wait))
        return too_many(_picker(form, LookForm(request.form), 429), wait)
    made: list[int] = []

    def start() -> None:
        made.append(
            start_group(session(), auth.signed_in(), NewGroup(people, form.title.data or ""), auth.now())
        )

    if not attempt(form, start, REFUSALS):
        return _picker(form, look, 422)
    return _on_with(sharing, f"c{made[0]}", conversation_url(made[0]))


def _on_with(sharing: int | None, to: str, otherwise: str) -> Response:
    """Back to what waits to be sent, now that it is known to whom; else on to writing."""
    back = url_for("messages.show_share", sharing_id=sharing, to=to) if sharing else otherwise
    return go_to(back)


def _goes_on(form: NewForm, look: LookForm) -> bool:
    """Whether it was Enter in the group's name that pressed the button which looks for people, the first of the form."""
    return bool(form.title.data and form.people.data and look.q.data == look.looked.data)


@blueprint.post("/messages/to/<int:person_id>")
@in_section("messages")
def create_direct(person_id: int) -> Response:
    """The first message to somebody."""

    def begin(command: SendMessage) -> Sent:
        actor = auth.signed_in()
        conversation_id = start_direct(session(), actor, person_id, auth.now())
        return send(session(), actor, conversation_id, command, auth.now())

    begins = find_direct(session(), auth.signed_in(), person_id) is None
    return take(begin, lambda form, status: _first_message(person_id, form, status), begins=begins)


def _sharing() -> int | None:
    """What waits to be sent to whom is chosen here: people come from its page, and go back there."""
    return request.values.get("sharing", type=id_or_none)


def _picker(form: NewForm, look: LookForm, status: int = 200) -> Response:
    actor, words = auth.signed_in(), look.q.data or ""
    chosen: frozenset[int] = look.people.data or frozenset()
    ticked = pick(session(), actor, chosen)
    found = [each for each in find_people(session(), actor, words) if each.person_id not in chosen]
    page = render_template(
        "messages/new.html",
        rows=rows_of(mailbox(session(), actor), auth.now(), auth.own_clock()),
        open_id=None,
        asked="",
        form=form,
        sharing=_sharing(),
        sought=words,
        people=[
            (each.person_id, face_of(each.seen), each.seen.work, each.person_id in chosen)
            for each in (*ticked, *found)
        ],
    )
    return make_response(page, status)


def _first_message(person_id: int, form: MessageForm, status: int = 200) -> Response:
    seen = _writable(person_id)
    box, now, tz = mailbox(session(), auth.signed_in()), auth.now(), auth.own_clock()
    page = render_template(
        "messages/first.html",
        rows=rows_of(box, now, tz),
        open_id=None,
        asked="",
        who=face_of(seen),
        under=seen.work,
        to=short_name(seen),
        action=url_for("messages.create_direct", person_id=person_id),
        form=form,
    )
    return make_response(page, status)


def _writable(person_id: int) -> Seen:
    """Somebody to write to. Raises NotFound."""
    actor = auth.signed_in()
    if person_id == actor.person_id:
        raise NotFound
    check_may_write_to(session(), actor, frozenset({person_id}))
    return seen_names(session(), actor, {person_id})[person_id]
