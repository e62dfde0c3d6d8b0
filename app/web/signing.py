"""The browser's side of signing in and out: what its cookie holds, and what we note of it."""

import secrets
from typing import cast

from flask import request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.domain.factors.entering import Entry
from app.domain.sessions import Browser
from app.web.auth import TOKEN_KEY
from app.web.htmx import go_to
from app.web.language import LANGUAGE_KEY
from app.web.terms_due import ask_for_terms

_HALF_KEY = "half"
"""The token of a sign-in that waits for its second step."""
_BROWSER_KEY = "browser"
"""What challenges and mailed links are given to; it names a browser, and nobody."""


def this_browser() -> Browser:
    """What the asking browser says of itself, and where it asks from."""
    return Browser(request.user_agent.string, request.remote_addr or "")


def browser_key() -> str:
    """The random value that this browser is known by until it is signed in; made when it has none."""
    if _BROWSER_KEY not in cookie:
        cookie[_BROWSER_KEY] = secrets.token_urlsafe(24)
    return cast("str", cookie[_BROWSER_KEY])


def admit(entry: Entry, target: str = "") -> Response:
    """Sign this browser in and send it to `target`, a path of ours, or to the second step first."""
    if entry.complete:
        remember(entry.token)
        return go_to(target or "/")
    _empty_cookie()
    cookie[_HALF_KEY] = entry.token
    return go_to(url_for("auth.new_second_step", next=target or None))


def half_token() -> str:
    """The token of the sign-in that waits for its second step; empty without one."""
    return cast("str", cookie.get(_HALF_KEY, ""))


def remember(token: str) -> None:
    """Sign this browser in. Nothing that its cookie held before survives, the CSRF token included."""
    _empty_cookie()
    cookie.permanent = True
    cookie[TOKEN_KEY] = token
    ask_for_terms(token)


def forget() -> None:
    """Sign this browser out."""
    _empty_cookie()


def _empty_cookie() -> None:
    language = cookie.get(LANGUAGE_KEY)
    cookie.clear()
    if language:
        cookie[LANGUAGE_KEY] = language
