"""Where somebody was going before they had an account: kept in this browser's signed cookie until they are let in."""

from flask import request
from flask import session as cookie

from app.web.addresses import local_path

_KEY = "going_to"
_LONGEST = 500


def note_destination() -> None:
    """Keep the path that the address names as `next`, if it names one of ours."""
    asked = request.args.get("next", "")
    path = local_path(asked) if len(asked) <= _LONGEST else ""
    if path:
        cookie[_KEY] = path


def destination() -> str:
    """The path that was kept, or nothing. Signing in empties the cookie, so it is asked for before."""
    return str(cookie.get(_KEY, ""))
