"""A push service and the browsers behind it, as a process of its own that knows nothing of Portico.

It holds whoever writes to it to the letter of RFC 8030, 8188, 8291 and 8292, as strictly as the strictest real one, and
can be told to answer as they do on bad days. Written from the standards alone: it shares no line with what it tests.

    POST /subscriptions {"key": K}           a browser subscribes → {"endpoint", "keys": {"p256dh", "auth"}}
    POST /push/TOKEN                         what senders call
    POST /answers {"token": T, "status": 410, "headers": {}, "body": "", "times": 1}
    POST /hold {"held": true}                whether messages wait before they are looked at, for a few seconds at most
    GET  /waiting                            how many do
    GET  /messages?token=T                   what the browser got: [{"text", "ttl", "urgency", "topic", "replaced"}]
    GET  /refusals                           what was wrong, a sentence each
"""

import argparse
import base64
import json
import re
import secrets
import struct
import sys
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DAY_S = 24 * 3600
HELD_S = 8.0
MOST_BYTES = 4096
URGENCIES = {"very-low", "low", "normal", "high"}
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
AUTHORIZATION = re.compile(r"vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)")
SUBJECT = re.compile(r"(?:mailto:[^@\s]+@|https://)((?:[\w-]+\.)+[a-z]{2,})(?:/\S*)?")


class Bad(Exception):
    """A request that the standards forbid."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def unpad(text: str) -> bytes:
    if "=" in text:
        raise ValueError("base64url without padding is asked for")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pad(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hmac(key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(data)
    return mac.finalize()


class Browser:
    """One subscription: a key of its own, a secret, and the sender's key that it is bound to."""

    def __init__(self, sender_key: str) -> None:
        self.sender_key = sender_key
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = secrets.token_bytes(16)
        self.messages: list[dict[str, Any]] = []

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, body: bytes) -> bytes:
        """RFC 8291 §3.4, then RFC 8188 §2 with exactly one record."""
        if len(body) < 21 + 65:
            raise Bad(400, "the body has no aes128gcm header")
        salt, (record, length) = body[:16], struct.unpack("!LB", body[16:21])
        if length != 65 or record < 18:
            raise Bad(400, "the key id is no point, or the record size none")
        point, sealed = body[21:86], body[86:]
        if len(sealed) > record:
            raise Bad(400, "more than one record")
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        first = hmac(self.auth, self.private.exchange(ec.ECDH(), other))
        secret = hmac(first, b"WebPush: info\0" + self.point + point + b"\1")
        begin = hmac(salt, secret)
        key = HKDFExpand(SHA256(), 16, b"Content-Encoding: aes128gcm\0").derive(begin)
        nonce = HKDFExpand(SHA256(), 12, b"Content-Encoding: nonce\0").derive(begin)
        try:
            padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        except InvalidTag:
            raise Bad(400, "the browser cannot decrypt it") from None
        if padded[-1:] != b"\2":
            raise Bad(400, "the last record is not marked as the last")
        return padded[:-1]


class Service:
    def __init__(self) -> None:
        self.origin = ""
        self.browsers: dict[str, Browser] = {}
        self.answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.refusals: list[str] = []
        self.lock = threading.Lock()
        self.free = threading.Event()
        self.free.set()
        self.waiting = 0

    def wait(self) -> None:
        """Keep a message waiting for as long as the service is told to."""
        with self.lock:
            self.waiting += 1
        self.free.wait(HELD_S)
        with self.lock:
            self.waiting -= 1

    def subscribe(self, wanted: dict[str, Any]) -> dict[str, Any]:
        point = unpad(wanted["key"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        browser, token = Browser(wanted["key"]), secrets.token_urlsafe(24)
        self.browsers[token] = browser
        keys = {"p256dh": pad(browser.point), "auth": pad(browser.auth)}
        return {"endpoint": f"{self.origin}/push/{token}", "keys": keys}

    def take(self, token: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        browser = self.browsers.get(token)
        if browser is None:
            return 404, {}, b""
        message = self._check(browser, headers, body)
        told = next((each for each in self.answers[token] if each["times"] > 0), None)
        if told is not None:
            told["times"] -= 1
            if told["status"] >= 300:
                return told["status"], told["headers"], told["body"].encode()
        if message["topic"]:
            for earlier in browser.messages:
                earlier["replaced"] = earlier["replaced"] or earlier["topic"] == message["topic"]
        browser.messages.append(message)
        return 201, {"Location": f"{self.origin}/messages/{len(browser.messages)}"}, b""

    def _check(self, browser: Browser, headers: Any, body: bytes) -> dict[str, Any]:
        self._check_sender(browser, headers.get("Authorization", ""))
        if headers.get("Content-Encoding") != "aes128gcm":
            raise Bad(400, "Content-Encoding must be aes128gcm")
        if headers.get("Content-Type") != "application/octet-stream":
            raise Bad(400, "Content-Type must be application/octet-stream")
        ttl, urgency, topic = headers.get("TTL"), headers.get("Urgency", "normal"), headers.get("Topic", "")
        if ttl is None or not re.fullmatch(r"[0-9]+", ttl):
            raise Bad(400, "TTL is missing, or no number")
        if urgency not in URGENCIES:
            raise Bad(400, f"there is no urgency {urgency!r}")
        if topic and not TOPIC.fullmatch(topic):
            raise Bad(400, f"{topic!r} is no topic")
        if len(body) > MOST_BYTES:
            raise Bad(413, "more than 4096 bytes")
        text = browser.open(body).decode()
        return {"text": text, "ttl": int(ttl), "urgency": urgency, "topic": topic, "replaced": False}

    def _check_sender(self, browser: Browser, header: str) -> None:
        """What Apple calls BadJwtToken, whichever of these it is."""
        found = AUTHORIZATION.fullmatch(header)
        if found is None:
            raise Bad(403, "Authorization is not `vapid t=…, k=…`")
        head, claims, signature = found[1].split(".")
        try:
            raw, kind, said = unpad(signature), json.loads(unpad(head)), json.loads(unpad(claims))
        except ValueError:
            raise Bad(403, "the token cannot be read") from None
        if kind.get("alg") != "ES256" or len(raw) != 64:
            raise Bad(403, "the token is not signed with ES256")
        numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpad(found[2]))
        try:
            key.verify(encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise Bad(403, "the signature is wrong") from None
        if found[2] != browser.sender_key:
            raise Bad(403, "another key than the browser subscribed with")
        self._check_claims(said)

    def _check_claims(self, claims: dict[str, Any]) -> None:
        now = time.time()
        if claims.get("aud") != self.origin:
            raise Bad(403, f"aud is {claims.get('aud')!r} instead of {self.origin!r}")
        if not isinstance(claims.get("exp"), int) or not now < claims["exp"] <= now + DAY_S:
            raise Bad(403, "exp is over, or more than a day ahead")
        subject = SUBJECT.fullmatch(str(claims.get("sub", "")))
        if subject is None or subject[1].rsplit(".", 1)[1] in {"invalid", "localhost", "local"}:
            raise Bad(403, "sub is no way to reach anybody")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urlsplit(self.path).path
        if path.startswith("/push/"):
            self.service.wait()
        with self.service.lock:
            if path == "/hold":
                (self.service.free.clear if json.loads(body)["held"] else self.service.free.set)()
                return self._json(200, {})
            if path == "/subscriptions":
                return self._json(201, self.service.subscribe(json.loads(body)))
            if path == "/answers":
                told = {"headers": {}, "body": "", "times": 1, **json.loads(body)}
                self.service.answers[told["token"]].append(told)
                return self._json(200, {})
            try:
                answer = self.service.take(path.removeprefix("/push/"), self.headers, body)
            except Bad as bad:
                self.service.refusals.append(bad.reason)
                reason = "BadJwtToken" if bad.status == 403 else bad.reason
                return self._json(bad.status, {"reason": reason})
        return self._send(*answer)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.service.lock:
            if parts.path == "/waiting":
                return self._json(200, self.service.waiting)
            if parts.path == "/refusals":
                return self._json(200, self.service.refusals)
            token = parse_qs(parts.query).get("token", [""])[0]
            browser = self.service.browsers.get(token)
            return self._json(200 if browser else 404, browser.messages if browser else [])

    def _json(self, status: int, data: object) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(data).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the refusals are what matters."""


def main() -> None:
    """Serve on a free port and print the address."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    Handler.service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.service.origin = f"http://localhost:{server.server_port}"
    sys.stdout.write(f"{Handler.service.origin}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
