"""Money to book with that is for rooms of some types alone."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.paying import by_credit
from app.domain.credits.terms import Holder
from app.kernel.spans import Span
from app.models import CreditKind, Resource, ResourceType
from tests.support.credits import granted
from tests.support.stays import PaidRooms
from tests.support.world import World


@pytest.fixture
def rooms(session: Session, world: World) -> PaidRooms:
    rooms = PaidRooms(session, world)
    rooms.choose()
    return rooms


def _give(rooms: PaidRooms, minor: int, *kinds: str) -> int:
    types = [rooms.tenant.types[kind] for kind in kinds]
    holder = Holder(rooms.tenant.people["contact"])
    key = f"test:{kinds}"
    return granted(rooms.session, holder, minor, *types, kind=CreditKind.MONEY, key=key)


def test_it_pays_for_a_room_of_its_types_and_for_no_other(rooms: PaidRooms) -> None:
    _give(rooms, 1000, "Phone booth")
    assert by_credit(rooms.book().quote).money_minor == 0
    _give(rooms, 500, "Phone booth", "Meeting room")
    assert by_credit(rooms.book(hour=12).quote).money_minor == 500


def test_money_without_types_pays_for_every_room(rooms: PaidRooms) -> None:
    _give(rooms, 1000)
    assert by_credit(rooms.book().quote).money_minor == 1000


def test_it_goes_back_when_the_booking_moves_to_a_room_that_it_is_not_for(rooms: PaidRooms) -> None:
    _give(rooms, 1000, "Meeting room")
    booking = rooms.book()
    assert by_credit(booking.quote).money_minor == 1000
    booth = rooms.session.scalars(
        select(Resource.id)
        .join(ResourceType, ResourceType.id == Resource.resource_type_id)
        .where(
            ResourceType.name == "Phone booth",
            Resource.location_id == booking.location_id,
            Resource.retired_at.is_(None),
        )
        .limit(1)
    ).one()
    wish = MoveBooking(booth, Span(booking.starts_at, booking.ends_at))
    moved = move(rooms.session, rooms.who("contact"), booking.id, wish, rooms.tick)
    rooms.session.commit()
    assert by_credit(moved.quote).money_minor == 0
    # What came back pays for the next of its rooms
    assert by_credit(rooms.book(hour=14).quote).money_minor == 1000
