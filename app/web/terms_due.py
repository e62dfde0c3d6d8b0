"""Terms that a person has to accept before they go on: asked once at each sign-in, kept in the browser's signed cookie."""

from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask import session as cookie

from app.domain.joining.terms import must_accept
from app.web import auth
from app.web.access import PUBLIC, access_of
from app.web.database import session
from app.web.htmx import go_to, is_htmx, page_in_hand

_KEY = "terms_due"


def ask_for_terms(token: str) -> None:
    """Note, as somebody signs in, whether they have to accept terms first. One statement."""
    if must_accept(session(), token):
        cookie[_KEY] = True


def terms_are_due() -> bool:
    return bool(cookie.get(_KEY))


def terms_are_settled() -> None:
    """They were accepted, or nothing is left to accept."""
    cookie.pop(_KEY, None)


def init_terms_due(app: Flask) -> None:
    """After the gate of `web.access`: who is signed in and has terms to accept gets no further than the public pages."""

    @app.before_request
    def ask_first() -> Any:
        if not terms_are_due() or request.endpoint in {None, "static"} or auth.actor() is None:
            return None
        if access_of(current_app, str(request.endpoint)) is PUBLIC:
            return None
        target = page_in_hand()
        path = url_for("join.edit_acceptance", next=target if target not in {"", "/"} else None)
        return go_to(path) if is_htmx() or request.method != "GET" else redirect(path, code=302)
