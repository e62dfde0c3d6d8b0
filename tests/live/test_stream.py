"""A listener hears what concerns them and nothing else: real sockets, a real hub, the production server.

On PostgreSQL events travel through the database, on SQLite straight to the hub.
"""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.domain.booking.hold import hold
from app.domain.booking.terms import BookRoom
from app.domain.live import changed
from app.kernel.spans import Span
from tests.support.bookings import booked
from tests.support.live import Listen, tell
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import World


def test_a_person_hears_what_concerns_them_and_others_do_not(
    app: Flask, world: World, listen: Listen
) -> None:
    """Another member, and who has the same address at another tenant, hear only what is for everybody there."""
    north, harbour = world.northlight, world.harbour
    maya, colin, stranger = listen(north, "member"), listen(north, "colleague"), listen(harbour, "member")
    assert {ear.status for ear in (maya, colin, stranger)} == {200}
    tell(app, north, "inbox", people=[north.people["member"]])
    tell(app, north, "messages", everybody=True)
    tell(app, harbour, "home", everybody=True)
    assert maya.until("messages")[-2:] == ["inbox", "messages"]
    assert "inbox" not in colin.until("messages")
    assert "messages" not in stranger.until("home")


def test_a_location_is_heard_by_who_looks_at_it(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    leith, porto = north.locations["Leith Walk"], north.locations["Porto"]
    both = listen(north, "member", f"?age=0&watch={leith}&watch={porto}")
    one = listen(north, "colleague", f"?age=0&watch={porto}")
    tell(app, north, "bookings", places=[leith])
    tell(app, north, "home", places=[porto])
    assert both.until("home")[-2:] == ["bookings", "home"]
    assert "bookings" not in one.until("home")


def test_another_tenants_location_is_not_heard(app: Flask, world: World, listen: Listen) -> None:
    """The control: whose location it is hears it."""
    north, harbour = world.northlight, world.harbour
    place = north.locations["Leith Walk"]
    ours, theirs = (
        listen(north, "member", f"?age=0&watch={place}"),
        listen(harbour, "member", f"?age=0&watch={place}"),
    )
    tell(app, north, "bookings", places=[place])
    tell(app, harbour, "home", everybody=True)
    assert "bookings" in ours.until("bookings")
    assert "bookings" not in theirs.until("home")


def test_the_desk_is_heard_by_staff_who_work_there(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    place = north.locations["Leith Walk"]
    dora, maya = (
        listen(north, "desk", f"?age=0&watch={place}"),
        listen(north, "member", f"?age=0&watch={place}"),
    )
    tell(app, north, "desk", places=[place])
    tell(app, north, "home", places=[place])
    assert dora.until("home")[-2:] == ["desk", "home"]
    assert "desk" not in maya.until("home")


def test_what_was_rolled_back_is_not_told(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    maya = listen(north, "member")
    with inside(app, north) as session:
        changed(session, "inbox", everybody=True)
        session.rollback()
        changed(session, "home", everybody=True)
    assert "inbox" not in maya.until("home")


def test_one_change_is_told_once(app: Flask, world: World, listen: Listen) -> None:
    north = world.northlight
    maya = listen(north, "member", f"?age=0&watch={north.locations['Leith Walk']}")
    with inside(app, north) as session:
        for _ in range(3):
            changed(session, "inbox", people=[north.people["member"]], places=[north.locations["Leith Walk"]])
        session.commit()
        changed(session, "home", everybody=True)
    assert maya.until("home")[-2:] == ["inbox", "home"]
    tell(app, north, "messages", everybody=True)
    assert maya.until("messages") == ["messages"]


def test_a_booking_is_told_at_its_place_and_to_whose_it_is(app: Flask, world: World, listen: Listen) -> None:
    """Through the verbs of booking; who is elsewhere and has nothing to do with it hears nothing."""
    north = world.northlight
    onlooker = listen(north, "colleague", f"?age=0&watch={north.locations['Leith Walk']}")
    maya, elsewhere = listen(north, "member"), listen(north, "contact")
    booked(app, north, "member", "Fern", _span())
    tell(app, north, "home", everybody=True)
    assert "bookings" in onlooker.until("home")
    assert "bookings" in maya.until("home")
    assert "bookings" not in elsewhere.until("home")


def test_what_the_worker_does_is_told(app: Flask, world: World, listen: Listen) -> None:
    """A hold that ran out is let go by the sweep."""
    north = world.northlight
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with inside(app, north) as session:
        hold(session, north.actor("member"), BookRoom(north.rooms["Fern"], _span()), lambda: long_ago)
    onlooker = listen(north, "colleague", f"?age=0&watch={north.locations['Leith Walk']}")
    tell(app, north, "home", everybody=True)
    onlooker.until("home")
    app.extensions["portico_work"].sweep()
    assert onlooker.until("bookings") == ["bookings"]


def test_nobody_listens_without_signing_in(app: Flask, world: World, listen: Listen) -> None:
    """The control: signed in, the same request is a stream."""
    assert listen(world.northlight, "member").status == 200
    assert listen(world.northlight, "", cookie="portico=nothing").status == 302


@pytest.mark.parametrize("word", ["secrets", "bookings.3", "typing", "messages.x", "end"])
def test_only_words_that_pages_know_are_told(app: Flask, world: World, word: str) -> None:
    with inside(app, world.northlight) as session, pytest.raises(ValueError, match="no page asks"):
        changed(session, word, everybody=True)


def test_a_page_that_just_listens_is_answered_with_our_headers(world: World, listen: Listen) -> None:
    head = listen(world.northlight, "member").head.lower()
    for line in (
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
        "connection: close",
        "default-src 'none'",
    ):
        assert line in head
    assert "content-length" not in head


def test_without_a_hub_the_page_is_told_when_to_come_back(app: Flask, world: World) -> None:
    """What runs the tests hands over no connection: the same as a hub that is away."""
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    answer = visitor.get("/live")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def _span() -> Span:
    start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    return Span(start, start + timedelta(hours=1))
