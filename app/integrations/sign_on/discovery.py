"""What an OpenID provider publishes of itself, fetched through the guarded client and remembered for a while."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from app.integrations.guarded import Fetched, GuardedClient
from app.ports import FetchRefused, SignOnFailed, SignOnFault

PublicKey = RSAKey | ECKey | OKPKey
_KINDS = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}

_REMEMBERED_S = 3600.0
_REFETCH_EVERY_S = 30.0
"""A token with an unknown key makes us ask for the keys again, but no more often than this: anybody can make one up."""
_MOST_REMEMBERED = 500
_OK = 200
_LONGEST_QUOTED = 120
_TENANT = "{tenantid}"
"""Microsoft's placeholder: one document speaks for all its customers, each of whom is an issuer."""
_GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Provider:
    """A discovery document that speaks for the issuer that was set up."""

    issuer: str
    document: Mapping[str, Any]

    def endpoint(self, name: str) -> str:
        """An address of the document; empty when it names none."""
        value = self.document.get(name)
        return value if isinstance(value, str) else ""

    @property
    def templated(self) -> bool:
        return _TENANT in self.issuer

    def issuer_for(self, tenant_id: object) -> str:
        """What tokens must name as their issuer. `tenant_id` is their own `tid`, which only a template asks for."""
        if not self.templated:
            return self.issuer
        if not isinstance(tenant_id, str) or not re.fullmatch(_GUID, tenant_id):
            raise SignOnFailed(SignOnFault.ISSUER_DIFFERS, "the token names no directory")
        return self.issuer.replace(_TENANT, tenant_id)

    def speaks_as(self, issuer: str) -> bool:
        """Whether that issuer is this provider, or one of those that a template stands for."""
        pattern = re.escape(self.issuer).replace(re.escape(_TENANT), _GUID)
        return re.fullmatch(pattern, issuer) is not None


@dataclass(slots=True)
class _Keys:
    keys: list[PublicKey]
    until: float
    refetched_at: float = field(default=float("-inf"))


class Discovery:
    """Documents and keys of every provider that this process has spoken to."""

    def __init__(self, web: GuardedClient, ticks: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._ticks = ticks
        self._providers: dict[str, tuple[Provider, float]] = {}
        self._keys: dict[str, _Keys] = {}

    def provider(self, issuer: str, *, fresh: bool = False) -> Provider:
        """The provider behind an issuer. `fresh` asks it anew. Raises SignOnFailed."""
        known = self._providers.get(issuer)
        if known is not None and not fresh and known[1] > self._ticks():
            return known[0]
        document = get_json(self._web, get_well_known_url(issuer, external=True))
        named = document.get("issuer")
        if not isinstance(named, str) or not _is_named(issuer, named):
            raise SignOnFailed(SignOnFault.ISSUER_DIFFERS, quoted(named))
        for name in _NEEDED:
            if not isinstance(document.get(name), str):
                raise SignOnFailed(SignOnFault.INCOMPLETE, name)
        _make_room(self._providers)
        provider = Provider(named, document)
        self._providers[issuer] = provider, self._ticks() + _REMEMBERED_S
        return provider

    def key(self, provider: Provider, header: Mapping[str, Any]) -> PublicKey:
        """The key that a token says it was signed with. Raises SignOnFailed."""
        found = _fitting(self.keys(provider), header)
        if found is None and self._may_refetch(provider):
            found = _fitting(self.keys(provider, fresh=True), header)
        if found is None:
            raise SignOnFailed(SignOnFault.UNKNOWN_KEY, quoted(header.get("kid")))
        return found

    def keys(self, provider: Provider, *, fresh: bool = False) -> list[PublicKey]:
        """The provider's public keys. Raises SignOnFailed, also when there are none."""
        address, now = provider.endpoint("jwks_uri"), self._ticks()
        known = self._keys.get(address)
        if known is not None and not fresh and known.until > now:
            return known.keys
        listed = get_json(self._web, address).get("keys")
        keys = [key for each in listed if (key := _public_key(each))] if isinstance(listed, list) else []
        if not keys:
            raise SignOnFailed(SignOnFault.NO_KEYS, quoted(address))
        _make_room(self._keys)
        self._keys[address] = _Keys(keys, now + _REMEMBERED_S, now if fresh else float("-inf"))
        return keys

    def _may_refetch(self, provider: Provider) -> bool:
        known = self._keys.get(provider.endpoint("jwks_uri"))
        return known is None or self._ticks() - known.refetched_at >= _REFETCH_EVERY_S


def get_json(web: GuardedClient, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address. Raises SignOnFailed."""
    try:
        answer = web.fetch(url, headers={"Accept": "application/json", **(headers or {})})
    except FetchRefused as refused:
        raise SignOnFailed(refused.fault, refused.detail) from refused
    if answer.status != _OK:
        raise SignOnFailed(SignOnFault.BAD_STATUS, f"{answer.status} at {url}")
    return read_json(answer)


def read_json(answer: Fetched) -> dict[str, Any]:
    """An answer's JSON object. Raises SignOnFailed."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SignOnFailed(SignOnFault.NOT_JSON, f"{quoted(answer.content_type)} at {answer.url}")
    return value


def quoted(value: object) -> str:
    """Something that came from outside, fit for a log line and a page: printable and short."""
    return "".join(char for char in str(value)[:_LONGEST_QUOTED] if char.isprintable())


def _is_named(issuer: str, named: str) -> bool:
    """Whether a document's own issuer is the one that was set up, to the letter, or the template that it is made of."""
    if _TENANT not in named:
        return named == issuer
    pattern = re.escape(named).replace(re.escape(_TENANT), "[^/]+")
    return re.fullmatch(pattern, issuer) is not None


def _public_key(jwk: object) -> PublicKey | None:
    """A key that can prove something to us: asymmetric, and not for encryption. Others are none of our business."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in _KINDS or jwk.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, (RSAKey, ECKey, OKPKey)) else None


def _fitting(keys: list[PublicKey], header: Mapping[str, Any]) -> PublicKey | None:
    kind = {"R": "RSA", "P": "RSA", "E": "EC"}.get(str(header.get("alg", ""))[:1], "")
    if header.get("alg") in {"EdDSA", "Ed25519"}:
        kind = "OKP"
    fits = [key for key in keys if key.key_type == kind and key.alg in {None, header.get("alg")}]
    if "kid" in header:
        fits = [key for key in fits if key.kid == header["kid"]]
        return fits[0] if fits else None
    # Some providers name no key: with exactly one that fits there is no question which.
    return fits[0] if len(fits) == 1 else None


def _make_room(remembered: dict[str, Any]) -> None:
    if len(remembered) >= _MOST_REMEMBERED:
        remembered.clear()
