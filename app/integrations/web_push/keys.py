"""The keys of both sides, as they travel: base64url without padding, public ones as uncompressed points of P-256."""

import base64
import binascii
import re

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.ports import PushFault, PushKeys, PushRefused, PushTarget

_POINT, _AUTH = 65, 16
_ALPHABET = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def new_keys() -> PushKeys:
    """A fresh pair of our own."""
    private = ec.generate_private_key(ec.SECP256R1())
    number = private.private_numbers().private_value
    return PushKeys(encode(point_bytes(private.public_key())), encode(number.to_bytes(32)))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Our private key again."""
    return ec.derive_private_key(int.from_bytes(decode(text)), ec.SECP256R1())


def read_keys(target: PushTarget) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """A browser's public key and its secret. Raises PushRefused for what cannot be them."""
    try:
        point, auth = decode(target.p256dh), decode(target.auth)
        if len(point) != _POINT or len(auth) != _AUTH:
            raise PushRefused(PushFault.BAD_KEYS)
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), auth
    except ValueError as error:
        raise PushRefused(PushFault.BAD_KEYS) from error


def point_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ValueError for what is no base64url."""
    if not _ALPHABET.fullmatch(text):
        raise ValueError("no base64url")
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
