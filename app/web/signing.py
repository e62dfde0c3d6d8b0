"""The browser's side of signing in and out: what its cookie holds, and what we note of it."""

from flask import request
from flask import session as cookie

from app.domain.sessions import Browser
from app.web.auth import TOKEN_KEY
from app.web.language import LANGUAGE_KEY


def this_browser() -> Browser:
    """What the asking browser says of itself, and where it asks from."""
    return Browser(request.user_agent.string, request.remote_addr or "")


def remember(token: str) -> None:
    """Sign this browser in. Nothing that its cookie held before survives, the CSRF token included."""
    _empty_cookie()
    cookie.permanent = True
    cookie[TOKEN_KEY] = token


def forget() -> None:
    """Sign this browser out."""
    _empty_cookie()


def _empty_cookie() -> None:
    language = cookie.get(LANGUAGE_KEY)
    cookie.clear()
    if language:
        cookie[LANGUAGE_KEY] = language
