"""A name that runs from right to left turns nothing around: wherever it is shown it is kept apart from the sentence."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.kernel.names import isolated
from app.models import Person
from app.settings import Settings
from tests.conftest import settings_for
from tests.support.push.process import PushService, push_service
from tests.support.rows import change
from tests.support.sight import Scene, Surface
from tests.support.surfaces import SURFACES
from tests.support.world import World

one_engine = pytest.mark.parametrize("engine", ["sqlite"])
FIRST, LAST = "שלומית", "עדן"
_APART = (
    re.compile(r"<bdi>[^<]*</bdi>"),
    re.compile("\u2068[^\u2068\u2069]*\u2069"),
    # A block of its own that takes its direction from what is in it.
    re.compile(r'<(\w+) [^>]*dir="auto"[^>]*>[^<]*</\1>'),
    # A name that is all of a label or of a window's title stands beside nothing.
    re.compile(r"<title>[^<]*</title>"),
    re.compile(r'(?:aria-label|alt|placeholder|title)="[^"]*"'),
)
_NOT_SHOWN = {"the card", "a copy of one's data", "the mail", "the daily mail", "the phone"}
"""Files, and text that the reader's own program lays out: what of them is a sentence, is isolated by characters."""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def scene(app: Flask, world: World, service: PushService) -> Scene:
    scene = Scene(app, world.northlight, service)
    change(app, world.northlight, Person, scene.id, first_name=FIRST, last_name=LAST)
    scene.decide()
    return scene


def _pages(scene: Scene) -> Iterator[tuple[Surface, str]]:
    for each in SURFACES:
        if each.name not in _NOT_SHOWN and not each.needs_trigrams:
            yield each, each.read(scene)


@one_engine
def test_every_name_on_a_page_is_kept_apart(scene: Scene) -> None:
    shown, loose = [], {}
    for each, page in _pages(scene):
        if FIRST in page:
            shown.append(each.name)
        rest = page
        for apart in _APART:
            rest = apart.sub("", rest)
        if FIRST in rest:
            loose[each.name] = re.findall(f".{{0,60}}{FIRST}.{{0,20}}", rest)
    assert len(shown) > 25
    assert loose == {}


@one_engine
@pytest.mark.parametrize("way", ["the mail", "the daily mail", "the phone"])
def test_what_is_sent_keeps_it_apart_by_characters(scene: Scene, way: str) -> None:
    (surface,) = (each for each in SURFACES if each.name == way)
    sent = surface.read(scene)
    assert f"\u2068{FIRST} {LAST}\u2069 wrote in Paper order" in sent


def test_only_what_runs_back_is_wrapped() -> None:
    for name in ("Zelmira Quent", "José", "Łódź 5", "Δήμου", ""):
        assert isolated(name) == name
    for name in ("שלומית", "شیرین", "Ana عدد"):
        assert isolated(name) == f"\u2068{name}\u2069"
