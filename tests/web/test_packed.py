"""What never changes under its address travels packed, as each browser takes it."""

import gzip
import re
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.packed import pack, pack_once
from tests.support.sign_in import sign_in_client
from tests.support.world import World

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])

# What a browser may say, and which encoding is the answer's.
ASKS = [
    ("gzip, deflate, br, zstd", "br"),
    ("br;q=0.2, gzip;q=1", "br"),
    ("gzip, deflate", "gzip"),
    ("br;q=0, gzip", "gzip"),
    ("*", "br"),
    ("identity", ""),
    ("", ""),
]
UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}


@pytest.fixture
def addresses(app: Flask, client: FlaskClient, world: World) -> dict[str, str]:
    """The packed answers that a first visit to the rooms page leads to, by what they are."""
    sign_in_client(app, client, world.northlight, "member")
    page = client.get("/bookings/search").text
    found = {
        "stylesheet": re.search(r"/theme/\w+\.css", page),
        "icon": re.search(r"/icons/\w+/favicon\.svg", page),
        "rooms": re.search(r"/media/rooms/\w+\.svg", page),
    }
    named = {name: match[0] for name, match in found.items() if match}
    assert named.keys() == found.keys()
    return named | {"manifest": "/manifest.webmanifest", "worker": "/service-worker.js"}


@pytest.mark.parametrize(("accepted", "encoding"), ASKS)
def test_each_browser_gets_what_it_takes(
    client: FlaskClient, addresses: dict[str, str], accepted: str, encoding: str
) -> None:
    for name, address in addresses.items():
        plain = client.get(address).data
        answer = client.get(address, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding", "") == encoding, name
        assert "Accept-Encoding" in answer.vary, name
        assert UNPACK[encoding](answer.data) == plain, name
        assert len(answer.data) < len(plain) or not encoding, name


def test_a_packed_answer_says_what_it_is(client: FlaskClient, addresses: dict[str, str]) -> None:
    kinds = {name: client.get(address).content_type for name, address in addresses.items()}
    assert kinds == {
        "stylesheet": "text/css; charset=utf-8",
        "icon": "image/svg+xml",
        "rooms": "image/svg+xml",
        "manifest": "application/manifest+json; charset=utf-8",
        "worker": "text/javascript; charset=utf-8",
    }


def test_what_never_changes_is_the_same_for_every_cookie(
    client: FlaskClient, addresses: dict[str, str]
) -> None:
    assert "Cookie" in client.get("/bookings/search").vary
    for name in ("stylesheet", "icon", "rooms"):
        answer = client.get(addresses[name])
        assert answer.cache_control.immutable, name
        assert "Cookie" not in answer.vary, name
        assert "Set-Cookie" not in answer.headers, name


def test_an_unchanged_manifest_costs_no_body(client: FlaskClient, addresses: dict[str, str]) -> None:
    for accepted in ("br", "gzip", ""):
        headers = {"Accept-Encoding": accepted}
        etag = client.get(addresses["manifest"], headers=headers).headers["ETag"]
        again = client.get(addresses["manifest"], headers=headers | {"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")


def test_the_same_text_is_packed_once(engine: str) -> None:
    assert pack_once(b"the same " * 9) is pack_once(b"the same " * 9)
    assert pack(b"the same " * 9) == pack_once(b"the same " * 9)
