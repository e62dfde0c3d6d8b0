"""The way to a second factor for staff who must set one up before anything else, and from there to where they were going."""

from flask import session as cookie
from flask import url_for
from werkzeug.wrappers import Response

from app.web import auth
from app.web.htmx import go_to, page_in_hand

_KEY = "after_enrolling"
_LONGEST_NEXT = 2000


def lead_to_enrolment() -> Response:
    """To the page on which it is set up. The first page that was asked for is kept: what follows is what stands on it."""
    target = page_in_hand()
    if target not in {"", "/"} and len(target) <= _LONGEST_NEXT:
        cookie.setdefault(_KEY, target)
    return go_to(url_for("account.show_security"))


def after_enrolling() -> str:
    """Where somebody goes who has just set it up: on, when they had to; else it is one of the things that they look after."""
    target = cookie.pop(_KEY, "")
    return target if target and auth.signed_in().must_enrol else url_for("account.show_security")
