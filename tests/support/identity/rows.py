"""Providers of the named world's tenants, set up without the admin pages: for tests whose subject is behind them."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app.domain.sign_on.providers import add_provider, switch_provider
from app.domain.sign_on.terms import ProviderDetails
from app.models import SignOnProtocol
from app.tenancy import tenant_session
from app.web.database import db
from app.web.ports import sign_on
from tests.support.world import TenantWorld


def provider_of(app: Flask, tenant: TenantWorld, issuer: str, secret: str, **details: Any) -> int:
    """Add an OpenID provider and switch it on; returns its id. `details` are fields of ProviderDetails."""
    now = datetime.now(UTC)
    settings = {"issuer": issuer, "client_id": "portal", **details.pop("settings", {})}
    wanted = ProviderDetails(**{"name": "Acme", "settings": settings, "secret": secret, **details})
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        owner = tenant.actor("owner")
        added = add_provider(session, owner, SignOnProtocol.OIDC, wanted, sign_on().box, now)
        session.commit()
        switch_provider(session, owner, added.id, now, enabled=True)
        return added.id
