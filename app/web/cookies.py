"""The session cookie, left out of answers that its holder has no part in, and `Vary`, which says what an answer goes by."""

from datetime import UTC, datetime
from functools import lru_cache

from flask import Flask, Request, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.wrappers import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer


class SessionCookies(SecureCookieSessionInterface):
    """Flask's own, but for answers that never change under their address."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and reads the cookie: one for the application, not two for each request."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie. That a signature fits is reckoned once for all requests that show it."""
        signer = self.get_signing_serializer(app)
        cookie = request.cookies.get(self.get_cookie_name(app))
        if signer is None or not cookie:
            return None if signer is None else self.session_class()
        try:
            payload, signed_at = _unsigned(signer, cookie)
            age = datetime.now(UTC) - signed_at
            fresh = app.permanent_session_lifetime >= age
            return self.session_class(signer.load_payload(payload) if fresh else None)
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the answer may depend on it, and say so in `Vary`.

        An immutable answer is the same for everybody who may ask. Under `Vary: Cookie` browsers would fetch each
        stylesheet and picture again whenever the cookie changes, such as after signing in.
        """
        if not response.cache_control.immutable and "session_stays" not in g:
            super().save_session(app, session, response)


@lru_cache(4096)
def _unsigned(signer: URLSafeTimedSerializer, cookie: str) -> tuple[bytes, datetime]:
    """What the cookie holds and when it was signed. Raises BadSignature, which is not remembered."""
    return next(signer.iter_unsigners()).unsign(cookie, return_timestamp=True)


def go_by(response: Response, header: str) -> None:
    """Say in `Vary` that the answer goes by a header of the request.

    Appended as it is: Werkzeug reads and writes the whole list for each word, which took 3 % of a page's time.
    """
    stated = response.headers.get("Vary")
    response.headers["Vary"] = f"{stated}, {header}" if stated else header


def leave_session_alone() -> None:
    """Write no session with this answer. A request from another site comes without the session's cookie, so what it
    would write, were it only a form's token, would take the place of the session that the browser still has.
    """
    g.session_stays = True


def init_cookies(app: Flask) -> None:
    app.session_interface = SessionCookies()
