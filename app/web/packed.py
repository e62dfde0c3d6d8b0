"""Text that stays as it is under its address: packed once, then sent to each browser as that browser takes it."""

import gzip
from dataclasses import dataclass
from functools import lru_cache

import brotli
from flask import Response, request

from app.web.cookies import go_by

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Packed:
    """The same bytes in both encodings that browsers take. The plain ones are not kept: hardly anybody asks for them."""

    br: bytes
    gzip: bytes

    @property
    def plain(self) -> bytes:
        return bytes(brotli.decompress(self.br))


def pack(data: bytes) -> Packed:
    """The bytes, packed as tight as it goes: some 30 ms for 40 kB, so keep what it makes."""
    return Packed(
        brotli.compress(data, mode=brotli.MODE_TEXT, quality=11),
        gzip.compress(data, 9, mtime=0),
    )


@lru_cache(_REMEMBERED)
def pack_once(data: bytes) -> Packed:
    """The same for small texts, found again by what they say."""
    return pack(data)


def answer(content: Packed, mime: str) -> Response:
    """The content in the best encoding that this browser says it takes; plain where it takes none."""
    accepted = request.accept_encodings
    if accepted["br"] > 0:
        response = _encoded(content.br, "br")
    elif accepted["gzip"] > 0:
        response = _encoded(content.gzip, "gzip")
    else:
        response = Response(content.plain)
    response.content_type = mime if mime.startswith("image/") else f"{mime}; charset=utf-8"
    go_by(response, "Accept-Encoding")
    return response


def _encoded(data: bytes, encoding: str) -> Response:
    response = Response(data)
    response.content_encoding = encoding
    return response
