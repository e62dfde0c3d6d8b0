"""A browser's trip to a SAML provider and back: it asks, and brings the answer in a form from the provider's own page."""

import re
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.identity.pysaml2 import IdentityProvider
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld

AWAY, SESSION, ARRIVED = "portico-away-form", "portico", "portico-arrived"


class Traveller(Visitor):
    """Somebody who goes to the provider and comes back; the provider's page posts from another site."""

    def __init__(self, app: Flask, tenant: TenantWorld, idp: IdentityProvider, provider_id: int) -> None:
        super().__init__(app, tenant)
        self.idp, self.provider_id = idp, provider_id

    def ask(self, user: str = "member", fault: str = "", **more: Any) -> dict[str, str]:
        """Leave for the provider; returns the form that its page would send."""
        self.idp.next(user, fault, **more)
        away = self.get(f"/sign-on/{self.provider_id}/start?next=/bookings")
        assert away.status_code == 303
        return self.answer_of(away.headers["Location"])

    def answer_of(self, url: str) -> dict[str, str]:
        """The form that the provider's page at that address would send."""
        return form_of(self.idp.client.get(url).raise_for_status().text)

    def post_answer(self, form: dict[str, str], *, cookies: tuple[str, ...] = (AWAY,)) -> TestResponse:
        """Send it as a browser does from another site: with those of our cookies, and no others, in the request."""
        kept = {name: self.client.get_cookie(name, domain=self.tenant.host) for name in (AWAY, SESSION)}
        for name in kept:
            if name not in cookies:
                self.client.delete_cookie(name, domain=self.tenant.host)
        answer = self.post_bare(f"/sign-on/{self.provider_id}/saml/acs", form)
        for name, cookie in kept.items():
            if name not in cookies and cookie is not None:
                self.client.set_cookie(name, cookie.value, domain=self.tenant.host)
        return answer

    def arrive(self, form: dict[str, str]) -> TestResponse:
        """Send it, and follow to where the session begins."""
        answer = self.post_answer(form)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])


def form_of(page: str) -> dict[str, str]:
    """The fields of the form in a page of the provider."""
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
