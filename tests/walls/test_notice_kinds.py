"""Every kind that the code tells of is registered, and every registered kind has its words, in every language."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.portal import read_portal
from app.jobs.deliver import Letter
from app.notice_kinds import BY_KEY, KINDS, Mailed, NoticeKind
from app.sections import BY_KEY as SECTIONS
from app.web.assets import ICONS
from app.web.language import LANGUAGES
from app.web.mail import MailTemplates
from app.web.notice_words import words_of
from app.web.notice_words.kinds import WORDS
from tests.support.notices import SAMPLES
from tests.support.rows import inside
from tests.support.world import World

APP = Path(__file__).resolve().parents[2] / "app"
ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
# Where the kind is the fourth argument, the fourth, and the third; and of a notice that is only posted, by name.
_TELLERS = {"tell": 3, "tell_all": 3, "tell_address": 3, "announce": 2}
# A verb of its own that adds what is the same of all it tells.
_TELLERS |= {"tell_staff": 1, "tell_person": 1, "announce_without_entry": 2}
_TELLERS |= {"tell_guest": 2, "tell_guests_of": 2}


def _calls() -> Iterator[tuple[str, ast.Call, ModuleType]]:
    for path in sorted((APP / "domain").rglob("*.py")):
        name = ".".join(("app", *path.relative_to(APP).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id, node, importlib.import_module(name)


def _kinds_in_the_code() -> dict[str, str]:
    """Each kind that is told, and where; a name that stands for none is told by its own name."""
    found = {}
    for name, call, module in _calls():
        asked: Any = None
        if name in _TELLERS:
            asked = call.args[_TELLERS[name]]
        elif name == "Notice":
            asked = next(word.value for word in call.keywords if word.arg == "kind")
        if isinstance(asked, ast.Constant):
            found[str(asked.value)] = module.__name__
        elif isinstance(asked, ast.Name):
            found[getattr(module, asked.id, asked.id)] = module.__name__
    # What is told under a name of its own caller's choice: `announce` and `tell` themselves.
    return {kind: where for kind, where in found.items() if kind != "kind"}


def test_every_kind_that_is_told_is_registered() -> None:
    told = _kinds_in_the_code()
    assert {"booking.cancelled", "sign_in.link", "invitation.sent", "digest.daily"} <= told.keys()
    assert {kind: where for kind, where in told.items() if kind not in BY_KEY} == {}


def test_every_registered_kind_is_told_by_somebody() -> None:
    # Messages come with their own section.
    assert BY_KEY.keys() - _kinds_in_the_code().keys() - {"message.received"} == set()


def test_a_kind_that_nobody_registered_cannot_be_told() -> None:
    assert len(BY_KEY) == len(KINDS)
    assert "parcel.come" not in BY_KEY


def test_every_kind_has_a_sample_and_an_icon() -> None:
    assert SAMPLES.keys() == BY_KEY.keys()
    assert {kind.icon for kind in KINDS} <= set(ICONS)
    assert {kind.section for kind in KINDS if kind.section} <= {*SECTIONS, "messages"}


def test_the_inbox_has_words_of_each_kind_that_it_shows() -> None:
    assert WORDS.keys() == {kind.key for kind in KINDS if kind.in_app}


# An announcement is told in the words that staff found, whatever the reader's language.
_IN_STAFFS_WORDS = {"announcement.published", "announcement.tried"}


class _Sample:
    def __init__(self, kind: str, times: int = 1) -> None:
        self.kind, self.data, self.times = kind, SAMPLES[kind], times


@ONE_ENGINE
@pytest.mark.parametrize("kind", [kind.key for kind in KINDS if kind.in_app])
def test_they_are_said_in_every_language(app: Flask, kind: str) -> None:
    said = {}
    for language in LANGUAGES:
        with app.app_context(), force_locale(language):
            said[language] = words_of(_Sample(kind))
        assert said[language].title
        assert said[language].body
        assert said[language].href.startswith("/")
        assert said[language].icon in ICONS
    if kind == "announcement.published":
        assert set(said["en"].title.split()) == set(SAMPLES[kind]["title"].split())
        return
    assert len({words.title for words in said.values()}) == len(LANGUAGES)
    its_own = {"message.received"} | _IN_STAFFS_WORDS
    assert len({words.body for words in said.values()}) == len(LANGUAGES) or kind in its_own


@ONE_ENGINE
@pytest.mark.parametrize("kind", [kind.key for kind in KINDS if kind.mail is not Mailed.NEVER])
def test_mails_are_written_in_every_language(app: Flask, world: World, kind: str) -> None:
    """Text and HTML say the same: each sentence of one is in the other."""
    with inside(app, world.northlight) as session:
        portal = read_portal(session)
    subjects, texts = set(), set()
    for language in LANGUAGES:
        letter = Letter(
            portal,
            is_default=True,
            own_host=None,
            kind=kind,
            data=SAMPLES[kind],
            to="a@example.test",
            first_name="Maya",
            locale=language,
            zone=portal.zone,
            reference="northlight.1",
            person_id=1,
        )
        mail = MailTemplates(app, app.extensions["portico_settings"]).render(letter)
        subjects.add(mail.subject)
        texts.add(mail.text)
        assert "&amp;" not in mail.subject
        assert "<" not in mail.text
        paragraphs = mail.text.strip().split("\n\n")
        assert len(paragraphs) >= 2
        assert mail.html.count("<p") >= len(paragraphs)
        assert f'lang="{language}"' in mail.html
    assert len(texts) == len(LANGUAGES)
    assert len(subjects) == len(LANGUAGES) or kind == "announcement.published"


@ONE_ENGINE
def test_a_kind_of_a_version_to_come_is_still_shown(app: Flask) -> None:
    sample = _Sample("data.ready")
    sample.kind = "parcel.come"
    with app.app_context():
        assert words_of(sample).href == "/"


def test_nobody_chooses_about_what_keeps_an_account_safe() -> None:
    assert BY_KEY["booking.confirmed"].mail is Mailed.ON
    safe = ("password.changed", "factor.changed", "device.new", "email.changed", "email.leaving")
    assert {BY_KEY[kind].mail for kind in safe} == {Mailed.ALWAYS}
    assert not NoticeKind("a.b", "", "mail").chosen
