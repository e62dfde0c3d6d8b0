"""What open pages hear of somebody they block: real routes, real sockets, a real hub.

Events are words without content, so all that could betray somebody is that there is one.
"""

import pytest
from flask import Flask

from tests.support.bookings import NOW
from tests.support.directory import WIDE, lists
from tests.support.live import Ear, Listen, tell
from tests.support.messages import Talk, list_people
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

_GREETINGS = {"hello", "resync"}
"""What a stream begins with; the second where the hub is younger than the page."""


class Sounds:
    """Maya and Colin speak in browsers of theirs, and everybody listens."""

    def __init__(self, app: Flask, tenant: TenantWorld) -> None:
        self.app, self.tenant = app, tenant
        self.visitors = {who: Visitor(app, tenant) for who in ("member", "colleague")}
        for who, visitor in self.visitors.items():
            visitor.sign_in(who)

    def block(self, who: str, whom: str) -> None:
        address = f"/messages/blocks/{self.tenant.people[whom]}"
        assert self.visitors[who].post(address, form="/account").status_code == 303

    def do(self, who: str, conversation: int, what: str) -> None:
        """Somebody writes a message, changes it, answers with a sign, or begins to write."""
        here, visitor = f"/messages/{conversation}", self.visitors[who]
        if what == "typing":
            assert visitor.post(f"{here}/typing", form=here).status_code == 204
        else:
            assert visitor.post(here, {"body": what}, form=here).status_code == 303

    def heard(self, *ears: Ear) -> list[list[str]]:
        """All that each of these heard until now; the word that ends it is for everybody, so all ears listen each time."""
        tell(self.app, self.tenant, "bookings", everybody=True)
        return [[word for word in ear.until("bookings")[:-1] if word not in _GREETINGS] for ear in ears]


@pytest.fixture
def sounds(app: Flask, world: World) -> Sounds:
    list_people(app, world.northlight, "member", "colleague", "desk")
    return Sounds(app, world.northlight)


@pytest.mark.parametrize("what", ["Good morning", "typing"])
@pytest.mark.parametrize("others", [(), ("desk",)], ids=["the two", "a group"])
def test_who_blocks_somebody_does_not_even_hear_that_there_is_something(
    app: Flask, world: World, sounds: Sounds, listen: Listen, what: str, others: tuple[str, ...]
) -> None:
    north = world.northlight
    where = Talk(app, north, NOW, "member", "colleague", *others).id
    ears = [listen(north, who) for who in ("colleague", "member", "desk")]
    wanted = f"typing.{where}" if what == "typing" else f"messages.{where}"
    sounds.do("member", where, what)
    assert wanted in sounds.heard(*ears)[0]
    sounds.block("colleague", "member")
    sounds.heard(*ears)
    sounds.do("member", where, what)
    blocker, blocked, other = sounds.heard(*ears)
    assert blocker == []
    # Whoever is blocked hears of their own words as before; others in the group go on hearing both.
    assert (wanted in blocked) is (what != "typing")
    assert (wanted in other) is bool(others)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_being_blocked_is_not_heard(app: Flask, world: World, sounds: Sounds, listen: Listen) -> None:
    """A block is a change of nobody's pages but those of who blocks; a message is one of both."""
    north = world.northlight
    where = Talk(app, north, NOW, "member", "colleague").id
    maya = listen(north, "member")
    sounds.block("colleague", "member")
    assert sounds.heard(maya) == [[]]
    sounds.do("member", where, "Hello")
    assert sounds.heard(maya) == [[f"messages.{where}"]]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_no_event_says_who_it_was(app: Flask, world: World, sounds: Sounds, listen: Listen) -> None:
    """Who lets nobody know that they are here makes pages ask again, and no word says about whom."""
    north = world.northlight
    lists(app, north, "colleague", visibility=WIDE | {"here": "only_me"})
    where = Talk(app, north, NOW, "member", "colleague").id
    place = north.locations["Leith Walk"]
    maya = listen(north, "member", f"?age=0&watch={place}")
    visitor = sounds.visitors["colleague"]
    assert visitor.post("/check-in", {"location_id": place}, form="/account").status_code == 303
    sounds.do("colleague", where, "Zaffre")
    (heard,) = sounds.heard(maya)
    assert {*heard} == {"home", "inbox", f"messages.{where}"}
    assert "Here now" not in sounds.visitors["member"].get(f"/people/{north.people['colleague']}").text
