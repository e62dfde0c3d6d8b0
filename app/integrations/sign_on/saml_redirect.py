"""The redirect binding: messages that travel in the query of an address, signed over that very query."""

import base64
import binascii
import zlib
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.integrations.sign_on.saml_terms import SamlFault, SamlRefused
from app.integrations.sign_on.saml_xml import MAX_BYTES, check_plain

_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    _RSA_SHA256: hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512(),
}
_SIGNED = ("RelayState", "SigAlg")


@dataclass(frozen=True, slots=True)
class Received:
    """A message whose signature fits; `encoded` is it as it came, for the toolkit."""

    encoded: str
    relay_state: str


def pack(address: str, kind: str, document: bytes, relay_state: str, private_key: str) -> str:
    """The address that carries the message; `kind` is SAMLRequest or SAMLResponse."""
    squeezed = zlib.compress(document, 9)[2:-4]  # deflate without the two ends that zlib puts around it
    fields = {kind: base64.b64encode(squeezed).decode()}
    if relay_state:
        fields["RelayState"] = relay_state
    query = urlencode(fields | {"SigAlg": _RSA_SHA256})
    key = load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("we sign with RSA")
    signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    query += "&" + urlencode({"Signature": base64.b64encode(signature).decode()})
    return f"{address}{'&' if urlsplit(address).query else '?'}{query}"


def unpack(query: str, kind: str, certificates: tuple[str, ...]) -> Received:
    """The message in a raw query string, once its signature fits one of the certificates. Raises SamlRefused."""
    raw = _fields(query)
    if kind not in raw:
        raise SamlRefused(SamlFault.UNREADABLE, f"no {kind}")
    if "Signature" not in raw or "SigAlg" not in raw:
        raise SamlRefused(SamlFault.UNSIGNED)
    algorithm = _HASHES.get(unquote_plus(raw["SigAlg"]))
    if algorithm is None:
        raise SamlRefused(SamlFault.WEAK_SIGNATURE, unquote_plus(raw["SigAlg"])[:100])
    # What was signed are the fields as they were written: another way to escape the same letter is another text.
    signed = "&".join(f"{name}={raw[name]}" for name in (kind, *_SIGNED) if name in raw)
    signature = _decoded(unquote_plus(raw["Signature"]))
    if not any(_fits(certificate, signature, signed.encode(), algorithm) for certificate in certificates):
        raise SamlRefused(SamlFault.ALTERED)
    encoded = unquote_plus(raw[kind])
    check_plain(_inflated(encoded))
    return Received(encoded, unquote_plus(raw.get("RelayState", "")))


def _fields(query: str) -> dict[str, str]:
    """The fields still escaped. A name that comes twice is refused: who reads the other one reads something unsigned."""
    found: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in found:
            raise SamlRefused(SamlFault.UNREADABLE, f"{name} twice")
        found[name] = value
    return found


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused(SamlFault.UNREADABLE, "base64") from error


def _inflated(encoded: str) -> bytes:
    """The message unpacked, but never more of it than a message has: a few bytes can unpack to gigabytes."""
    worker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        document = worker.decompress(_decoded(encoded), MAX_BYTES)
    except zlib.error as error:
        raise SamlRefused(SamlFault.UNREADABLE, "deflate") from error
    if worker.unconsumed_tail or not worker.eof:
        raise SamlRefused(SamlFault.UNREADABLE, "too long, or cut off")
    return document


def _fits(certificate: str, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True
