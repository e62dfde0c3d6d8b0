"""Pages are sent compressed, and what must stay secret in them is not compressed together with what a visitor can choose.

Whoever sees only how long a compressed page is can guess a secret in it letter by letter, if what they make the page
show and the secret share a compressor (the BREACH attack on HTTPS). So the form's token and the page's key are sent as
they are, between parts that are compressed each for itself.
"""

import zlib
from collections.abc import Iterator
from functools import lru_cache

from flask import Flask, Response, g, request

from app.web.cookies import go_by

_TYPES = {"text/html", "application/json", "application/manifest+json", "image/svg+xml"}
_TOO_SMALL = 500
"""Bytes below which an answer fits into one packet anyway."""
_SECRETS = ("csrf_token", "page_key")
"""Where in `g` an answer keeps what no guess at its length may find."""

# RFC 1952: no name, no time, any system; then what a raw deflate stream ends with.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_STORED_MOST = 65_535
_REMEMBERED, _LARGEST = 512, 64 * 1024
"""How many parts are remembered, and up to how many bytes: a form shows again what was typed, and that may be a
megabyte of nonsense each time."""


def gzip_around(secrets: tuple[bytes, ...], body: bytes) -> bytes:
    """The body as gzip, with the secrets as they are. Parts between them are remembered: most come again with the next page."""
    blocks = [_stored(piece) if piece in secrets else _block(piece) for piece in _pieces(body, secrets)]
    trailer = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((_HEADER, *blocks, _LAST_BLOCK, trailer))


def _pieces(body: bytes, secrets: tuple[bytes, ...]) -> list[bytes]:
    """The body cut before and after each secret."""
    pieces = [body]
    for secret in secrets:
        pieces = [
            part for piece in pieces for part in ([piece] if piece in secrets else _around(secret, piece))
        ]
    return pieces


def _around(secret: bytes, piece: bytes) -> Iterator[bytes]:
    # No expression that looks for all of them at once: secrets are new with each answer, and it would be compiled with each.
    first, *others = piece.split(secret)
    yield first
    for part in others:
        yield secret
        yield part


def _block(piece: bytes) -> bytes:
    return _remembered(piece) if len(piece) <= _LARGEST else _deflated(piece)


def _deflated(piece: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    # A full flush: the next block begins at a byte and looks back at nothing.
    return compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)


_remembered = lru_cache(_REMEMBERED)(_deflated)


def _stored(secret: bytes) -> bytes:
    """A block that holds the bytes as they are (RFC 1951, 3.2.4)."""
    length = len(secret)
    return b"\x00" + length.to_bytes(2, "little") + (length ^ _STORED_MOST).to_bytes(2, "little") + secret


def _worth_it(response: Response) -> bool:
    return (
        response.mimetype in _TYPES
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= _TOO_SMALL
    )


def init_compression(app: Flask) -> None:
    """Call before anything else that changes answers: what is attached first sees them last."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _worth_it(response):
            return response
        go_by(response, "Accept-Encoding")
        if request.accept_encodings["gzip"]:
            secrets = tuple(g.get(name, "").encode() for name in _SECRETS if g.get(name))
            response.set_data(gzip_around(secrets, response.get_data()))
            response.headers["Content-Encoding"] = "gzip"
            etag, weak = response.get_etag()
            if etag and not weak:
                # The same page in other bytes is, in HTTP's words, only weakly the same.
                response.set_etag(etag, weak=True)
        return response
