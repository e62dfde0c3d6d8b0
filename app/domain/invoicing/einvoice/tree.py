"""Elements of a CII document, spelled as the standard's examples spell them: `ram:Name`."""

import re
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""

for _prefix, _address in _NAMESPACES.items():
    register_namespace(_prefix, _address)


def begin(name: str) -> Element:
    """A document's first element."""
    return Element(_spelled(name))


def put(parent: Element, path: str, text: str | None = None, **attributes: str) -> Element:
    """Append the elements of a path (`ram:IssueDateTime/udt:DateTimeString`), each inside of the one before; the last holds the
    text and has the attributes.
    """
    for name in path.split("/"):
        parent = SubElement(parent, _spelled(name))
    if text is not None:
        parent.text = _UNSPEAKABLE.sub("", text)
    for key, value in attributes.items():
        parent.set(key, value)
    return parent


def put_if(parent: Element, path: str, text: str, **attributes: str) -> None:
    """The same, for what may be empty: the standard knows no empty elements."""
    if text.strip():
        put(parent, path, text, **attributes)


def put_day(parent: Element, path: str, iso: str, kind: str = "udt") -> None:
    """A day, in the format that UNTDID 2379 calls 102."""
    put(parent, f"{path}/{kind}:DateTimeString", iso.replace("-", ""), format="102")


def spelled_out(root: Element) -> bytes:
    """The document in UTF-8. The same tree gives the same bytes."""
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _spelled(name: str) -> str:
    prefix, _colon, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"
