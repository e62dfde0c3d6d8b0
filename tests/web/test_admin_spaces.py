"""Locations, resources and the operator's lists at the front desk."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.domain.spaces.resources import details_of
from app.kernel.spans import Span
from app.models import (
    Amenity,
    Booking,
    BookingStatus,
    Closure,
    Location,
    OpeningHours,
    Plan,
    Resource,
    ResourceType,
    StoredFile,
    Team,
)
from tests.support.bookings import NOW, booked, hold, span
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import TenantWorld, World

QUAY = {"name": "The Quay", "address": "1 Shore", "zone": "Atlantic/Azores", "position": "2"}
WINTER = {"first_day": "2026-12-24", "last_day": "2026-12-26", "yearly": "y", "message": "Winter break"}
WEEK = {f"day{day}": "" for day in range(7)}


@pytest.fixture
def manager(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "manager")


def _resource_form(desk: Desk, **changed: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        "name": "Birch",
        "resource_type_id": str(desk.tenant.types["Meeting room"]),
        "description": "By the garden.",
        "level": "Level 1",
        "position": "9",
        "capacity": "6",
        "units": "1",
        "audience": "members",
        "visibility": "listed",
        "min_minutes": "30",
        "max_minutes": "240",
        "grid_minutes": "30",
        "buffer_before": "0",
        "buffer_after": "15",
        "notice_minutes": "60",
        "horizon_days": "",
        "cooldown_minutes": "30",
        "cooldown_any_minutes": "0",
        "cancel_cutoff_minutes": "120",
        "hourly_minor": "12.50",
        "cap_minor": "",
        "amenity_ids": [str(desk.tenant.amenities["Screen"])],
    }
    return form | changed


def _book(desk: Desk, room: str = "Fern") -> None:
    now = datetime.now(UTC)
    with inside(desk.app, desk.tenant) as session:
        session.add(
            Booking(
                resource_id=desk.tenant.rooms[room],
                location_id=desk.tenant.locations["Leith Walk"],
                person_id=desk.tenant.people["member"],
                booked_by_id=desk.tenant.people["member"],
                starts_at=now + timedelta(days=3),
                ends_at=now + timedelta(days=3, hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote={},
                created_at=now,
            )
        )


def _photo(shape: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (1600, 1000), "#1f5c4d").save(out, shape)
    return out.getvalue()


# --- locations -------------------------------------------------------------------------------------------------------


def test_a_new_location_is_in_the_portal_at_once(manager: Desk) -> None:
    assert "The Quay" not in manager.get("/admin/resources").text
    assert manager.send("/admin/locations", QUAY).status_code == 303
    assert "The Quay" in manager.get("/admin/resources").text
    assert manager.audit()[-1].action == "location.created"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "Leith Walk"),
        ("name", "x" * 81),
        ("name", "Qu\0ay"),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("position", "-1"),
        ("address", "x" * 201),
    ],
)
def test_it_refuses_a_location_and_keeps_the_rest(manager: Desk, field: str, typed: str) -> None:
    before = manager.counts()
    answer = manager.send("/admin/locations", QUAY | {field: typed})
    assert answer.status_code == 422
    assert ("1 Shore" if field != "address" else "The Quay") in answer.text
    assert manager.counts() == before


def test_a_location_with_bookings_ahead_stays_and_so_does_the_last_one(manager: Desk) -> None:
    leith, porto = (f"/admin/locations/{manager.tenant.locations[name]}" for name in ("Leith Walk", "Porto"))
    _book(manager)
    answer = manager.send(f"{leith}/retirement", follow_redirects=True)
    assert "1 booking is still to come" in answer.text
    manager.send(f"{porto}/retirement")
    assert [place.name for place in rows(manager.app, manager.tenant, Location) if place.retired_at] == [
        "Porto"
    ]
    assert "only location" in manager.send(f"{leith}/retirement", follow_redirects=True).text
    assert manager.send(f"{porto}/restoration").status_code == 303
    assert not [place for place in rows(manager.app, manager.tenant, Location) if place.retired_at]


def test_a_week_may_have_several_openings_a_day_and_closed_days(manager: Desk) -> None:
    path = f"/admin/locations/{manager.tenant.locations['Leith Walk']}"
    week = WEEK | {"day0": "9:00-13:00, 14-18.30", "day4": "22:00 – 24:00"}
    assert manager.send(f"{path}/hours", week).status_code == 303
    here = rows(manager.app, manager.tenant, OpeningHours, location_id=manager.tenant.locations["Leith Walk"])
    assert sorted((row.weekday, row.opens, row.closes) for row in here) == [
        (0, 540, 780),
        (0, 840, 1110),
        (4, 1320, 1440),
    ]
    assert 'value="9:00-13:00, 14:00-18:30"' in manager.get(path).text
    assert manager.audit()[-1].after == {"hours": ["0 09:00-13:00", "0 14:00-18:30", "4 22:00-24:00"]}


@pytest.mark.parametrize(
    "typed",
    [
        "9-8",
        "9:00-25:00",
        "9:60-10",
        "morning",
        "9:00-13:00, 12:00-14:00",
        "9-9",
        "1-2,3-4,5-6,7-8,9-10,11-12,13-14",
    ],
)
def test_it_refuses_hours_that_are_none(manager: Desk, typed: str) -> None:
    path = f"/admin/locations/{manager.tenant.locations['Leith Walk']}/hours"
    before = manager.counts()
    answer = manager.send(path, WEEK | {"day2": typed, "day3": "8:00-12:00"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert 'value="8:00-12:00"' in answer.text
    assert manager.counts() == before


def _addresses(desk: Desk, sort: str) -> tuple[str, str]:
    """The closures of a place, and those of another one of its sort."""
    here, elsewhere = {
        "locations": (desk.tenant.locations["Leith Walk"], desk.tenant.locations["Porto"]),
        "resources": (desk.tenant.rooms["Fern"], desk.tenant.rooms["Cedar"]),
    }[sort]
    return f"/admin/{sort}/{here}/closures", f"/admin/{sort}/{elsewhere}/closures"


@pytest.mark.parametrize("sort", ["locations", "resources"])
def test_it_closes_for_some_days_and_opens_again(manager: Desk, sort: str) -> None:
    path, elsewhere = _addresses(manager, sort)
    assert manager.send(path, WINTER | {"last_day": "2026-12-23"}).status_code == 422
    refused = manager.send(path, WINTER | {"first_day": "2026-02-30"})
    assert refused.status_code == 422
    assert "Winter break" in refused.text
    assert not rows(manager.app, manager.tenant, Closure)
    assert manager.send(path, WINTER).status_code == 303
    (closure,) = rows(manager.app, manager.tenant, Closure)
    assert (closure.yearly, closure.message) == (True, "Winter break")
    assert "Winter break" in manager.get(path.removesuffix("/closures")).text
    assert manager.send(f"{elsewhere}/{closure.id}/removal").status_code == 404
    assert manager.send(f"{path}/{closure.id}/removal").status_code == 303
    assert not rows(manager.app, manager.tenant, Closure)
    assert [(entry.action, entry.subject) for entry in manager.audit()] == [
        ("closure.added", sort.removesuffix("s")),
        ("closure.removed", sort.removesuffix("s")),
    ]


@time_machine.travel(NOW)
@pytest.mark.parametrize(("sort", "yearly"), [("locations", False), ("resources", True)])
def test_what_is_booked_within_a_closure_is_told_before_it_is_made(
    app: Flask, world: World, sort: str, *, yearly: bool
) -> None:
    manager = Desk(app, world.northlight, "manager")
    path, elsewhere = _addresses(manager, sort)
    start = datetime(2026, 12, 24, 10, tzinfo=UTC)
    booked(manager.app, manager.tenant, "member", "Fern", Span(start, start + timedelta(hours=1)))
    closing = {"first_day": "2026-12-24", "last_day": "2026-12-26", "message": "Winter break"}
    closing |= {"yearly": "y"} if yearly else {}
    told = manager.send(path, closing)
    assert told.status_code == 422
    assert "1 booking lies within these days." in told.text
    place = manager.tenant.locations["Leith Walk"]
    assert f"/admin/bookings?location={place}&amp;date=2026-12-24" in told.text
    assert not rows(manager.app, manager.tenant, Closure)
    (seen,) = re.findall(r'name="seen"[^>]*value="([^"]+)"', told.text)
    # One more since then has been told to nobody
    after = start + timedelta(days=1)
    booked(manager.app, manager.tenant, "colleague", "Fern", Span(after, after + timedelta(hours=1)))
    again = manager.send(path, closing | {"seen": seen}).text
    assert "2 bookings lie within" in again
    (seen,) = re.findall(r'name="seen"[^>]*value="([^"]+)"', again)
    # Nor has anybody been told of other days
    others = closing | {"last_day": "2026-12-25", "seen": seen}
    assert "2 bookings lie within" in manager.send(path, others).text
    assert manager.send(path, closing | {"seen": seen}).status_code == 303
    assert len(rows(manager.app, manager.tenant, Closure)) == 1
    # What is booked here is nothing to another room or place
    assert manager.send(elsewhere, closing).status_code == 303


def test_a_closed_resource_is_closed_alone(app: Flask, world: World) -> None:
    search = "/bookings/search?date=2026-12-25&start=10:00&minutes=60"
    with time_machine.travel(NOW):
        manager = Desk(app, world.northlight, "manager")
        path, _elsewhere = _addresses(manager, "resources")
        assert "Winter break" not in manager.get(search).text
        assert manager.send(path, WINTER).status_code == 303
        assert manager.get(search).text.count("Closed that day: Winter break") == 1
        # A resource's closure is not its location's to open again.
        (closure,) = rows(manager.app, manager.tenant, Closure)
        leith = f"/admin/locations/{manager.tenant.locations['Leith Walk']}"
        assert manager.send(f"{leith}/closures/{closure.id}/removal").status_code == 404
        assert "Winter break" not in manager.get(leith).text
        page = manager.get(path.removesuffix("/closures")).text
        assert "The closures of Leith Walk count here as well." in page


# --- resources -------------------------------------------------------------------------------------------------------


def test_it_makes_a_resource_with_every_limit(manager: Desk) -> None:
    place = manager.tenant.locations["Leith Walk"]
    assert manager.send(f"/admin/resources?location={place}", _resource_form(manager)).status_code == 303
    with inside(manager.app, manager.tenant) as session:
        birch = session.execute(select(Resource).where(Resource.name == "Birch")).scalar_one()
        details = details_of(session, birch)
    assert birch.location_id == place
    assert (
        details.capacity,
        details.min_minutes,
        details.buffer_after,
        details.horizon_days,
        details.hourly_minor,
        details.cap_minor,
    ) == (6, 30, 15, None, 1250, None)
    assert details.amenity_ids == {manager.tenant.amenities["Screen"]}
    assert manager.audit()[-1].after["cancel_cutoff_minutes"] == 120
    assert details.cooldown_minutes == 30


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "Fern"}, "Another one at this location"),
        ({"capacity": "0"}, "At least 1"),
        ({"capacity": "-4"}, "At least 1"),
        ({"units": "9999999"}, "At most 500"),
        ({"cooldown_minutes": "-1"}, "At least 0"),
        ({"max_minutes": "15"}, "shorter than"),
        ({"grid_minutes": "0"}, "At least 5"),
        ({"for_plans_only": "y"}, "nobody could book it"),
        ({"for_teams_only": "y"}, "Choose a team"),
        ({"unit_names": "Desk 1\nDesk 2"}, "more names than bookings at once"),
        ({"units": "3", "unit_names": "Desk 1\nDesk 1"}, "Two have the same name"),
        ({"units": "3", "unit_names": "x" * 41}, "at most 40 letters"),
        ({"hourly_minor": "12.505"}, "Write an amount"),
        ({"hourly_minor": "-1"}, "amount"),
        ({"audience": "aliens"}, "from the list"),
        ({"description": "x" * 100_000}, "100,000 characters"),
        ({"description": "a\u202eb"}, "cannot be shown"),
        ({"resource_type_id": ""}, "from the list"),
    ],
)
def test_it_refuses_a_resource_with_a_sentence_and_keeps_the_rest(
    manager: Desk, changed: dict[str, str], sentence: str
) -> None:
    before = manager.counts()
    answer = manager.send("/admin/resources", _resource_form(manager, **changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Level 1"' in answer.text
    assert manager.counts() == before


def test_units_have_the_names_that_staff_give_them(manager: Desk) -> None:
    path = f"/admin/resources/{manager.tenant.rooms['Lark']}"
    form = _resource_form(manager, name="Lark", units="3", unit_names=" By the window \n\nQuiet one\n")
    assert manager.send(path, form).status_code == 303
    assert ">\nBy the window\nQuiet one</textarea>" in manager.get(path).text.replace("\r", "")
    assert manager.audit()[-1].after["unit_names"] == ["By the window", "Quiet one"]
    assert manager.send(path, form | {"unit_names": ""}).status_code == 303
    with inside(manager.app, manager.tenant) as session:
        assert session.get_one(Resource, manager.tenant.rooms["Lark"]).unit_names is None


def test_a_resource_is_for_the_teams_that_are_chosen(manager: Desk, world: World) -> None:
    def team(tenant: TenantWorld) -> str:
        with inside(manager.app, tenant) as session:
            row = Team(name="Lantern", created_at=datetime.now(UTC))
            session.add(row)
            session.flush()
            return str(row.id)

    ours, theirs = team(world.northlight), team(world.harbour)
    path = f"/admin/resources/{manager.tenant.rooms['Fern']}"
    form = _resource_form(manager, name="Fern", for_teams_only="y")
    assert manager.send(path, form | {"team_ids": [theirs]}).status_code == 422
    assert manager.send(path, form | {"team_ids": [ours]}).status_code == 303
    page = manager.get(path).text
    assert f'name="team_ids" value="{ours}" checked' in page
    with inside(manager.app, manager.tenant) as session:
        fern = session.get_one(Resource, manager.tenant.rooms["Fern"])
        assert fern.for_teams_only
        assert details_of(session, fern).team_ids == {int(ours)}


def test_another_tenants_ids_are_on_no_list(manager: Desk, world: World) -> None:
    foreign = world.harbour
    before = manager.counts()
    for changed in (
        {"resource_type_id": str(foreign.types["Meeting room"])},
        {"amenity_ids": [str(foreign.amenities["Screen"])]},
        {"plan_ids": [str(foreign.plans["Studio"])]},
        {"part_ids": [str(foreign.rooms["Fern"])]},
    ):
        assert manager.send("/admin/resources", _resource_form(manager, **changed)).status_code == 422, (
            changed
        )
    path = f"/admin/resources?location={foreign.locations['Leith Walk']}"
    assert manager.send(path, _resource_form(manager)).status_code == 404
    assert manager.counts() == before


def test_parts_are_rooms_of_the_same_place_and_one_storey_deep(manager: Desk) -> None:
    rooms = manager.tenant.rooms
    hall = _resource_form(manager, name="Hall", part_ids=[str(rooms["Fern"]), str(rooms["Cedar"])])
    assert manager.send("/admin/resources", hall).status_code == 303
    with inside(manager.app, manager.tenant) as session:
        hall_id = session.execute(select(Resource.id).where(Resource.name == "Hall")).scalar_one()
    tower = _resource_form(manager, name="Tower", part_ids=[str(hall_id)])
    assert "cannot be made of parts" in manager.send("/admin/resources", tower).text
    far = _resource_form(manager, name="Tower", part_ids=[str(rooms["Tejo"])])
    assert manager.send("/admin/resources", far).status_code == 422
    fern = _resource_form(manager, name="Fern", part_ids=[str(rooms["Alder"])])
    assert manager.send(f"/admin/resources/{rooms['Fern']}", fern).status_code == 422


def test_it_edits_and_notes_only_what_changed(manager: Desk) -> None:
    path = f"/admin/resources/{manager.tenant.rooms['Cedar']}"
    form = _resource_form(
        manager,
        name="Cedar",
        description="",
        level="",
        position="1",
        capacity="10",
        audience="signed_in",
        min_minutes="15",
        max_minutes="480",
        grid_minutes="15",
        notice_minutes="0",
        cooldown_minutes="0",
        hourly_minor="",
    )
    assert manager.send(path, form).status_code == 303
    entry = manager.audit()[-1]
    assert (entry.action, entry.before, entry.after) == ("resource.edited", {"capacity": 8}, {"capacity": 10})


def test_a_retired_resource_keeps_its_bookings_and_comes_back(manager: Desk) -> None:
    path = f"/admin/resources/{manager.tenant.rooms['Fern']}"
    _book(manager)
    assert manager.send(f"{path}/retirement").status_code == 303
    assert "1 booking ahead" in manager.get(path).text
    assert len(rows(manager.app, manager.tenant, Booking)) == 1
    assert manager.send(f"{path}/restoration").status_code == 303
    assert [entry.action for entry in manager.audit()] == ["resource.retired", "resource.restored"]


def test_hours_of_its_own(manager: Desk) -> None:
    room = manager.tenant.rooms["Fern"]
    assert manager.send(f"/admin/resources/{room}/hours", WEEK | {"day1": "10-12"}).status_code == 303
    (own,) = rows(manager.app, manager.tenant, OpeningHours, resource_id=room)
    assert (own.weekday, own.opens, own.closes) == (1, 600, 720)
    assert len(rows(manager.app, manager.tenant, OpeningHours, resource_id=None)) > 7


def test_a_photograph_is_re_encoded_and_kept_once(manager: Desk) -> None:
    fern, cedar = (f"/admin/resources/{manager.tenant.rooms[name]}" for name in ("Fern", "Cedar"))
    for path in (fern, cedar):
        assert manager.upload(f"{path}/photo", "photo", _photo(), "../../etc/room.jpg").status_code == 303
    (stored,) = rows(manager.app, manager.tenant, StoredFile)
    assert (stored.mime, stored.width) == ("image/webp", 1440)
    assert stored.digest in manager.get(fern).text
    assert manager.send(f"{fern}/photo/removal").status_code == 303
    assert stored.digest not in manager.get(fern).text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"some text", 422),
        (b"", 422),
        (b"\xff\xd8\xff" + b"\0" * 11 * 1024 * 1024, 422),
        (b"\xff\xd8\xff" + b"\0" * 20 * 1024 * 1024, 413),
    ],
)
def test_it_refuses_what_is_no_photograph(manager: Desk, data: bytes, status: int) -> None:
    path = f"/admin/resources/{manager.tenant.rooms['Fern']}/photo"
    before = manager.counts()
    answer = manager.upload(path, "photo", data, "room.png")
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert manager.counts() == before
    assert manager.send(path, {"photo": "not a file"}).status_code == 422
    assert manager.send(path).status_code == 422


# --- lists -----------------------------------------------------------------------------------------------------------

LISTS = [
    ("plans", Plan, {"name": "Flex", "position": "3"}),
    ("amenities", Amenity, {"name": "Coffee", "icon": "coffee", "position": "3"}),
    (
        "resource-types",
        ResourceType,
        {
            "name": "Studio",
            "picture_kind": "room",
            "hourly_minor": "25.00",
            "cap_minor": "150",
            "position": "3",
        },
    ),
]


@pytest.mark.parametrize(("path", "model", "form"), LISTS)
def test_an_entry_is_added_changed_and_removed(
    manager: Desk, path: str, model: type[Plan], form: dict[str, str]
) -> None:
    assert manager.send(f"/admin/{path}", form).status_code == 303
    (entry,) = rows(manager.app, manager.tenant, model, name=form["name"])
    assert manager.send(f"/admin/{path}/{entry.id}", form | {"name": "Other"}).status_code == 303
    assert manager.send(f"/admin/{path}", form | {"name": "Other"}).status_code == 422
    assert manager.send(f"/admin/{path}", form | {"name": ""}).status_code == 422
    assert manager.send(f"/admin/{path}/{entry.id}/removal").status_code == 303
    assert not rows(manager.app, manager.tenant, model, name="Other")
    noun = model.__tablename__
    assert [each.action for each in manager.audit()] == [
        f"{noun}.created",
        f"{noun}.edited",
        f"{noun}.removed",
    ]


def test_what_is_in_use_stays(manager: Desk) -> None:
    for path, entry in (
        ("plans", manager.tenant.plans["Studio"]),
        ("amenities", manager.tenant.amenities["Screen"]),
        ("resource-types", manager.tenant.types["Meeting room"]),
    ):
        answer = manager.send(f"/admin/{path}/{entry}/removal", follow_redirects=True)
        assert "so it stays" in answer.text, path
    assert manager.audit() == []


def test_a_plan_that_opens_a_room_stays(manager: Desk) -> None:
    residents = manager.tenant.plans["Residents"]
    answer = manager.send(f"/admin/plans/{residents}/removal", follow_redirects=True)
    assert "so it stays" in answer.text


def test_the_front_desk_and_members_do_not_manage_spaces(app: Flask, world: World) -> None:
    manager, desk, member = (Desk(app, world.northlight, who) for who in ("manager", "desk", "member"))
    for path in (
        "/admin/locations",
        "/admin/resources",
        "/admin/resource-types",
        "/admin/amenities",
        "/admin/plans",
        "/admin/products",
        "/admin/limits",
    ):
        assert [each.get(path).status_code for each in (manager, desk, member)] == [200, 404, 404], path


# --- limits ----------------------------------------------------------------------------------------------------------


def test_the_house_limits_how_many_bookings_one_has_ahead(app: Flask, world: World, manager: Desk) -> None:
    with time_machine.travel(NOW):
        manager = Desk(app, world.northlight, "manager")
        member = Desk(app, world.northlight, "member")
        booked(app, world.northlight, "member", "Fern", span(9))
        assert hold(member, "Fern", span(11)).status_code == 303
        assert manager.send("/admin/limits", {"upcoming": "1"}).status_code == 303
        assert 'value="1"' in manager.get("/admin/limits").text
        refused = hold(member, "Cedar", span(11))
        assert refused.status_code == 422
        assert "One person may have 1 booking ahead, and there is one already." in refused.text
        assert manager.send("/admin/limits", {"upcoming": ""}).status_code == 303
        assert hold(member, "Cedar", span(11)).status_code == 303
    assert [entry.action for entry in manager.audit()] == ["limits.changed"] * 2


def test_series_end_after_so_many_no_shows(manager: Desk) -> None:
    assert manager.send("/admin/limits/strikes", {"strikes": "3"}).status_code == 303
    page = manager.get("/admin/limits").text
    assert 'name="strikes"' in page
    assert 'value="3"' in page
    refused = manager.send("/admin/limits/strikes", {"strikes": "1"})
    assert refused.status_code == 422
    assert 'value="1"' in refused.text
    assert manager.send("/admin/limits/strikes", {"strikes": ""}).status_code == 303
    assert [entry.action for entry in manager.audit()] == ["limits.changed"] * 2


@pytest.mark.parametrize("typed", ["0", "-3", "many", "1001", "9" * 30, "2.5"])
def test_it_refuses_a_limit_that_is_none(manager: Desk, typed: str) -> None:
    answer = manager.send("/admin/limits", {"upcoming": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert manager.audit() == []
