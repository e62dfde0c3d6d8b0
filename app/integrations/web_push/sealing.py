"""Encrypting a push message for one browser: aes128gcm (RFC 8188) under keys that only the two of us can derive (RFC 8291)."""

import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.integrations.web_push.keys import point_bytes

RECORD = 4096
"""What each push service takes, in bytes; the message is one record."""
MOST = RECORD - 103
"""Bytes of a message: a record less salt, sizes, our public key, the end mark and the tag."""
_END = b"\x02"


def seal(message: bytes, browser_key: ec.EllipticCurvePublicKey, auth: bytes) -> bytes:
    """The body to send. Raises ValueError for a message of more than `MOST` bytes."""
    if len(message) > MOST:
        raise ValueError(f"{len(message)} bytes do not fit into one record")
    return _seal(message, browser_key, auth, ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def _seal(
    message: bytes,
    browser_key: ec.EllipticCurvePublicKey,
    auth: bytes,
    own: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """The same with a given salt and a key of this one message."""
    ours, theirs = point_bytes(own.public_key()), point_bytes(browser_key)
    shared = own.exchange(ec.ECDH(), browser_key)
    secret = _derive(shared, auth, b"WebPush: info\x00" + theirs + ours, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack("!LB", RECORD, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, message + _END, None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
