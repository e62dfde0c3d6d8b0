"""Whoever asked for their account to be deleted may come back and keep it, fetch their data, or leave: nothing else."""

from typing import Any

from flask import Flask, request, url_for

from app.web import auth
from app.web.access import PUBLIC, access_of
from app.web.htmx import go_to

_OPEN = frozenset({"account.show_deletion", "account.keep_account_after_all", "account.show_copy"})


def init_leaving(app: Flask) -> None:
    """Lead every page there, whichever way they signed in."""

    @app.before_request
    def offer_to_keep() -> Any:
        endpoint = request.endpoint
        if (
            endpoint is None
            or endpoint in _OPEN
            or endpoint == "static"
            or access_of(app, endpoint) is PUBLIC
        ):
            return None
        actor = auth.actor()
        if actor is None or not actor.leaving:
            return None
        return go_to(url_for("account.show_deletion"))
