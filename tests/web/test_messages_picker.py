"""Choosing whom to write to: an id in the question is no way to learn a name, and no number breaks it."""

import pytest
from flask import Flask

from app.domain.messaging.blocks import block
from app.models import Conversation, Person
from tests.support.bookings import NOW
from tests.support.messages import Talk, list_people
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World


@pytest.fixture
def maya(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def test_who_was_ticked_stays_and_nobody_is_named_by_an_id_alone(
    app: Flask, world: World, maya: Visitor
) -> None:
    """The opposite first: who may be written to is named, also when the words find somebody else."""
    north = world.northlight
    list_people(app, north, "colleague", "desk")
    colleague, contact = north.people["colleague"], north.people["contact"]

    def page(person_id: int) -> str:
        by_address = maya.get(f"/messages/new?q=dora&people={person_id}").text
        by_form = maya.post(
            "/messages", {"find": "1", "q": "dora", "people": person_id}, form="/messages/new"
        )
        return by_address + by_form.text

    assert page(colleague).count("Colin Colleague") == 2
    assert "Conny" not in page(contact)
    assert page(north.people["member"]).count("Maya Member") == page(contact).count("Maya Member")
    change(app, north, Person, colleague, suspended_at=NOW)
    assert "Colin Colleague" not in page(colleague)
    change(app, north, Person, colleague, suspended_at=None)
    with inside(app, north) as session:
        block(session, north.actor("member"), colleague, NOW)
    assert "Colin Colleague" not in page(colleague)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_enter_in_the_name_of_the_group_goes_on_and_new_words_look(
    app: Flask, world: World, maya: Visitor
) -> None:
    """Enter presses the first button of a form, which looks for people."""
    north = world.northlight
    list_people(app, north, "colleague", "desk")
    both = [north.people["colleague"], north.people["desk"]]
    pressed = {"find": "1", "q": "dora", "people": both, "title": "Paper order"}
    assert maya.post("/messages", pressed | {"looked": ""}, form="/messages/new").status_code == 200
    assert rows(app, north, Conversation) == []
    nobody = pressed | {"looked": "dora", "people": []}
    assert maya.post("/messages", nobody, form="/messages/new").status_code == 200
    assert maya.post("/messages", pressed | {"looked": "dora"}, form="/messages/new").status_code == 303
    assert [each.title for each in rows(app, north, Conversation)] == ["Paper order"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("typed", ["9" * 5000, "-1", "x", "", "1\0", "٣", "9223372036854775808"])
def test_what_is_no_id_chooses_nobody(app: Flask, world: World, maya: Visitor, typed: str) -> None:
    north = world.northlight
    list_people(app, north, "colleague", "desk")
    talk = Talk(app, north, NOW, "member", "colleague", "desk", title="Paper order")
    answer = maya.post("/messages", {"people": typed}, form="/messages/new")
    assert answer.status_code == 422
    assert "Choose somebody to write to." in answer.text
    assert maya.get("/messages/new", query_string={"people": typed}).status_code == 200
    more = maya.post(f"/messages/{talk.id}/people", {"people": typed}, form="/messages/new")
    assert more.status_code == 422
    assert len(rows(app, north, Conversation)) == 1
