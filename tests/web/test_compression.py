"""Pages travel as gzip, and how long they are says nothing about the secrets in them."""

import gzip
import secrets
import zlib
from collections.abc import Iterator
from random import Random

import pytest
import time_machine
from flask import Flask

from app.web import compression
from app.web.compression import gzip_around
from tests.support.bookings import NOW, SEARCH
from tests.support.visitor import Visitor
from tests.support.world import World

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_a_page_is_the_same_packed_and_plain(member: Visitor) -> None:
    plain, answer = member.get(SEARCH), member.get(SEARCH, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 3
    opened = gzip.decompress(answer.data).decode()
    assert opened.startswith("<!doctype html>")
    assert opened.endswith(plain.text[-500:])
    for page in (plain, answer):
        assert "Accept-Encoding" in page.headers["Vary"]


def test_its_form_works(member: Visitor) -> None:
    token = (
        gzip.decompress(member.get("/account", headers=GZIP).data).decode().split('csrf_token" value="')[1]
    )
    data = {"csrf_token": token.split('"')[0], "first_name": "Maja", "last_name": "Member", "locale": "es"}
    assert member.post_bare("/account/profile", data).status_code == 303


@pytest.mark.parametrize("asked", ["", "identity", "br", "gzip;q=0"])
def test_who_does_not_take_gzip_gets_plain_text(member: Visitor, asked: str) -> None:
    answer = member.get(SEARCH, headers={"Accept-Encoding": asked})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["/healthz", "/bookings"])
def test_short_answers_and_redirects_stay_plain(member: Visitor, path: str) -> None:
    assert "Content-Encoding" not in member.get(path, headers=GZIP).headers


def test_the_packed_page_does_not_claim_to_be_the_plain_one_byte_for_byte(member: Visitor) -> None:
    plain, answer = member.get("/offline"), member.get("/offline", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.get_etag() == (plain.get_etag()[0], True)
    again = member.get("/offline", headers={**GZIP, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def _page(guess: str, token: str) -> bytes:
    return (
        f'<p>You asked for csrf_token" value="{guess}</p><input name="csrf_token" value="{token}">'.encode()
    )


def test_a_right_guess_makes_no_page_shorter() -> None:
    """The control shows the attack: compressed as a whole, the page with the right guess is the shortest."""
    token = secrets.token_urlsafe(48)
    right, wrong = token[:24], secrets.token_urlsafe(18)
    assert len(gzip.compress(_page(right, token))) < len(gzip.compress(_page(wrong, token)))

    lengths = {guess: len(gzip_around((token.encode(),), _page(guess, token))) for guess in (right, wrong)}
    other = secrets.token_urlsafe(48)
    for guess, length in lengths.items():
        assert length == len(gzip_around((other.encode(),), _page(guess, other))), (
            "the secret changes the length"
        )


def test_whatever_is_cut_comes_back_whole() -> None:
    dice = Random(20)
    for _ in range(200):
        body = dice.randbytes(dice.randrange(3000))
        cuts = tuple(
            {
                body[at : at + 7]
                for at in (dice.randrange(len(body) + 1) for _ in range(3))
                if body[at : at + 7]
            }
        )
        squeezed = gzip_around(cuts, body)
        assert gzip.decompress(squeezed) == body
        assert zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(squeezed) == body


def test_large_pages_are_not_remembered() -> None:
    """A form shows again what was typed: a few hundred megabytes of nonsense would stay in memory."""
    before = compression._remembered.cache_info().misses
    small, large = secrets.token_bytes(1000), secrets.token_bytes(100_000)
    assert gzip.decompress(gzip_around((), small)) == small
    assert compression._remembered.cache_info().misses == before + 1
    assert gzip.decompress(gzip_around((), large)) == large
    assert compression._remembered.cache_info().misses == before + 1
