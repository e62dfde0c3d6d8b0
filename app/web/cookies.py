"""The session cookie, left out of answers that its holder has no part in."""

from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.wrappers import Response
from itsdangerous import URLSafeTimedSerializer


class SessionCookies(SecureCookieSessionInterface):
    """Flask's own, but for answers that never change under their address."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs and reads the cookie: one for the application, not two for each request."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the answer may depend on it, and say so in `Vary`.

        An immutable answer is the same for everybody who may ask. Under `Vary: Cookie` browsers would fetch each
        stylesheet and picture again whenever the cookie changes, such as after signing in.
        """
        if not response.cache_control.immutable and "session_stays" not in g:
            super().save_session(app, session, response)


def leave_session_alone() -> None:
    """Write no session with this answer. A request from another site comes without the session's cookie, so what it
    would write, were it only a form's token, would take the place of the session that the browser still has.
    """
    g.session_stays = True


def init_cookies(app: Flask) -> None:
    app.session_interface = SessionCookies()
