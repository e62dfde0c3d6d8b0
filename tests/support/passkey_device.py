"""A passkey's device in software, as the WebAuthn specification describes one: keeps keys, signs what a page gives it.

It does what browsers would never do as well: signs for another origin, without asking its owner, with an old counter.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

_PRESENT, _VERIFIED, _HOLDS_KEY = 0x01, 0x04, 0x40
_ES256, _P256, _EC2 = -7, 1, 2


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PasskeyDevice:
    """One device with one key. `owner` is whether it makes sure that its owner holds it."""

    origin: str = "http://localhost"
    owner: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a page's wish for a new passkey."""
        self.user_handle = decode(options["user"]["id"])
        point = self._key.public_key().public_numbers()
        key = encode_cbor(
            {1: _EC2, 3: _ES256, -1: _P256, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        made = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + key
        data = self._data(options["rp"]["id"], _HOLDS_KEY) + made
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": encode(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": encode(attestation),
            }
        )

    def use(self, options: dict[str, Any]) -> str:
        """The answer to a page's wish to see the passkey."""
        self.counter += 1
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(options["rpId"])
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": encode(client_data),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": encode(self.user_handle),
            }
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, rp_id: str, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.owner else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        own = encode(self.credential_id)
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
