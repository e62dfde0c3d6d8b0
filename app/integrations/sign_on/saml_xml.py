"""XML that came from outside, and XML that leaves: the only two places where either is made or taken apart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring
from xml.parsers.expat import ExpatError, ParserCreate

from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from app.integrations.sign_on.saml_terms import SamlFault, SamlRefused

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
MAX_BYTES = 256 * 1024
"""The largest message that is read; real ones are below 30 kB."""
_TIMES = (
    "//saml:*/@NotBefore | //saml:*/@NotOnOrAfter | //saml:*/@SessionNotOnOrAfter"
    " | //samlp:*/@NotOnOrAfter | //samlp:*/@IssueInstant"
)
_DAY = timedelta(days=1)

for _prefix, _space in (("samlp", PROTOCOL), ("saml", ASSERTION), ("md", METADATA), ("ds", SIGNATURE)):
    register_namespace(_prefix, _space)


def check_plain(document: bytes, *, comments: bool = False) -> None:
    """Refuse XML with a document type, and so with entities; unless `comments`, also with comments and instructions.

    A comment inside a name (`owner@us.example<!---->.evil.example`) is not part of what is signed, and parsers
    disagree about what stands around it. No identity provider sends one.
    """
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _refusing("document type")
    parser.EntityDeclHandler = _refusing("entity")
    if not comments:
        parser.CommentHandler = _refusing("comment")
        parser.ProcessingInstructionHandler = _refusing("processing instruction")
    try:
        parser.Parse(document, True)  # noqa: FBT003 - "this was all of it", by position only
    except (ExpatError, ValueError, LookupError) as error:
        raise SamlRefused(SamlFault.UNREADABLE, str(error)) from error
    _check_toolkit_reads(document)


def moment(text: str) -> datetime:
    """A moment as SAML writes it: in UTC. Raises SamlRefused.

    The first and the last that there are, as who means "always" writes them, are a day nearer: others are reckoned from them.
    """
    try:
        found = datetime.fromtimestamp(OneLogin_Saml2_Utils.parse_SAML_to_time(text), UTC)
    except Exception as error:  # the toolkit's own is of no narrower kind
        raise SamlRefused(SamlFault.UNREADABLE, f"time {text}") from error
    first, last = datetime.min.replace(tzinfo=UTC) + _DAY, datetime.max.replace(tzinfo=UTC) - _DAY
    return min(max(found, first), last)


def _check_toolkit_reads(document: bytes) -> None:
    """The toolkit's parser wants prefixes declared and elements not too deep in each other, and every time in UTC: it
    stops in the middle of its own checks otherwise, and says so to nobody.
    """
    try:
        root = OneLogin_Saml2_XML.to_etree(document)
    except SyntaxError as error:  # lxml's is one
        raise SamlRefused(SamlFault.UNREADABLE, str(error)) from error
    for text in root.xpath(_TIMES, namespaces={"saml": ASSERTION, "samlp": PROTOCOL}):
        moment(text)


def _refusing(what: str) -> Callable[..., None]:
    def refuse(*_parts: Any) -> None:
        raise SamlRefused(SamlFault.UNSAFE_XML, what)

    return refuse


def element(space: str, tag: str, text: str = "", **attributes: str) -> Element:
    """A new element; text and attributes are escaped when it is written."""
    made = Element(f"{{{space}}}{tag}", attributes)
    made.text = text or None
    return made


def child(parent: Element, space: str, tag: str, text: str = "", **attributes: str) -> Element:
    """A new element inside of another."""
    made = SubElement(parent, f"{{{space}}}{tag}", attributes)
    made.text = text or None
    return made


def written(root: Element) -> bytes:
    document: bytes = tostring(root, encoding="utf-8")
    return document
