"""Addresses in what people write, as links: http and https, as they were typed, and never anything that runs."""

import re
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_AT_THE_END = ".,;:!?…"
_PAIRS = {")": "(", "]": "["}
LONGEST_ADDRESS = 2000


def linked(text: str) -> Markup:
    """The text, escaped, with links where it names web addresses."""
    pieces, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found[0])
        if not _is_plain(address):
            continue
        pieces += [escape(text[at : found.start()]), _link(address)]
        at = found.start() + len(address)
    return Markup("").join([*pieces, escape(text[at:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow ugc" target="_blank">{0}</a>').format(
        address
    )


def _trimmed(address: str) -> str:
    """Without the sentence's own signs: a full stop at its end, a bracket that was opened before the address."""
    while address and (
        address[-1] in _AT_THE_END
        or (address[-1] in _PAIRS and address.count(address[-1]) > address.count(_PAIRS[address[-1]]))
    ):
        address = address[:-1]
    return address


def _is_plain(address: str) -> bool:
    """Whether it leads where it seems to: with a name of a host, and without a user before it that looks like one."""
    if len(address) > LONGEST_ADDRESS:
        return False
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


def init_links(app: Flask) -> None:
    app.add_template_filter(linked)
