"""The providers that we know by name: which few things an admin has to enter, and the issuer that they make."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import lazy_gettext as _l

from app.web.forms import Label

_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Preset:
    """`fields` are the names of what it asks for (`forms.ConnectionForm`), `issuer` makes the issuer of them."""

    key: str
    name: str
    fields: tuple[str, ...]
    issuer: Callable[[Mapping[str, str]], str]
    where: Label
    """Where to register the portal at the provider."""


def address(typed: str) -> str:
    """An address as it was meant: with https before it, without what only the discovery document's own address has."""
    typed = typed.strip().removesuffix(_WELL_KNOWN)
    return typed if not typed or "://" in typed else f"https://{typed}"


def _host(typed: str) -> str:
    """The name of a server, however much of an address was typed around it."""
    return re.sub(r"^[a-z]+://", "", typed.strip()).split("/")[0]


def _okta(given: Mapping[str, str]) -> str:
    server = given["auth_server"].strip()
    base = f"https://{_host(given['domain'])}"
    return f"{base}/oauth2/{quote(server, safe='')}" if server else base


PRESETS = {
    preset.key: preset
    for preset in (
        Preset(
            "google",
            "Google",
            (),
            lambda _given: "https://accounts.google.com",
            _l("Google Cloud console, APIs and services, Credentials, OAuth client ID, Web application"),
        ),
        Preset(
            "entra",
            "Microsoft Entra",
            ("directory",),
            lambda given: (
                f"https://login.microsoftonline.com/{quote(given['directory'].strip(), safe='')}/v2.0"
            ),
            _l("Entra admin center, App registrations, New registration, Web"),
        ),
        Preset(
            "okta",
            "Okta",
            ("domain", "auth_server"),
            _okta,
            _l("Okta admin console, Applications, Create app integration, OIDC, Web application"),
        ),
        Preset(
            "auth0",
            "Auth0",
            ("domain",),
            # With a slash at its end, which is part of the name.
            lambda given: f"https://{_host(given['domain'])}/",
            _l("Auth0 dashboard, Applications, Create application, Regular web application"),
        ),
        Preset(
            "keycloak",
            "Keycloak",
            ("server", "realm"),
            lambda given: (
                f"{address(given['server']).rstrip('/')}/realms/{quote(given['realm'].strip(), safe='')}"
            ),
            _l("Keycloak admin console, your realm, Clients, Create client, Client authentication on"),
        ),
        Preset(
            "other",
            "OpenID Connect",
            ("issuer",),
            lambda given: address(given["issuer"]),
            _l("Register a confidential web client that uses the authorization code flow"),
        ),
    )
}

SAML = Preset(
    "saml", "SAML 2.0", (), lambda _given: "", _l("In its admin console, as a new SAML 2.0 application")
)
"""For every provider that speaks it: which one it is makes no difference."""


def preset_of(settings: Mapping[str, object]) -> Preset:
    """The preset that a provider was set up with."""
    if settings.get("preset") == SAML.key:
        return SAML
    return PRESETS.get(str(settings.get("preset")), PRESETS["other"])
