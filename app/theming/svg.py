"""An uploaded SVG, rebuilt from what a logo may contain.

Nothing of the original text survives: the tree is parsed without entities, and a new one is written from a
list of drawing elements and attributes. Editor leftovers (metadata, comments, foreign namespaces) fall away
in silence. What acts or reaches outside is not dropped but refused, because a file that carries a script was
not meant as a logo, and a logo whose fonts or pictures are missing is not the person's logo any more.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.theming.errors import (
    LogoNeedsOutlines,
    LogoNotAnImage,
    LogoTooComplex,
    LogoTooLarge,
    LogoUnsafe,
    LogoWithoutSize,
)

MAX_BYTES = 256 * 1024
MAX_ELEMENTS = 2_000
MAX_DEPTH = 24
MAX_COST = 2_000
"""Elements after all repeats. The renderer takes about a millisecond for one that covers an icon."""

_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_ELEMENTS = _SHAPES | {
    "svg", "g", "defs", "symbol", "use", "clipPath", "mask", "linearGradient", "radialGradient", "stop",
    "title",
}  # fmt: skip
_TEXT_ELEMENTS = frozenset({"text", "tspan", "textpath"})
_ACTIVE = frozenset(
    {
        "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "handler",
        "listener", "a", "animate", "animatecolor", "animatemotion", "animatetransform", "set", "discard",
        "image", "feimage", "tref", "link", "html", "body", "base", "meta",
    }
)  # fmt: skip

_PAINT = frozenset(
    {
        "fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap",
        "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "opacity", "color", "clip-path",
        "clip-rule", "mask", "mask-type", "stop-color", "stop-opacity", "display", "visibility",
        "paint-order", "vector-effect",
    }
)  # fmt: skip
_GEOMETRY = frozenset(
    {
        "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "width",
        "height", "points", "transform", "viewBox", "preserveAspectRatio", "offset", "gradientUnits",
        "gradientTransform", "spreadMethod", "clipPathUnits", "maskUnits", "maskContentUnits",
        "pathLength",
    }
)  # fmt: skip

_VALUE = re.compile(r"[\w\s.,#%()+\-]*", re.ASCII)
_REFERENCE = re.compile(r"url\(\s*[\"']?#([A-Za-z_][\w.\-]*)[\"']?\s*\)", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][\w.\-]{0,80}", re.ASCII)
# Read in one pass whatever they meet: the file is a stranger's, and a pattern that starts over holds the whole server.
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:px)?")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_HUGE = re.compile(r"(?<![0-9.])[1-9][0-9]{6}|e\+?0*(?:[6-9]|[1-9][0-9])", re.ASCII | re.IGNORECASE)


class CleanSvg(NamedTuple):
    """A self-contained drawing; width and height are those of its viewBox, rounded to whole units."""

    data: bytes
    width: int
    height: int


def clean_svg(data: bytes) -> CleanSvg:
    """The same drawing with nothing in it but drawing. Raises a child of LogoRefused."""
    if len(data) > MAX_BYTES:
        raise LogoTooLarge
    source = _parse(data)
    _check_size(source)
    box = _view_box(source)
    styles = _class_styles(source)
    root = Element("svg", {"xmlns": _NAMESPACE})
    _copy_attributes(source, root, styles)
    for name in ("x", "y", "width", "height", "viewBox"):
        root.attrib.pop(name, None)
    width, height = max(1, round(box[2])), max(1, round(box[3]))
    root.attrib |= {"viewBox": " ".join(f"{n:g}" for n in box), "width": str(width), "height": str(height)}
    _copy_children(source, root, styles)
    _check_references(root)
    return CleanSvg(tostring(root, encoding="utf-8"), width, height)


def _parse(data: bytes) -> Element:
    try:
        root = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as refused:
        raise LogoUnsafe("entity") from refused
    except (ParseError, ValueError, LookupError) as broken:
        raise LogoNotAnImage from broken
    if _local(root) != "svg":
        raise LogoNotAnImage
    return root


def _local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def _is_drawing(element: Element) -> bool:
    return element.tag.rpartition("}")[0] in ("", f"{{{_NAMESPACE}")


def _check_size(root: Element) -> None:
    level, count = [root], 0
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_ELEMENTS:
            raise LogoTooComplex
        level = [child for element in level for child in element]
        if not level:
            return
    raise LogoTooComplex


def _view_box(root: Element) -> tuple[float, float, float, float]:
    """The drawing's own box; raises LogoWithoutSize where it is absent, empty, or a thread."""
    numbers = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if part]
    if not numbers:
        numbers = [0.0, 0.0, _length(root.get("width")), _length(root.get("height"))]
    if len(numbers) != 4:
        raise LogoWithoutSize
    x, y, width, height = numbers
    sensible = all(isfinite(n) and abs(n) <= 100_000 for n in numbers) and min(width, height) >= 0.01
    if not sensible or max(width, height) / min(width, height) > 12:
        raise LogoWithoutSize
    return x, y, width, height


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise LogoWithoutSize from None


def _length(text: str | None) -> float:
    matched = _LENGTH.fullmatch((text or "").strip())
    return float(matched[1]) if matched else 0.0


def _class_styles(root: Element) -> dict[str, dict[str, str]]:
    """``.name {fill: …}`` rules, which drawing programs write, by class name; other selectors are left out."""
    styles: dict[str, dict[str, str]] = {}
    for element in root.iter():
        if _local(element) != "style":
            continue
        text = _COMMENT.sub("", "".join(element.itertext()))
        _refuse_css(text)
        for selectors, body in _rules(text):
            declared = _declarations(body)
            for selector in selectors.split(","):
                if selector.strip().startswith("."):
                    styles.setdefault(selector.strip()[1:], {}).update(declared)
    return styles


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """(selectors, body) of every innermost ``… {…}``, in order."""
    for block in text.split("}")[:-1]:
        before, brace, body = block.rpartition("{")
        if brace:
            yield before.rpartition("{")[2], body


def _declarations(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(";"))
    named = ((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return {name: value for name, value in named if name in _PAINT}


def _refuse_css(text: str) -> None:
    if "\\" in text or "@" in text or "expression" in text.lower() or "<" in text:
        raise LogoUnsafe("style")
    _refuse_addresses(text)


def _refuse_addresses(text: str) -> None:
    """Whatever looks like an address must be ``url(#…)``: a part of the same drawing."""
    rest = _REFERENCE.sub("", text).lower()
    if "url(" in rest or "//" in rest or "javascript:" in rest or "data:" in rest:
        raise LogoUnsafe("url")


def _copy_children(source: Element, target: Element, styles: dict[str, dict[str, str]]) -> None:
    for child in source:
        name = _local(child)
        if name.lower() in _ACTIVE:
            raise LogoUnsafe(name.lower())
        if not _is_drawing(child):
            _refuse_hidden(child)
            continue
        if name.lower() in _TEXT_ELEMENTS:
            raise LogoNeedsOutlines
        if name not in _ELEMENTS:
            _refuse_hidden(child)
            continue
        copied = SubElement(target, name)
        if name == "title":
            copied.text = (child.text or "").strip()[:200]
            continue
        _copy_attributes(child, copied, styles)
        _copy_children(child, copied, styles)


def _refuse_hidden(dropped: Element) -> None:
    """What is dropped is searched all the same: a script in metadata is still a script."""
    for element in dropped.iter():
        if _local(element).lower() in _ACTIVE and _is_active_there(element):
            raise LogoUnsafe(_local(element).lower())
        _refuse_attributes(element)


def _is_active_there(element: Element) -> bool:
    """RDF and editor vocabularies have harmless words such as ``set``; SVG and XHTML ones act."""
    namespace = element.tag.rpartition("}")[0]
    return _is_drawing(element) or namespace == "{http://www.w3.org/1999/xhtml"


def _refuse_attributes(element: Element) -> None:
    for key in element.attrib:
        if key.rpartition("}")[2].lower().startswith("on"):
            raise LogoUnsafe(key.rpartition("}")[2].lower())


def _copy_attributes(source: Element, target: Element, styles: dict[str, dict[str, str]]) -> None:
    _refuse_attributes(source)
    given = {key: value for key, value in source.attrib.items() if key in _PAINT or key in _GEOMETRY}
    for name in source.get("class", "").split():
        given |= styles.get(name, {})
    style = source.get("style", "")
    _refuse_css(style)
    given |= _declarations(style)
    for key, value in given.items():
        _refuse_addresses(value)
        plain = _REFERENCE.sub(r"url(#\1)", value.replace("!important", "")).strip()
        if (key in _GEOMETRY or key == "stroke-width") and _HUGE.search(plain):
            raise LogoTooComplex
        if _VALUE.fullmatch(plain):
            target.set(key, plain)
    identity = source.get("id", "")
    if _NAME.fullmatch(identity):
        target.set("id", identity)
    _copy_link(source, target)


def _copy_link(source: Element, target: Element) -> None:
    link = source.get("href", source.get(_XLINK_HREF))
    if link is None:
        return
    if not link.startswith("#"):
        raise LogoUnsafe("href")
    if _NAME.fullmatch(link[1:]):
        target.set("href", link)


def _check_references(root: Element) -> None:
    """Refuse a drawing that grows without end by pointing at itself, or that asks for very much work."""
    by_id = {element.attrib["id"]: element for element in root.iter() if "id" in element.attrib}
    known: dict[Element, int] = {}
    if _cost(root, by_id, known, ()) > MAX_COST:
        raise LogoTooComplex


def _cost(
    element: Element, by_id: dict[str, Element], known: dict[Element, int], above: tuple[Element, ...]
) -> int:
    """Elements drawn in the end, repeats counted each time; a layer of its own counts as forty."""
    if element in above or len(above) > 4 * MAX_DEPTH:
        raise LogoTooComplex
    if element not in known:
        inside = (*above, element)
        layers = sum(name in element.attrib for name in ("mask", "clip-path", "opacity"))
        cost = 1 + 40 * layers * (element.tag not in _SHAPES or "mask" in element.attrib)
        cost += sum(_cost(child, by_id, known, inside) for child in element)
        cost += sum(_cost(by_id[name], by_id, known, inside) for name in _targets(element) if name in by_id)
        known[element] = min(cost, MAX_COST + 1)
    return known[element]


def _targets(element: Element) -> Iterator[str]:
    if "href" in element.attrib:
        yield element.attrib["href"][1:]
    for value in element.attrib.values():
        yield from _REFERENCE.findall(value)
