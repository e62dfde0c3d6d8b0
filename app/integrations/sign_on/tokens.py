"""Tokens that a provider signed: read only when everything that they must say is said, and meant for us, now."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from app.integrations.sign_on.discovery import Discovery, Provider, quoted
from app.ports import SignOnFailed, SignOnFault

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Only what a public key verifies: never `none`, and no HS256, whose secret would be the key that everybody knows."""
LEEWAY_S = 60
_LONGEST_TOKEN = 64 * 1024
_LATEST = 250_000_000_000
"""In the year 9892: the end of what can be written as a moment, with room for the leeway."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What JSON can spell and no text holds: nothing, and half a character. No database stores them."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def read_token(discovery: Discovery, provider: Provider, token: object) -> dict[str, Any]:
    """The claims of a token that the provider signed. Raises SignOnFailed."""
    if not isinstance(token, str) or not token or len(token) > _LONGEST_TOKEN:
        raise SignOnFailed(SignOnFault.INCOMPLETE, "token")
    header = _header(token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise SignOnFailed(SignOnFault.UNSIGNED, quoted(algorithm))
    key = discovery.key(provider, header)
    try:
        payload = jws.deserialize_compact(token, key, algorithms=sorted(ALGORITHMS)).payload
    except (JoseError, ValueError) as error:
        raise SignOnFailed(SignOnFault.BAD_SIGNATURE, type(error).__name__) from error
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise SignOnFailed(SignOnFault.INCOMPLETE, "claims")
    return claims


def _header(token: str) -> dict[str, Any]:
    try:
        return jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise SignOnFailed(SignOnFault.BAD_SIGNATURE, type(error).__name__) from error


def check_issuer(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Returns the issuer, exact to the letter. Raises SignOnFailed."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or issuer != provider.issuer_for(claims.get("tid")):
        raise SignOnFailed(SignOnFault.ISSUER_DIFFERS, quoted(issuer))
    return issuer


def check_audience(client_id: str, claims: Mapping[str, Any]) -> None:
    """Made for us, and for nobody else unless it says that we asked for it. Raises SignOnFailed."""
    audience, party = claims.get("aud"), claims.get("azp")
    listed = [audience] if isinstance(audience, str) else audience
    if not isinstance(listed, list) or client_id not in listed:
        raise SignOnFailed(SignOnFault.WRONG_AUDIENCE, quoted(audience))
    if (len(listed) > 1 or party is not None) and party != client_id:
        raise SignOnFailed(SignOnFault.WRONG_AUDIENCE, f"azp {quoted(party)}")


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """Raises SignOnFailed for what is over, or not yet."""
    moment, expires = now.timestamp(), _number(claims, "exp")
    if expires + LEEWAY_S <= moment:
        raise SignOnFailed(SignOnFault.EXPIRED, f"{moment - expires:.0f} seconds ago")
    for name in ("iat", "nbf"):
        if name in claims or name == "iat":
            begins = _number(claims, name)
            if begins - LEEWAY_S > moment:
                raise SignOnFailed(SignOnFault.NOT_YET, f"{name} is {begins - moment:.0f} seconds ahead")


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SignOnFailed(SignOnFault.INCOMPLETE, name)
    # JSON, as it is read, knows NaN, which is neither too early nor too late, and numbers without end.
    if not 0 <= value <= _LATEST:
        raise SignOnFailed(SignOnFault.INCOMPLETE, name)
    return float(value)


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is text; empty when it is missing or something else. Never cut to what is text of it, for that may be
    somebody else's name.
    """
    value = claims.get(name)
    return value if isinstance(value, str) and not _NO_TEXT.search(value) else ""
