"""Signing somebody in without the sign-in page: for tests whose subject begins behind it."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext

from app.domain.sessions import Browser, start
from app.tenancy import begin_writing, tenant_session
from app.web.auth import TOKEN_KEY
from app.web.database import db
from tests.support.world import TenantWorld

_A_TEST = Browser("test", "127.0.0.1")


def session_token(app: Flask, tenant: TenantWorld, who: str) -> str:
    """Start a session for somebody of the cast and return the token that a cookie must show."""
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        begin_writing(session)  # a message may come to the server at the same moment
        return start(session, tenant.people[who], _A_TEST, datetime.now(UTC))


def sign_in_client(app: Flask, client: FlaskClient, tenant: TenantWorld, who: str) -> None:
    """Sign a test client in, on the tenant's own host."""
    token = session_token(app, tenant, who)
    with client.session_transaction(base_url=f"http://{tenant.host}") as cookie:
        cookie[TOKEN_KEY] = token


def sign_in_browser(app: Flask, context: BrowserContext, address: str, tenant: TenantWorld, who: str) -> None:
    """Sign a browser in at the live server's `address`; tenants other than the default have a host of their own there."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    value = signer.dumps({TOKEN_KEY: session_token(app, tenant, who)})
    context.add_cookies(
        [
            {
                "name": app.config["SESSION_COOKIE_NAME"],
                "value": str(value),
                "url": f"http://{tenant.host}:{urlsplit(address).port}",
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )
