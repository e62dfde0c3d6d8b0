"""Addresses that came from outside: only paths of our own are ever followed."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from app.models.base import LARGEST_ID

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class RowId(IntegerConverter):
    """A number that the database can hold: a larger one is an address that does not exist, not an error in SQL."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, **({"min": 1, "max": LARGEST_ID} | limits))


def init_addresses(app: Flask) -> None:
    app.url_map.converters["int"] = RowId


def local_path(url: str, *, absolute: bool = False) -> str:
    r"""The path and query of an address when it stays on this site, else an empty string.

    Refuses what browsers read as another host (`//host`, `/\host`, `https:host`) and control characters.
    With `absolute` an `http(s)://host/path` is cut down to its path: for headers that always carry the host.
    """
    if not url or _UNSAFE.search(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if absolute and parts.scheme in {"http", "https"}:
        url = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or url.startswith("//"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
