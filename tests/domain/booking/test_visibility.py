"""Rooms that lists do not show: had by their link, or by staff alone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.day import day_grid
from app.domain.booking.door import door
from app.domain.booking.extend import extend
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.search import search
from app.domain.booking.terms import NotBookable, Reason, RoomQuery
from app.domain.booking.week import all_rooms_week
from app.models import Resource, ResourceVisibility
from tests.domain.booking.conftest import NOW, Desk, span
from tests.support.world import TenantWorld

TEN = span("10:00", "11:00")


def _hide(session: Session, room_id: int, visibility: ResourceVisibility) -> None:
    session.execute(
        update(Resource).where(Resource.id == room_id).values(visibility=visibility),
        execution_options={"synchronize_session": False},
    )
    session.commit()


@pytest.fixture
def fern(northlight: TenantWorld) -> int:
    return northlight.rooms["Fern"]


def _everywhere(front: Desk, member: Actor) -> set[int]:
    """Every room that any list or grid of a member shows."""
    found = front.search(member, TEN)
    place = front.world.locations["Leith Walk"]
    shown = {each.room.id for each in found.free}
    shown |= {each.room.id for each in (*found.taken, *found.not_allowed)}
    grid = day_grid(front.session, member, place, date(2026, 3, 2), NOW)
    catalogue = load_catalogue(front.session, place, member.person_id, NOW)
    week = all_rooms_week(front.session, member, catalogue, date(2026, 3, 2), NOW)
    front.session.rollback()
    return shown | {row.room.id for row in grid.rows} | {row.room.id for row in week}


@pytest.mark.parametrize("visibility", [ResourceVisibility.LINK, ResourceVisibility.STAFF])
def test_no_list_of_members_shows_it_and_the_front_desk_does(
    front: Desk, session: Session, member: Actor, desk: Actor, fern: int, visibility: ResourceVisibility
) -> None:
    assert fern in _everywhere(front, member)
    _hide(session, fern, visibility)
    assert fern not in _everywhere(front, member)
    place = front.world.locations["Leith Walk"]
    grid = day_grid(session, desk, place, date(2026, 3, 2), NOW, with_hidden=True)
    assert fern in {row.room.id for row in grid.rows}


def test_who_has_the_link_books_it(front: Desk, session: Session, member: Actor, fern: int) -> None:
    _hide(session, fern, ResourceVisibility.LINK)
    place = front.world.locations["Leith Walk"]
    catalogue = load_catalogue(session, place, member.person_id, NOW)
    found = search(session, member, catalogue, RoomQuery(place, TEN, resource_id=fern), NOW)
    session.rollback()
    assert [each.room.id for each in found.free] == [fern]
    assert front.book(member, "Fern", TEN).resource_id == fern


def test_nobody_is_pointed_to_it_instead(
    front: Desk, session: Session, member: Actor, colleague: Actor
) -> None:
    offered = {each.room.id for each in front.search(member, TEN).free}
    hidden = front.world.rooms["Fern"]
    assert hidden in offered
    _hide(session, hidden, ResourceVisibility.LINK)
    other = next(name for name, room_id in front.world.rooms.items() if room_id in offered - {hidden})
    front.book(colleague, other, TEN)
    with pytest.raises(NotBookable) as refused:
        front.book(member, other, TEN)
    assert hidden not in {each.room.id for each in refused.value.alternatives}


def test_a_room_for_staff_is_booked_by_them_for_whom_they_like(
    front: Desk, session: Session, member: Actor, desk: Actor, fern: int
) -> None:
    _hide(session, fern, ResourceVisibility.STAFF)
    with pytest.raises(NotBookable) as refused:
        front.book(member, "Fern", TEN)
    assert [each.reason for each in refused.value.obstacles] == [Reason.STAFF_ONLY]
    assert door(session, fern, NOW).offers == ()
    session.rollback()
    front_desk = replace(desk, on_behalf=True)
    booking = front.book(front_desk, "Fern", TEN, for_person_id=member.person_id)
    assert (booking.person_id, booking.overridden) == (member.person_id, [])


def test_who_has_it_may_change_and_lengthen_it_but_not_come_to_it(
    front: Desk, session: Session, member: Actor, desk: Actor, fern: int
) -> None:
    _hide(session, fern, ResourceVisibility.STAFF)
    booking = front.book(replace(desk, on_behalf=True), "Fern", TEN, for_person_id=member.person_id)
    later = span("12:00", "13:00")
    moved = move(session, member, booking.id, MoveBooking(fern, later, 1), front.clock)
    session.commit()
    assert moved.starts_at == later.start
    front.clock.now = later.start
    assert extend(session, member, booking.id, 30, front.clock).ends_at == span("12:00", "13:30").end
    session.commit()
    other = front.book(member, "Cedar", span("15:00", "16:00"))
    with pytest.raises(NotBookable) as refused:
        move(session, member, other.id, MoveBooking(fern, span("15:00", "16:00"), 1), front.clock)
    assert Reason.STAFF_ONLY in {each.reason for each in refused.value.obstacles}
