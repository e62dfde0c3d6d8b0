"""Reading the mails of this tenant that were kept instead of sent."""

import re
from collections.abc import Iterator

from flask import Blueprint, abort, g, make_response, render_template
from werkzeug.wrappers import Response

from app.ports import Outbox
from app.web.access import public
from app.web.ports import outbox
from app.web.security import MAIL_POLICY, allow_framing_by_us

blueprint = Blueprint("outbox", __name__)

_SHOWN = 50
_ADDRESS = re.compile(r"(https?://[^\s<>]+)")


@blueprint.get("/outbox")
@public
def index() -> str:
    mails = _kept().newest(g.tenant.id, _SHOWN)
    return render_template("outbox/index.html", mails=[(mail, list(pieces(mail.text))) for mail in mails])


@blueprint.get("/outbox/<name>")
@public
def show(name: str) -> Response:
    """The HTML of one mail, as the recipient's mail program would show it."""
    mail = _kept().find(g.tenant.id, name)
    if mail is None:
        abort(404)
    allow_framing_by_us()
    response = make_response(mail.html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _kept() -> Outbox:
    """The kept mails; 404 where a mail server is configured and nothing is kept."""
    return outbox() or abort(404)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address that can be followed."""
    for index, piece in enumerate(_ADDRESS.split(text)):
        if piece:
            yield piece, index % 2 == 1
