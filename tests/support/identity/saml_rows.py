"""SAML providers of the named world's tenants, set up without the admin pages and known to each other."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app.domain.sign_on.providers import details_of, edit_provider, switch_provider
from app.domain.sign_on.saml import add_saml_provider, described
from app.tenancy import tenant_session
from app.web.database import db
from app.web.ports import sign_on
from tests.support.identity.pysaml2 import IdentityProvider
from tests.support.world import TenantWorld


def saml_provider_of(
    app: Flask, tenant: TenantWorld, idp: IdentityProvider, origin: str, **policy: Any
) -> int:
    """Add the provider, switch it on and let it trust us; returns its id.

    `origin` is where the tenant is reached. `policy` are fields of ProviderDetails, and `setup` some of SamlSetup.
    """
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        kit, owner = sign_on(), tenant.actor("owner")
        description = kit.saml.read_description(idp.metadata())
        setup = dataclasses.replace(described(description), **policy.pop("setup", {}))
        provider = add_saml_provider(session, kit, owner, policy.pop("name", "Acme"), setup, now)
        edit_provider(
            session, owner, provider.id, dataclasses.replace(details_of(provider), **policy), kit.box, now
        )
        session.commit()
        switch_provider(session, owner, provider.id, now, enabled=True)
        number = provider.id
    idp.trust(app.test_client().get(f"/sign-on/{number}/saml/metadata", base_url=origin).data)
    return number
