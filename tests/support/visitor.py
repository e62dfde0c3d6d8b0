"""Somebody with a browser that runs no scripts: keeps cookies, and fills in the forms of the pages it gets."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.world import PASSWORD, TenantWorld

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """A browser at one tenant's host. Every answer is read to its end, so what happens after it has happened."""

    def __init__(self, app: Flask, tenant: TenantWorld, address: str = "203.0.113.5") -> None:
        self.client: FlaskClient = app.test_client()
        self.tenant = tenant
        self._about = {
            "base_url": f"http://{tenant.host}",
            "environ_base": {"REMOTE_ADDR": address},
            "buffered": True,
        }

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **self._about, **more)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, form: str = "/login", **more: Any
    ) -> TestResponse:
        """Send a form; its CSRF token comes from the page at `form`."""
        return self.client.post(
            path, data={"csrf_token": self.token(form), **(data or {})}, **self._about, **more
        )

    def post_bare(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form without a CSRF token."""
        return self.client.post(path, data=data or {}, **self._about)

    def token(self, page: str) -> str:
        answer = self.get(page, follow_redirects=True)
        found = _TOKEN.search(answer.text)
        assert found, f"{page} answered {answer.status_code} without a form"
        return found[1]

    def sign_in(self, who: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"email": self.tenant.email(who), "password": password})

    def is_signed_in(self) -> bool:
        return self.get("/account").status_code == 200

    def first_name(self) -> str:
        """Who is signed in; empty for nobody."""
        found = re.search(r'name="first_name"[^>]*value="([^"]*)"', self.get("/account/profile").text)
        return found[1] if found else ""

    def cookie(self) -> str:
        """The session cookie as the browser holds it; empty without one."""
        found = self.client.get_cookie("portico", domain=self.tenant.host)
        return found.value if found else ""

    def hold_cookie(self, value: str) -> None:
        """Show this cookie from now on, wherever it came from."""
        self.client.set_cookie("portico", value, domain=self.tenant.host)
