"""Single sign-on as rooms share it: our addresses at providers, and what binds an attempt to one browser."""

import re
import secrets
from typing import cast

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.sign_on.going import LIFETIME, begin
from app.domain.sign_on.terms import Begin
from app.models import SignOnProtocol
from app.settings import Settings
from app.web import auth
from app.web.database import session
from app.web.htmx import go_to, is_htmx
from app.web.origin import request_origin
from app.web.ports import sign_on

ANSWERS = {SignOnProtocol.OIDC: "sign_on.callback", SignOnProtocol.SAML: "sign_on.saml_answer"}
"""Where each protocol's answers arrive."""
_AWAY = {SignOnProtocol.OIDC: "portico-away", SignOnProtocol.SAML: "portico-away-form"}
_ARRIVED = "portico-arrived"
_ARRIVED_SECONDS = 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def answer_to(provider_id: int, protocol: SignOnProtocol) -> str:
    """Our absolute address for a provider's answers: what its admin has to enter there."""
    return request_origin() + url_for(ANSWERS[protocol], provider_id=provider_id)


def send_away(
    provider_id: int,
    protocol: SignOnProtocol,
    name: str,
    next_path: str = "",
    person_id: int | None = None,
    *,
    trial: bool = False,
) -> Response:
    """To the provider, with this browser marked as the only one that may come back.

    Raises NoSuchProvider and SignOnRefused.
    """
    token = browser_token(protocol) or secrets.token_urlsafe(24)
    command = Begin(provider_id, answer_to(provider_id, protocol), token, next_path, person_id, trial)
    url = begin(session(), sign_on(), command, auth.now())
    session().commit()
    response = _onward(url, name)
    _mark(response, token, protocol)
    return response


def _onward(url: str, name: str) -> Response:
    """To another site. After a form a page of ours comes between, which goes on by itself: browsers hold the target of
    a form's redirect to the content policy, and it admits none but us.
    """
    if request.method == "GET" or is_htmx():
        return go_to(url)
    response = make_response(render_template("sign_on/onward.html", url=url, name=name))
    response.headers["Refresh"] = f"0; url={url}"
    return response


def browser_token(protocol: SignOnProtocol) -> str:
    """The random token of this browser; empty for one that was never sent away, or lost it."""
    found = request.cookies.get(_cookie_name(_AWAY[protocol]), "")
    return found if _TOKEN.fullmatch(found) else ""


def _mark(response: Response, token: str, protocol: SignOnProtocol) -> None:
    """A cookie of its own: SAML's answer is a form sent from another site, which the session's cookie stays out of.

    `SameSite=None` needs `Secure`. Over plain http browsers take that from localhost and what is below it, so a
    developer's machine sends the cookie that production sends; elsewhere SAML needs https.
    """
    from_elsewhere = protocol is SignOnProtocol.SAML
    response.set_cookie(
        _cookie_name(_AWAY[protocol]),
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        secure=_settings().https or from_elsewhere,
        samesite="None" if from_elsewhere else "Lax",
    )


def arrived(token: str, page: str) -> Response:
    """To a page of ours that begins the session or links the account, after an answer that was posted from another site.

    That post came without our session's cookie: whatever was written to it there would put an empty one in its place.
    """
    response = go_to(page)
    response.set_cookie(
        _cookie_name(_ARRIVED),
        token,
        max_age=_ARRIVED_SECONDS,
        httponly=True,
        secure=_settings().https,
        samesite="Lax",
    )
    return response


def just_arrived() -> str:
    """What `arrived` was given; empty when nobody has arrived."""
    return request.cookies.get(_cookie_name(_ARRIVED), "")


def forget_arrival(response: Response) -> None:
    response.delete_cookie(_cookie_name(_ARRIVED), httponly=True, secure=_settings().https, samesite="Lax")


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if _settings().https else name


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["portico_settings"])
