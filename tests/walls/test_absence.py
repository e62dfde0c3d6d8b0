"""Who is not to be found, what is hidden and who is blocked is on no surface: each is first shown to be there.

`tests/support/surfaces.py` is the list of surfaces. What is said live is in `tests/live/test_absence.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.domain.profile.terms import ProfileField
from app.settings import Settings
from tests.conftest import settings_for
from tests.support.push.process import PushService, push_service
from tests.support.rows import inside
from tests.support.sight import COMPANION, DAILY, LOOKERS, NAME, NOW, SIGNS, STRANGER, SUBJECT, Scene, Surface
from tests.support.surfaces import EXCUSED, EXCUSED_ROOMS, SURFACES
from tests.support.world import World

Fields = frozenset[ProfileField]
_BLOCKS = re.compile(r"\bblock(?:s|ed|ing)\b", re.IGNORECASE)
FINDING = [each for each in SURFACES if not each.shares]
SHARING = [each for each in SURFACES if each.shares]


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def scene(app: Flask, world: World, service: PushService, database: str, engine: str) -> Scene:
    if engine == "postgres":
        _forgive_slips(database)
    return Scene(app, world.northlight, service)


def _forgive_slips(database: str) -> None:
    """Where the test's PostgreSQL has no pg_trgm, a stand-in of the same signature finds who is nearly called that."""
    owner = create_engine(database)
    with owner.begin() as connection:
        if connection.scalar(text("SELECT to_regprocedure('word_similarity(text, text)') IS NULL")):
            connection.execute(
                text(
                    "CREATE FUNCTION word_similarity(a text, b text) RETURNS real LANGUAGE sql IMMUTABLE AS "
                    "$$ SELECT CASE WHEN position(left(a, 4) in b) > 0 THEN 1::real ELSE 0::real END $$"
                )
            )
    owner.dispose()


def _read(scene: Scene, surfaces: list[Surface], engine: str) -> Iterator[tuple[Surface, str]]:
    for each in surfaces:
        if engine == "postgres" or not each.needs_trigrams:
            yield each, each.read(scene)


def _fields(page: str) -> Fields:
    return frozenset(field for field, signs in SIGNS.items() if any(sign in page for sign in signs))


def _told(scene: Scene, page: str) -> bool:
    return f"zaffre{scene.said}" in _plain(page)


def _plain(page: str) -> str:
    """What a search marks is one word for who reads it."""
    return page.replace("<b>", "").replace("</b>", "")


def test_what_may_be_seen_is_there(scene: Scene, engine: str) -> None:
    """Without it, nothing below would say anything."""
    scene.decide()
    found = {
        each.name: (each.sign in page, _fields(page), _told(scene, page))
        for each, page in _read(scene, [*SURFACES], engine)
    }
    wanted = {each.name: (True, each.shows, each.tells) for each in SURFACES if each.name in found}
    assert found == wanted
    assert found.keys() == {each.name for each in SURFACES if engine == "postgres" or not each.needs_trigrams}


def _leave(scene: Scene) -> None:
    scene.decide(listed=False)


def _suspend(scene: Scene) -> None:
    desk = scene.visitor("owner")
    answer = desk.post(f"/admin/people/{scene.id}/suspension", form=f"/admin/people/{scene.id}")
    assert answer.status_code in {200, 303}


def _end(scene: Scene) -> None:
    with inside(scene.app, scene.tenant) as session:
        anonymise(session, scene.tenant.actor("owner"), scene.id, Reason.ASKED, lambda: NOW)
    scene.speaker = "desk"


def _block(scene: Scene) -> None:
    for who in LOOKERS:
        visitor = scene.visitor(who)
        assert visitor.post(f"/messages/blocks/{scene.id}", form="/account").status_code == 303
        assert "Blocked. They are not told." in visitor.get("/account").text


@pytest.mark.parametrize("end", [_leave, _suspend, _end, _block])
def test_who_is_not_to_be_found_might_as_well_not_exist(
    scene: Scene, engine: str, end: Callable[[Scene], None]
) -> None:
    """To the letter: lists, counts, filters, suggestions and headers are what they were before anybody agreed.

    The browsers are those that saw them a moment before, and have kept it.
    """
    surfaces = [each for each in FINDING if not (end is _block and each.knows_the_block)]
    never = {each.name: page for each, page in _read(scene, surfaces, engine)}
    assert {name for name, page in never.items() if NAME in page} == set()
    scene.decide()
    there = {each.name: page for each, page in _read(scene, surfaces, engine)}
    assert {name for name in never if never[name] == there[name]} == set()
    end(scene)
    after = {each.name: page for each, page in _read(scene, surfaces, engine)}
    assert {name for name in never if after[name] != never[name]} == set()


@pytest.mark.parametrize("end", [_leave, _suspend, _end])
def test_who_shares_something_with_them_sees_a_name_at_most(
    scene: Scene, engine: str, end: Callable[[Scene], None]
) -> None:
    scene.decide()
    before = {each.name: _fields(page) for each, page in _read(scene, SHARING, engine)}
    assert any(before.values())
    end(scene)
    after = dict(_read(scene, SHARING, engine))
    assert {each.name: _fields(page) for each, page in after.items() if _fields(page)} == {}
    if end is _leave:
        assert [each.name for each, page in after.items() if each.sign not in page] == []
    if end is _end:
        assert [each.name for each, page in after.items() if NAME in page or "Quent" in page] == []


def test_who_blocks_somebody_hears_nothing_they_say(scene: Scene, engine: str) -> None:
    scene.decide()
    told = [each for each in SHARING if each.tells]
    assert [each.name for each, page in _read(scene, told, engine) if not _told(scene, page)] == []
    _block(scene)
    assert [each.name for each, page in _read(scene, told, engine) if _told(scene, page)] == []
    # Others in the group go on hearing them.
    words = scene.say()
    assert words in scene.page("desk", f"/messages/{scene.talk.id}")


def test_who_is_blocked_notices_nothing_and_is_not_heard(scene: Scene, engine: str) -> None:
    scene.decide()
    told = [each for each in SHARING if each.tells]
    words = {each.name: _BLOCKS.findall(page) for each, page in _read(scene, told, engine)}
    before = {each.name: page for each, page in _read(scene, FINDING, engine)}
    places = ["/messages", f"/messages/{scene.talk.id}", "/messages?q=zaffre", "/inbox", "/messages/new"]

    def heard() -> list[bool]:
        said = scene.say(COMPANION)
        return [said in _plain(scene.page(SUBJECT, place)) for place in places] + [
            said in scene.archive(SUBJECT)
        ]

    assert heard()[:4] == [True] * 4
    for who in LOOKERS:
        other = scene.tenant.people[who]
        scene.visitor(SUBJECT).post(f"/messages/blocks/{other}", form="/account")
    assert heard() == [False] * 6
    after = {each.name: page for each, page in _read(scene, FINDING, engine)}
    assert {name for name in before if before[name] != after[name]} == set()
    for each, page in _read(scene, told, engine):
        assert _told(scene, page), each.name
        assert _BLOCKS.findall(page) == words[each.name], each.name


def test_a_hidden_field_is_nowhere_and_finds_nobody(scene: Scene, engine: str) -> None:
    """One field after the other; what is by that field alone is as if nobody were there."""
    wrong = []
    for field in ProfileField:
        concerned = [each for each in SURFACES if field in each.shows or each.needs is field]
        assert concerned, f"no surface shows {field}"
        scene.decide(hidden={field})
        for each, page in _read(scene, concerned, engine):
            there, shown = each.sign in page, _fields(page)
            if there is (each.needs is field) or field in shown:
                wrong.append(
                    f"{field} hidden: {each.name}: {'there' if there else 'not there'}, {sorted(shown)}"
                )
            if each.needs is not field and shown != each.shows - {field}:
                wrong.append(f"{field} hidden: {each.name} shows {sorted(shown)}")
    assert wrong == []
    scene.decide(hidden=set(ProfileField))
    left = {each.name: _fields(page) for each, page in _read(scene, [*SURFACES], engine)}
    assert {name: fields for name, fields in left.items() if fields} == {}


def test_how_many_there_are_does_not_betray_what_is_hidden(scene: Scene, engine: str) -> None:
    """A search for a hidden value answers what a search for no value of anybody's answers."""
    searches = {
        "/directory?q=": ("zinno", "xylop", ProfileField.COMPANY),
        "/messages/new?q=": ("zinno", "xylop", ProfileField.COMPANY),
        "/directory?q=1&industry=": ("zymurgy", "xylopho", ProfileField.INDUSTRY),
    }
    scene.decide()

    def answers(address: str, value: str, nothing: str) -> tuple[str, str]:
        found, nobody = (scene.page(STRANGER, address + each) for each in (value, nothing))
        return found, nobody.replace(nothing, value)

    for address, (value, nothing, field) in searches.items():
        scene.decide()
        found, nobody = answers(address.replace("q=1&", ""), value, nothing)
        assert found != nobody, address
        scene.decide(hidden={field})
        found, nobody = answers(address.replace("q=1&", ""), value, nothing)
        assert found == nobody, address


def test_nothing_of_people_is_kept_by_anybody_between_us_and_them(scene: Scene) -> None:
    scene.decide()
    pages = [each for each in SURFACES if each.endpoints and each.endpoints != ("account.show_copy",)]
    kept = [each.name for each in pages if "Cache-Control: no-store" not in each.read(scene)]
    assert kept == []


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_every_page_is_a_surface_or_says_why_not(app: Flask) -> None:
    looked_at = {endpoint for each in SURFACES for endpoint in each.endpoints}
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    unsaid = {
        each for each in pages - looked_at - EXCUSED.keys() if each.partition(".")[0] not in EXCUSED_ROOMS
    }
    assert unsaid == set(), "a page that is neither in SURFACES nor excused there"
    assert len({each.name for each in SURFACES}) == len(SURFACES)
    assert looked_at - {"messages.create"} <= pages
    assert EXCUSED.keys() <= pages - looked_at
    assert {each.partition(".")[0] for each in pages} >= EXCUSED_ROOMS.keys()
    assert all(len(why) > 20 for why in (*EXCUSED.values(), *EXCUSED_ROOMS.values()))
    assert {COMPANION, DAILY, STRANGER} == set(LOOKERS)
