"""The portal's own address, for links in mails. No part of it can be chosen by whoever sends a request."""

from typing import cast

from flask import current_app, request

from app.jobs.deliver import Letter
from app.settings import Settings
from app.web.tenant import host_of

_DEFAULT_PORTS = {"http": 80, "https": 443}


def request_origin() -> str:
    """`https://host` as this request's visitor knows the portal.

    The host has been found in the tenants' list. The port is believed only when we listen on it ourselves; behind a
    proxy it is always the scheme's own.
    """
    settings = cast("Settings", current_app.extensions["portico_settings"])
    port = None
    if not settings.proxy_hops:
        asked = request.host.rpartition(":")[2]
        listening = request.environ.get("SERVER_PORT")
        port = int(asked) if asked.isdigit() and asked == listening else None
    return _origin(settings, host_of(request), port)


def letter_origin(settings: Settings, letter: Letter) -> str:
    """`https://host` of a tenant when nobody is asking: its own host name, or its place on the server's domain."""
    base = settings.base_domain if letter.is_default else f"{letter.portal.slug}.{settings.base_domain}"
    return _origin(settings, letter.own_host or base, None if settings.production else settings.port)


def _origin(settings: Settings, host: str, port: int | None) -> str:
    scheme = "https" if settings.https else "http"
    return f"{scheme}://{host}" if port in {None, _DEFAULT_PORTS[scheme]} else f"{scheme}://{host}:{port}"
