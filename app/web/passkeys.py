"""Passkeys over HTTP: whom they are made for, and what a browser sends back."""

import json
import secrets

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.factors.passkeys import PasskeyAnswer, Site
from app.domain.factors.terms import PasskeyRefused
from app.web import auth
from app.web.origin import request_origin
from app.web.signing import browser_key
from app.web.tenant import host_of

_LONGEST = 16_384
"""Characters of an answer: a key and a signature, with room for the largest that any device makes."""


def site() -> Site:
    """This portal, as its visitor's browser knows it."""
    return Site(host_of(request), request_origin(), auth.portal().name)


def options_response(options: str) -> Response:
    """The question to the device, for the script of the page."""
    return Response(options, mimetype="application/json")


def read_answer() -> PasskeyAnswer:
    """What the page's script put into its form. Raises PasskeyRefused."""
    text = request.form.get("credential", "")
    if len(text) > _LONGEST:
        raise PasskeyRefused("it is longer than any answer")
    try:
        credential = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused("it is not JSON") from error
    if not isinstance(credential, dict):
        raise PasskeyRefused("it is not an answer to any challenge")
    return PasskeyAnswer(credential, browser_key())


def passkey_sentence(refused: PasskeyRefused) -> str:
    """What to say to the person; the reason goes to the log, under the reference that the sentence tells."""
    reference = secrets.token_hex(4)
    current_app.logger.warning("passkey refused, reference %s: %s", reference, refused.reason)
    return _("This passkey was not accepted. Try again, or use another way. Reference %(ref)s", ref=reference)
