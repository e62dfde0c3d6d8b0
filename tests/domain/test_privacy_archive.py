"""The archive of somebody's data: everything of theirs, readable, however much it is."""

import gc
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy.orm import Session

from app.domain.privacy.archive import write_archive
from app.domain.privacy.holding import Ending, Holding, Merging
from app.domain.privacy.readable import Kept, Readable
from app.models import Booking, BookingStatus, Resource, StoredFile
from app.tenancy import ask, reviewed, tenant_session
from tests.support.world import TenantWorld, World

OpenSession = Callable[[], Session]
NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)


def _book(session: Session, tenant: TenantWorld, who: str, number: int) -> None:
    for each in range(number):
        starts = NOW + timedelta(hours=each)
        session.add(
            Booking(
                resource_id=tenant.rooms["Fern"],
                location_id=tenant.locations["Leith Walk"],
                person_id=tenant.people[who],
                booked_by_id=tenant.people["desk"],
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote={},
                title=f"Meeting {each}",
                created_at=NOW,
            )
        )


def _archive(session: Session, person_id: int) -> dict[str, Any]:
    target = io.BytesIO()
    write_archive(session, person_id, target, lambda _digest: None, "\n".join)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


AS_ON_A_SERVER = (700, 10, 10)
"""After how many new objects Python looks for garbage, unless it is told otherwise."""


def _peak(session: Session, person_id: int) -> int:
    """The most memory that writing it took, in bytes; the archive itself is on the disk."""
    # What others left behind is not to be swept up, or not, in the middle of it; its own is, as often as on a server.
    gc.collect()
    in_tests = gc.get_threshold()
    gc.set_threshold(*AS_ON_A_SERVER)
    tracemalloc.start()
    try:
        with TemporaryFile() as target:
            write_archive(session, person_id, target, lambda _digest: None, "\n".join)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.set_threshold(*in_tests)


def test_thousands_of_rows_are_all_there_and_take_no_more_memory(
    open_session: OpenSession, world: World
) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        _book(session, north, "colleague", 1100)
        _book(session, north, "member", 2201)
    with tenant_session(open_session, north.id) as session:
        found = json.loads(_archive(session, north.people["member"])["bookings.json"])
        assert [each["title"] for each in found] == [f"Meeting {each}" for each in range(2201)]
        assert {each["booked_by"] for each in found} == {"somebody else"}
        # The least of three rounds: what is kept of the statements themselves belongs to the first, and a thread of
        # another test may allocate in any of them.
        rounds = [
            [_peak(session, north.people[who]) for who in ("colleague", "member")] for _each in range(3)
        ]
    few, many = (min(each) for each in zip(*rounds, strict=True))
    assert many < 1.3 * few < 10_000_000


def test_somebody_with_nothing_gets_empty_lists(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        found = _archive(session, world.northlight.people["contact"])
        again = _archive(session, world.northlight.people["contact"])
    assert json.loads(found["bookings.json"]) == []
    assert json.loads(found["profile.json"])[0]["first_name"] == "Conny"
    assert found == again


def test_a_file_that_a_row_refers_to_is_named_and_collected(open_session: OpenSession, world: World) -> None:
    """A room's photograph stands for a person's: the register decides whose row it is, not the reading."""
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        stored = StoredFile(digest="d" * 64, mime="image/webp", size=1, created_at=NOW)
        session.add(stored)
        session.flush()
        session.get_one(Resource, north.rooms["Fern"]).photo_id = stored.id
        session.flush()
        kept: Kept = {}
        reading = Readable(Holding("resource", Ending.KEEP, Merging.STAY, export="rooms"), 0, kept)
        table = Resource.__table__
        row = (
            ask(session, reviewed(reading.query.where(table.c.id == north.rooms["Fern"])), {})
            .mappings()
            .one()
        )
        assert reading.row(row)["photo"] == f"files/photo-{stored.id}.webp"
        assert kept == {stored.id: ("d" * 64, f"files/photo-{stored.id}.webp")}
