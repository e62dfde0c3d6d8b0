"""Where one stopped reading: a line in the conversation, for as long as the page that found something new is open."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from tests.support.messages import Talk, list_people
from tests.support.visitor import Visitor
from tests.support.world import World

_PART = re.compile(r'id="thread"[^>]*hx-get="([^"]+)"')
_LINE = 'id="new-from-here"'
_PARTS = {"HX-Request": "true"}


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def maya(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_the_line_stands_before_what_is_new(talk: Talk, maya: Visitor) -> None:
    talk.say("colleague", "Read long ago")
    maya.get(f"/messages/{talk.id}")
    talk.say("colleague", "Said meanwhile")
    talk.say("colleague", "And one more")
    page = maya.get(f"/messages/{talk.id}").text
    assert page.count(_LINE) == 1
    assert page.index("Read long ago") < page.index(_LINE) < page.index("Said meanwhile")
    assert _LINE not in maya.get(f"/messages/{talk.id}").text, "the next page has nothing new"


def test_it_stays_while_the_page_is_open_and_goes_with_the_answer(talk: Talk, maya: Visitor) -> None:
    here = f"/messages/{talk.id}"
    talk.say("colleague", "Said meanwhile")
    found = _PART.search(maya.get(here).text)
    assert found
    assert _LINE in maya.get(found[1], headers=_PARTS).text
    assert _LINE not in maya.get(here, headers=_PARTS).text, "it is that page's line, not the conversation's"
    talk.say("colleague", "While it is open")
    again = maya.get(found[1], headers=_PARTS).text
    assert again.index(_LINE) < again.index("Said meanwhile")
    talk.say("member", "My answer")
    assert _LINE not in maya.get(found[1], headers=_PARTS).text


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "9" * 5000, "%00"])
def test_any_mark_is_taken(talk: Talk, maya: Visitor, after: str) -> None:
    talk.say("colleague", "Said")
    answer = maya.get(f"/messages/{talk.id}?new_after={after}", headers=_PARTS)
    assert answer.status_code == 200
    assert "Said" in answer.text
