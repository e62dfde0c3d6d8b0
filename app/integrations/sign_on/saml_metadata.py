"""Metadata: how two sides of SAML describe themselves to each other."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from app.integrations.sign_on.saml_terms import SamlFault, SamlIdentityProvider, SamlPortal, SamlRefused
from app.integrations.sign_on.saml_xml import (
    METADATA,
    PROTOCOL,
    SIGNATURE,
    check_plain,
    child,
    element,
    written,
)

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_CERTIFICATE_YEARS = 20
"""Nobody checks its dates: it is a key with a name, known to the identity provider by our metadata."""


def read(document: bytes) -> SamlIdentityProvider:
    """What an identity provider says of itself. Raises SamlRefused with what is missing."""
    check_plain(document, comments=True)
    found = OneLogin_Saml2_IdPMetadataParser.parse(document).get("idp", {})
    entity_id = found.get("entityId", "")
    sign_on_url = found.get("singleSignOnService", {}).get("url", "")
    certificates = found.get("x509certMulti", {}).get("signing") or [found.get("x509cert")]
    missing = [
        name
        for name, there in (
            ("IDPSSODescriptor", entity_id),
            ("SingleSignOnService", sign_on_url),
            ("X509Certificate", any(certificates)),
        )
        if not there
    ]
    if missing:
        raise SamlRefused(SamlFault.INCOMPLETE, missing[0])
    logout_url = found.get("singleLogoutService", {}).get("url") or ""
    return SamlIdentityProvider(
        entity_id,
        sign_on_url,
        logout_url,
        tuple(dict.fromkeys(certificate(one) for one in certificates)),
    )


def certificate(text: str) -> str:
    """A certificate in PEM, from PEM or from its bare base64. Raises SamlRefused for what is neither."""
    pem = OneLogin_Saml2_Utils.format_cert(text)
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise SamlRefused(SamlFault.UNREADABLE, "X509Certificate") from error
    return found.public_bytes(serialization.Encoding.PEM).decode()


def ours(portal: SamlPortal) -> str:
    """What we say of ourselves to one identity provider. It does not run out: it changes only with our address."""
    root = element(METADATA, "EntityDescriptor", entityID=portal.entity_id)
    role = child(
        root,
        METADATA,
        "SPSSODescriptor",
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=PROTOCOL,
    )
    key = child(child(role, METADATA, "KeyDescriptor", use="signing"), SIGNATURE, "KeyInfo")
    body = "".join(line for line in portal.certificate.splitlines() if not line.startswith("-----"))
    child(child(key, SIGNATURE, "X509Data"), SIGNATURE, "X509Certificate", body)
    child(role, METADATA, "SingleLogoutService", Binding=REDIRECT, Location=portal.logout_url)
    child(role, METADATA, "NameIDFormat", PERSISTENT)
    child(role, METADATA, "AssertionConsumerService", Binding=POST, Location=portal.answer_url, index="1")
    return written(root).decode()


def new_key(name: str) -> tuple[str, str]:
    """A private key and a certificate that only carries its public half, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _CERTIFICATE_YEARS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), made.public_bytes(serialization.Encoding.PEM).decode()
