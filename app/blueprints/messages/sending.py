"""Taking a message that a form or a script sends: limits first, then shape, then rules; a script is answered in JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import jsonify, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.messages.forms import MessageForm
from app.blueprints.messages.room import conversation_url, remove_files
from app.blueprints.messages.words import REFUSALS
from app.domain.messaging.terms import SendMessage, Sent, SentFile
from app.domain.stored_file import without_row
from app.kernel.errors import NotFound
from app.web import auth
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import by_account, too_many, wait_sentence

Refused = Callable[[MessageForm, int], Response]
"""Lays the page out again with what was typed; the status comes with it."""


@dataclass(slots=True)
class _Outcome:
    sent: Sent | None = None
    kept: Sequence[SentFile] = ()


def take(act: Callable[[SendMessage], Sent], refused: Refused, *, begins: bool = False) -> Response:
    """Send what the request holds. Raises what `act` raises but refusals, which become sentences.

    `begins` says that it is the first message to somebody.
    """
    wait = _wait(begins=begins)
    form = MessageForm()
    if wait:
        form.process(request.form)  # what was typed stays; files would have to be looked at
        form.say("body", wait_sentence(wait))
        return too_many(_answer(form, 429, refused), wait)
    outcome = _Outcome()

    def send() -> None:
        command = form.to_command()
        outcome.kept = command.files
        outcome.sent = act(command)

    try:
        done = attempt(form, send, REFUSALS)
    except NotFound:
        _let_go(outcome.kept)
        raise
    _let_go(outcome.kept)
    if not done or outcome.sent is None:
        return _answer(form, 422, refused)
    href = conversation_url(outcome.sent.conversation_id)
    if wants_json():
        return jsonify(href=href, id=outcome.sent.message_id)
    return go_to(href)


def _let_go(kept: Sequence[SentFile]) -> None:
    """Remove the bytes that no message came to name: it was refused, or sent before with others."""
    remove_files(without_row(session(), [each.digest for each in kept]) if kept else ())


def _wait(*, begins: bool) -> int:
    email = auth.signed_in().email
    wait = by_account("message by account", email).spend()
    if not wait and begins:
        wait = by_account("conversation by account", email).spend()
    if not wait and any(file.filename for file in request.files.getlist("files")):
        # A photograph of many pixels keeps a core busy for a second.
        wait = by_account("attachment by account", email).spend()
    return wait


def _answer(form: MessageForm, status: int, refused: Refused) -> Response:
    if not wants_json():
        return refused(form, status)
    sentences = [str(each) for errors in form.errors.values() for each in errors]
    answer = jsonify(error=_("Not sent"), detail=" ".join(sentences))
    answer.status_code = status
    return answer


def wants_json() -> bool:
    """Whether a script of ours asks."""
    return request.accept_mimetypes.best == "application/json"
