"""What makes a PDF with an attached e-invoice one of Factur-X: its metadata say so, by an extension schema of PDF/A.

Typst writes no metadata of others, so they are appended as PDF foresees changes: a newer version of one object behind the
end, and a table that points to it (ISO 32000-1, 7.5.6). What was there stays byte for byte.
"""

import re

PROFILE = "EN 16931"
_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": ("name of the embedded XML invoice file", "factur-x.xml"),
    "DocumentType": ("INVOICE", "INVOICE"),
    "Version": ("the version of the Factur-X XML schema", "1.0"),
    "ConformanceLevel": ("the conformance level of the embedded Factur-X data", PROFILE),
}
_BAG_END = b"</rdf:Bag></pdfaExtension:schemas>"
_RDF_END = b"</rdf:RDF>"


def marked(pdf: bytes) -> bytes:
    """The PDF with the metadata of Factur-X. Raises ValueError when it is not built as Typst builds them."""
    table_at = int(_found(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf))
    trailer = pdf[pdf.rindex(b"trailer") :]
    root = int(_found(rb"/Root (\d+) 0 R", trailer))
    # From the catalogue's own place: elsewhere it could be anybody's words.
    catalogue = pdf[_offset(pdf, table_at, root) : table_at]
    number = int(_found(rb"/Metadata (\d+) 0 R", catalogue))
    packet = _packet(pdf, _offset(pdf, table_at, number))
    body = b"%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%b\nendstream\nendobj\n"
    more = _with_marks(packet)
    at = len(pdf) + 1
    new = body % (number, len(more), more)
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, at)
    inside = _found(rb"<<(.*?)>>\s*startxref", trailer)
    end = b"trailer\n<<%b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (inside, table_at, at + len(new))
    return pdf + b"\n" + new + table + end


def _with_marks(packet: bytes) -> bytes:
    if packet.count(_BAG_END) != 1 or packet.count(_RDF_END) != 1:
        raise ValueError("the metadata have no list of extensions")
    packet = packet.replace(_BAG_END, _schema() + _BAG_END)
    return packet.replace(_RDF_END, _values() + _RDF_END)


def _schema() -> bytes:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, (words, _value) in _PROPERTIES.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()


def _values() -> bytes:
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (_words, value) in _PROPERTIES.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">{values}</rdf:Description>'.encode()


def _packet(pdf: bytes, at: int) -> bytes:
    head = re.compile(rb"\d+ 0 obj\s*<</Length (\d+)/Type/Metadata/Subtype/XML>>\s*stream\r?\n").match(
        pdf, at
    )
    if head is None:
        raise ValueError("the metadata are not where the catalogue says")
    return pdf[head.end() : head.end() + int(head[1])]


def _offset(pdf: bytes, table_at: int, number: int) -> int:
    """Where an object begins, by the table: a head, then twenty bytes for each."""
    head = re.compile(rb"xref\s+0 \d+\s*\n").match(pdf, table_at)
    if head is None:
        raise ValueError("there is no plain table of objects")
    entry = pdf[head.end() + 20 * number :][:20]
    return int(entry[:10])


def _found(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise ValueError(f"no {pattern!r} in the PDF")
    return match[1]
