"""OpenID Connect: the authorization code flow with PKCE, and signing out from either side."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import quote_plus

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from app.integrations.guarded import GuardedClient
from app.integrations.sign_on.claims import asserted_of
from app.integrations.sign_on.discovery import Discovery, Provider, get_json, quoted, read_json
from app.integrations.sign_on.tokens import (
    LEEWAY_S,
    LOGOUT_EVENT,
    check_audience,
    check_issuer,
    check_times,
    read_token,
    text_of,
)
from app.ports import (
    Asserted,
    Departure,
    FetchRefused,
    LogoutOrder,
    SignOnClient,
    SignOnFailed,
    SignOnFault,
)

SCOPES = "openid email profile"
_OK = 200
_NO_SUCH_CODE = "a-test-of-the-connection"
_CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client"})


class OidcSignOn:
    """A `ports.SignOn`. Settings are `issuer`, `client_id`, `scopes` and `vouches_for_email`."""

    def __init__(self, web: GuardedClient) -> None:
        self._web = web
        self._discovery = Discovery(web)

    def begin(self, client: SignOnClient, token: str) -> Departure:
        provider = self._provider(client)
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        question = {
            "response_type": "code",
            "client_id": _client_id(client),
            "redirect_uri": client.answer_to,
            "scope": str(client.settings.get("scopes") or SCOPES),
            "state": token,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        url = add_params_to_uri(provider.endpoint("authorization_endpoint"), list(question.items()))
        return Departure(str(url), {"nonce": nonce, "verifier": verifier})

    def complete(
        self, client: SignOnClient, memory: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> Asserted:
        provider = self._provider(client)
        code = _read_answer(provider, answer)
        tokens = self._redeem(provider, client, code, str(memory["verifier"]))
        claims = read_token(self._discovery, provider, tokens.get("id_token"))
        check_issuer(provider, claims)
        check_audience(_client_id(client), claims)
        check_times(claims, now)
        if not compare_digest(text_of(claims, "nonce").encode(), str(memory["nonce"]).encode()):
            raise SignOnFailed(SignOnFault.WRONG_NONCE)
        if not text_of(claims, "sub"):
            raise SignOnFailed(SignOnFault.INCOMPLETE, "sub")
        # Where nobody can sign out, nothing needs to be shown again.
        hint = str(tokens["id_token"]) if provider.endpoint("end_session_endpoint") else ""
        return asserted_of(client, self._with_userinfo(provider, client, claims, tokens), hint)

    def check(self, client: SignOnClient) -> None:
        """Ask for everything anew, and show our id and secret with a code that nobody gave us."""
        provider = self._discovery.provider(_issuer(client), fresh=True)
        self._discovery.keys(provider, fresh=True)
        methods = provider.document.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise SignOnFailed(SignOnFault.INCOMPLETE, "code_challenge_methods_supported: S256")
        try:
            self._redeem(provider, client, _NO_SUCH_CODE, secrets.token_urlsafe(48))
        except SignOnFailed as failed:
            # Anything else is the refusal that the made-up code deserves.
            if failed.fault not in {SignOnFault.CODE_REFUSED, SignOnFault.PROVIDER_ERROR}:
                raise

    def leave(self, client: SignOnClient, hint: str, back_to: str, token: str) -> str:
        address = self._provider(client).endpoint("end_session_endpoint")
        if not address:
            return ""
        question = {
            "client_id": _client_id(client),
            "post_logout_redirect_uri": back_to,
            "state": token,
            **({"id_token_hint": hint} if hint else {}),
        }
        return str(add_params_to_uri(address, list(question.items())))

    def read_logout(self, client: SignOnClient, answer: Mapping[str, str], now: datetime) -> LogoutOrder:
        provider = self._provider(client)
        claims = read_token(self._discovery, provider, answer.get("logout_token"))
        issuer = check_issuer(provider, claims)
        check_audience(_client_id(client), claims)
        check_times(claims, now)
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise SignOnFailed(SignOnFault.INCOMPLETE, "events")
        if "nonce" in claims:
            # An ID token in disguise: those are handed to browsers.
            raise SignOnFailed(SignOnFault.WRONG_NONCE)
        order = (text_of(claims, "sub"), text_of(claims, "sid"))
        # A session's name that cannot be read must not leave an order that ends all of somebody's.
        unread = any(claims.get(name) and not text_of(claims, name) for name in ("sub", "sid"))
        if unread or not any(order) or not text_of(claims, "jti"):
            raise SignOnFailed(SignOnFault.INCOMPLETE, "sub, sid or jti")
        until = datetime.fromtimestamp(claims["exp"] + LEEWAY_S, UTC)
        return LogoutOrder(issuer, *order, (text_of(claims, "jti"), until))

    def _provider(self, client: SignOnClient) -> Provider:
        return self._discovery.provider(_issuer(client))

    def _redeem(self, provider: Provider, client: SignOnClient, code: str, verifier: str) -> dict[str, Any]:
        """Exchange the code for tokens. Raises SignOnFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.answer_to,
            "code_verifier": verifier,
        }
        basic = None
        if client.secret is not None and _takes_basic(provider):
            # RFC 6749 2.3.1: both are form-encoded first.
            basic = quote_plus(_client_id(client)), quote_plus(client.secret)
        else:
            form["client_id"] = _client_id(client)
            if client.secret is not None:
                form["client_secret"] = client.secret
        try:
            answer = self._web.fetch(
                provider.endpoint("token_endpoint"),
                form=form,
                headers={"Accept": "application/json"},
                basic=basic,
            )
        except FetchRefused as refused:
            raise SignOnFailed(refused.fault, refused.detail) from refused
        tokens = read_json(answer)
        if answer.status == _OK and "error" not in tokens:
            return tokens
        error = text_of(tokens, "error")
        if error in _CLIENT_ERRORS:
            raise SignOnFailed(SignOnFault.CLIENT_REFUSED, quoted(error))
        fault = SignOnFault.CODE_REFUSED if error == "invalid_grant" else SignOnFault.PROVIDER_ERROR
        raise SignOnFailed(fault, quoted(error or answer.status))

    def _with_userinfo(
        self, provider: Provider, client: SignOnClient, claims: dict[str, Any], tokens: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The claims, with what only the userinfo endpoint tells. Many providers keep the e-mail there."""
        lacks = not text_of(claims, "email") or (client.group_claim and client.group_claim not in claims)
        address, access = provider.endpoint("userinfo_endpoint"), text_of(tokens, "access_token")
        if not lacks or not address or not access:
            return claims
        told = get_json(self._web, address, {"Authorization": f"Bearer {access}"})
        if told.get("sub") != claims["sub"]:
            raise SignOnFailed(SignOnFault.OTHER_SUBJECT, "userinfo")
        # What was signed stands over what was not.
        return told | claims


def _read_answer(provider: Provider, answer: Mapping[str, str]) -> str:
    """The code that a browser brought. Raises SignOnFailed."""
    issuer = answer.get("iss")
    promised = provider.document.get("authorization_response_iss_parameter_supported") is True
    if (issuer is not None or promised) and not provider.speaks_as(issuer or ""):
        raise SignOnFailed(SignOnFault.ISSUER_DIFFERS, quoted(issuer))
    error = answer.get("error", "")
    if error:
        fault = SignOnFault.CANCELLED if error == "access_denied" else SignOnFault.PROVIDER_ERROR
        raise SignOnFailed(fault, quoted(error))
    if not answer.get("code"):
        raise SignOnFailed(SignOnFault.INCOMPLETE, "code")
    return answer["code"]


def _takes_basic(provider: Provider) -> bool:
    """Basic is what every provider takes that says nothing else."""
    methods = provider.document.get("token_endpoint_auth_methods_supported")
    return (
        not isinstance(methods, list)
        or "client_secret_basic" in methods
        or "client_secret_post" not in methods
    )


def _issuer(client: SignOnClient) -> str:
    return str(client.settings.get("issuer", ""))


def _client_id(client: SignOnClient) -> str:
    return str(client.settings.get("client_id", ""))
