"""The blueprint, and how its routes answer."""

from collections.abc import Callable, Iterable

from flask import Blueprint, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.blueprints.messages.words import REFUSALS
from app.web import attempts, auth
from app.web.limits import by_account
from app.web.ports import files

blueprint = Blueprint("messages", __name__)


@blueprint.before_request
def hold_back() -> None:
    """Let nobody keep the others' pages busy: whatever is pressed here is counted."""
    actor = auth.actor()
    if request.method != "POST" or actor is None:
        return
    if wait := by_account("message change by account", actor.email).spend():
        raise TooManyRequests(retry_after=wait)


def press(path: str, act: Callable[[], object], sentence: str = "") -> Response:
    """`attempts.press` in the words of messages."""
    return attempts.press(path, act, REFUSALS, sentence)


def conversation_url(conversation_id: int) -> str:
    return url_for("messages.show", conversation_id=conversation_id)


def remove_files(digests: Iterable[str]) -> None:
    """Let go of bytes that nothing shows any more, after the commit."""
    for digest in digests:
        files().remove(auth.portal().tenant_id, digest)
