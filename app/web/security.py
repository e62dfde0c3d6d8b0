"""Headers and cookies that every answer carries, and the nonce that scripts must show."""

import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

from app.settings import Settings

csrf = CSRFProtect()
_CSRF_KEY = "csrf_token"
"""Where Flask-WTF keeps a session's own random value, and in `g` what it signed of it."""

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; "
    "form-action 'self' {paying}; base-uri 'none'; frame-ancestors {ancestors}"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'self'"
"""For a mail's own document in a frame of ours: it may look as it likes, and do nothing at all."""
_PAYMENT_PAGES = "https://checkout.stripe.com https://connect.stripe.com"
_YEAR = 31_536_000
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    # Pages behind a secret address tell it to nobody outside either; within, forms are refused without a referrer.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=(self)"),
)
MAX_FORM_BYTES = 12 * 1024 * 1024
"""The largest request that is read at all; uploads have tighter limits of their own."""


def nonce() -> str:
    """This answer's script nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    return cast("str", g.nonce)


def csrf_token() -> str:
    """This browser's token for forms, signed once and not for each page: that took a twentieth of a page's time."""
    # Where Flask-WTF looks first, and where a page that is laid out to be kept finds a hole instead (`web.fragments`).
    if _CSRF_KEY not in g:
        raw = cookie.get(_CSRF_KEY)
        g.csrf_token = _signed(current_app.secret_key, raw) if raw else generate_csrf()
    return cast("str", g.csrf_token)


@lru_cache(4096)
def _signed(_secret: object, _raw: str) -> str:
    # Flask-WTF makes it of these two: the application's secret and the session's own random value.
    return str(generate_csrf())


def allow_framing_by_us() -> None:
    """Let a page of our own show this answer in a frame: the live preview of the settings page."""
    g.framed = True


def _add_missing(headers: Headers, wanted: Iterable[tuple[str, str]]) -> None:
    """Add those that the answer does not state itself.

    It is looked through once: setting them one by one would compare the names of all each time.
    """
    stated = {name.lower() for name, _ in headers}
    headers.extend([(name, value) for name, value in wanted if name.lower() not in stated])


def init_security(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # The prefix makes browsers refuse the cookie from a sub-domain or over http; it needs Secure.
        SESSION_COOKIE_NAME="__Host-portico" if settings.https else "portico",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 400,
        # A form may stay open for days in an installed app; the token dies with the session instead.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.https,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
    )
    csrf.init_app(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    # Where a form that is sent to us may lead on to: browsers hold redirects to it, too.
    paying = settings.stripe_address or _PAYMENT_PAGES

    @app.after_request
    def protect(response: Response) -> Response:
        ancestors = "'self'" if g.get("framed") else "'none'"
        policy = _POLICY.format(nonce=nonce(), ancestors=ancestors, paying=paying)
        _add_missing(response.headers, (("Content-Security-Policy", policy), *_ALWAYS))
        if settings.https and request.is_secure:
            # Not for sub-domains: a tenant's own domain may have others that are not ours to promise for.
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return response
