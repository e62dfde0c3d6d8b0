"""An OpenID provider that does one thing wrong when it is told to: a real server that signs with its own keys.

It knows nothing of our code. Without a fault it behaves, so that a test can show first that the same flow signs in.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

CLIENT_ID, SECRET = "portal", "a-secret-between-two-servers"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KEYS = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True) for _ in range(2)]


@dataclass
class Crooked:
    """What it says, and what it does wrong. Tests change the fields while it runs."""

    issuer: str = ""
    fault: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Said of whoever signs in; None takes a claim away."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    """What its discovery document says besides or instead."""
    key: RSAKey = field(default_factory=lambda: _KEYS[0])
    published: list[RSAKey] = field(default_factory=lambda: [_KEYS[0]])
    names_key: bool = True
    names_itself: bool = True
    """Whether its answers say who sends them (RFC 9207)."""
    asked: list[str] = field(default_factory=list)
    """The paths of every request."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        """Sign with another key, and publish only that."""
        self.key, self.published = _KEYS[1], [_KEYS[1]]

    def id_token(self, question: dict[str, str], now: float) -> str:
        claims = {
            "iss": self.issuer,
            "sub": "alice",
            "aud": CLIENT_ID,
            "exp": int(now) + 300,
            "iat": int(now),
            "nonce": question.get("nonce"),
            "email": "member@example.test",
            "email_verified": True,
            "given_name": "Maya",
            "family_name": "Member",
        }
        return self.signed({**claims, **self.claims})

    def logout_token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": "order-1",
            "sub": "alice",
            "events": {LOGOUT_EVENT: {}},
        }
        return self.signed({**said, **claims}, typ="logout+jwt")

    def signed(self, claims: dict[str, Any], typ: str = "JWT") -> str:
        payload = json.dumps({name: value for name, value in claims.items() if value is not None})
        if self.fault == "alg none":
            return f"{_b64(json.dumps({'alg': 'none', 'typ': typ}))}.{_b64(payload)}."
        if self.fault == "unsigned":
            return f"{_b64(json.dumps({'alg': 'RS256', 'kid': self.key.kid}))}.{_b64(payload)}."
        if self.fault == "hs256 with the public key":
            # By hand: a library that is worth its name refuses to make such a thing.
            start = f"{_b64(json.dumps({'alg': 'HS256', 'kid': self.key.kid}))}.{_b64(payload)}"
            proof = hmac.digest(self.key.as_pem(private=False), start.encode(), "sha256")
            return f"{start}.{_b64(proof)}"
        key = _KEYS[1] if self.fault == "another key under the same name" else self.key
        header = {"alg": "RS256", "typ": typ, **({"kid": self.key.kid} if self.names_key else {})}
        return jws.serialize_compact(header, payload, key, algorithms=["RS256"])


def _b64(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    crooked: Crooked

    def do_GET(self) -> None:
        me, parts = self.crooked, urlsplit(self.path)
        me.asked.append(parts.path)
        if me.fault == "slow":
            time.sleep(3)
        if me.fault == "html":
            return self._say(200, b"<!doctype html><title>Soon</title>", "text/html")
        if parts.path.endswith("/.well-known/openid-configuration"):
            return self._json(self._document())
        if parts.path == "/keys":
            return self._json({"keys": [key.as_dict(private=False) for key in me.published]})
        if parts.path == "/userinfo":
            return self._json({"sub": "alice", **me.userinfo})
        if parts.path == "/authorize":
            return self._authorize(dict(parse_qsl(parts.query)))
        return self._say(404, b"{}")

    def do_POST(self) -> None:
        self.crooked.asked.append(urlsplit(self.path).path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            return self._json({"error": "invalid_client"}, 401)
        question = self.crooked.codes.pop(form.get("code", ""), None)
        challenge = _challenge(form.get("code_verifier", ""))
        if question is None or question["code_challenge"] != challenge:
            return self._json({"error": "invalid_grant"}, 400)
        token = self.crooked.id_token(question, time.time())
        return self._json({"id_token": token, "access_token": "of-no-use", "token_type": "Bearer"})

    def _authorize(self, question: dict[str, str]) -> None:
        code = f"code-{len(self.crooked.asked)}"
        self.crooked.codes[code] = question
        said = {"iss": self.crooked.issuer} if self.crooked.names_itself else {}
        answer = urlencode({"code": code, "state": question["state"], **said})
        self.send_response(302)
        self.send_header("Location", f"{question['redirect_uri']}?{answer}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _document(self) -> dict[str, Any]:
        issuer = self.crooked.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "end_session_endpoint": f"{issuer}/end",
        } | self.crooked.document

    def _json(self, value: dict[str, Any], status: int = 200) -> None:
        self._say(status, json.dumps(value).encode())

    def _say(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        with suppress(BrokenPipeError):  # who asked is tired of waiting
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@contextmanager
def crooked_issuer() -> Iterator[Crooked]:
    """Serve one on a free port of this machine."""
    crooked = Crooked()
    handler = type("Handler", (_Handler,), {"crooked": crooked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    crooked.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield crooked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
