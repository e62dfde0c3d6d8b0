"""Sharing from other apps: taking what the phone's share sheet posts, showing it, and sending it when its person says so."""

from flask import Response as Answer
from flask import jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.blueprints.messages.room import blueprint, conversation_url, press
from app.blueprints.messages.sending import wants_json
from app.blueprints.messages.sharing_forms import LookForm, SendForm, ShareForm, WordsForm
from app.blueprints.messages.sharing_views import choices, files_of
from app.blueprints.messages.words import REFUSALS
from app.domain.messaging.sharing import (
    Kept,
    Receiver,
    Waiting,
    claim_share,
    discard_share,
    keep_share,
    newest_share,
    reword_share,
    send_share,
    shared_file,
    waiting_share,
)
from app.domain.messaging.terms import LONGEST_MESSAGE, NothingToSend
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.cookies import leave_session_alone
from app.web.database import session
from app.web.forms import too_long
from app.web.htmx import go_to
from app.web.limits import by_account, by_address, too_many, wait_sentence
from app.web.private_files import answer_file
from app.web.security import MAX_FORM_BYTES, csrf

_MEGABYTE = 1024 * 1024


@blueprint.post("/messages/sharing")
@csrf.exempt  # type: ignore[untyped-decorator] # the share sheet has no form of ours: what it brings waits for its person's press
@in_section("messages", visitors=True)
def create_share() -> Response:
    """Take what is shared and let it wait. Any site may post here: without the session's cookie, which must then stay."""
    leave_session_alone()
    actor = auth.actor()
    allowance = by_account("share by account", actor.email) if actor else by_address("share by address")
    if wait := allowance.spend():
        return too_many(_not_taken(wait_sentence(wait), 429), wait)
    try:
        form = ShareForm(CombinedMultiDict([request.files, request.form]))
    except RequestEntityTooLarge:
        return _not_taken(_too_large(), 413)
    try:
        kept = keep_share(session(), actor, form.to_share(), auth.now())
    except NothingToSend:
        return _not_taken(" ".join(form.files.refused) or _("Nothing came that a message could hold."), 422)
    session().commit()
    href = _where(kept)
    return jsonify(href=href) if wants_json() else go_to(href)


@blueprint.get("/messages/sharing")
@in_section("messages")
def index_shares() -> Response:
    """To what was shared last. With `?parked=` what the device kept is fetched first, by its script."""
    newest = newest_share(session(), auth.signed_in(), auth.now())
    if newest is not None and "parked" not in request.args:
        return go_to(url_for("messages.show_share", sharing_id=newest))
    return make_response(render_template("messages/sharing/index.html", newest=newest))


@blueprint.get("/messages/sharing/claim/<token>")
@in_section("messages")
def show_claim(token: str) -> Response:
    """Where a share leads that came before the sign-in: it is this person's from now on."""
    found = claim_share(session(), auth.signed_in(), token, auth.now())
    session().commit()
    return go_to(url_for("messages.show_share", sharing_id=found))


@blueprint.get("/messages/sharing/<int:sharing_id>")
@in_section("messages")
def show_share(sharing_id: int) -> Response:
    waiting = _waiting(sharing_id)
    form = SendForm(formdata=None)
    form.body.data = waiting.text
    if len(waiting.text) > LONGEST_MESSAGE:
        form.say("body", too_long(len(waiting.text), LONGEST_MESSAGE))
    return _page(waiting, form, LookForm(request.args))


@blueprint.post("/messages/sharing/<int:sharing_id>")
@in_section("messages")
def create_shared_message(sharing_id: int) -> Response:
    """Send it. Or only look for others, or go and choose somebody new, with the words kept."""
    if "find" in request.form:
        return _page(_waiting(sharing_id), SendForm(), LookForm(request.form))
    if "new" in request.form:
        return _choose_somebody_new(sharing_id)
    form, now, sent = SendForm(), auth.now(), list[int]()
    if wait := by_account("message by account", auth.signed_in().email).spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(_waiting(sharing_id), form, LookForm(request.form), 429), wait)

    def send() -> None:
        to = form.to.receiver or Receiver()
        done = send_share(session(), auth.signed_in(), sharing_id, to, form.to_command(), now)
        sent.append(done.conversation_id)

    if not attempt(form, send, REFUSALS):
        return _page(_waiting(sharing_id), form, LookForm(request.form), 422)
    return go_to(conversation_url(sent[0]))


@blueprint.post("/messages/sharing/<int:sharing_id>/removal")
@in_section("messages")
def destroy_share(sharing_id: int) -> Response:
    return press(
        url_for("messages.index"),
        lambda: discard_share(session(), auth.signed_in(), sharing_id, auth.now()),
        _("Nothing was sent."),
    )


@blueprint.get("/messages/sharing/<int:sharing_id>/files/<int:file_id>")
@in_section("messages")
def show_shared_file(sharing_id: int, file_id: int) -> Answer:
    return answer_file(shared_file(session(), auth.signed_in(), sharing_id, file_id, auth.now()))


def _choose_somebody_new(sharing_id: int) -> Response:
    words = WordsForm()

    def keep() -> None:
        reword_share(session(), auth.signed_in(), sharing_id, words.body.data or "", auth.now())

    if attempt(words, keep, REFUSALS):
        return go_to(url_for("messages.new", sharing=sharing_id))
    form = SendForm()
    form.body.errors = words.body.errors
    return _page(_waiting(sharing_id), form, LookForm(request.form), 422)


def _waiting(sharing_id: int) -> Waiting:
    return waiting_share(session(), auth.signed_in(), sharing_id, auth.now())


def _where(kept: Kept) -> str:
    if kept.claim:
        return url_for("messages.show_claim", token=kept.claim)
    return url_for("messages.show_share", sharing_id=kept.id)


def _page(waiting: Waiting, form: SendForm, look: LookForm, status: int = 200) -> Response:
    page = render_template(
        "messages/sharing/show.html",
        id=waiting.id,
        files=files_of(waiting),
        said=waiting.said.splitlines(),
        form=form,
        asked=look.q.data or "",
        choices=choices(look.q.data or "", look.to.receiver),
    )
    return make_response(page, status)


def _not_taken(sentence: str, status: int) -> Response:
    if wants_json():
        return make_response(jsonify(error=_("Not shared"), detail=sentence), status)
    return make_response(render_template("messages/sharing/refused.html", sentence=sentence), status)


def _too_large() -> str:
    return _(
        "All of it together is larger than %(size)s MB. Share fewer or smaller files.",
        size=MAX_FORM_BYTES // _MEGABYTE,
    )
