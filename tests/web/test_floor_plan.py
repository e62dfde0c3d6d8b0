"""Floor plans: pictures and drawings that can do nothing, rooms put on them, and what members see of it at a time."""

import re
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import FloorMark, FloorPlan, StoredFile
from tests.support.bookings import booked, span, statements
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200">
<!-- made by hand --><path d="M10 10h280v180H10z" fill="none" stroke="#333" stroke-width="4"/></svg>"""
AT = "date=2026-11-25&start=10:00&minutes=60"


pytestmark = pytest.mark.usefixtures("tuesday")


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


@pytest.fixture
def manager(app: Flask, world: World) -> Visitor:
    return _visitor(app, world.northlight, "manager")


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    return _visitor(app, world.northlight, "member")


def _page(tenant: TenantWorld, place: str = "Leith Walk") -> str:
    return f"/admin/locations/{tenant.locations[place]}/floor-plan"


def _send(visitor: Visitor, data: bytes, name: str = "plan.svg", path: str = "") -> TestResponse:
    path = path or _page(visitor.tenant)
    return visitor.post(path, {"picture": (BytesIO(data), name)}, form=_page(visitor.tenant))


def _place(visitor: Visitor, **spots: tuple[str, str]) -> TestResponse:
    rooms = visitor.tenant.rooms
    fields = {
        f"{axis}-{rooms[name]}": spot[at] for name, spot in spots.items() for at, axis in enumerate("xy")
    }
    return visitor.post(f"{_page(visitor.tenant)}/marks", fields, form=_page(visitor.tenant))


def _kept(app: Flask, tenant: TenantWorld) -> StoredFile | None:
    with inside(app, tenant) as session:
        return session.scalars(
            select(StoredFile).join(FloorPlan, FloorPlan.file_id == StoredFile.id)
        ).one_or_none()


def _marks(app: Flask, tenant: TenantWorld) -> dict[int, tuple[int, int]]:
    with inside(app, tenant) as session:
        return {mark.resource_id: (mark.x, mark.y) for mark in session.scalars(select(FloorMark))}


def test_a_drawing_is_rebuilt_and_shown(app: Flask, manager: Visitor, member: Visitor, world: World) -> None:
    assert _send(manager, DRAWING).status_code == 303
    kept = _kept(app, world.northlight)
    assert kept
    assert (kept.mime, kept.width, kept.height) == ("image/svg+xml", 300, 200)
    shown = member.get(f"/media/{kept.digest}")
    assert b"made by hand" not in shown.data
    assert b"M10 10h280" in shown.data
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_photograph_becomes_a_plain_picture(app: Flask, manager: Visitor, world: World) -> None:
    scan = BytesIO()
    Image.new("RGB", (900, 600), "white").save(scan, "PNG")
    assert _send(manager, scan.getvalue(), "plan.png").status_code == 303
    kept = _kept(app, world.northlight)
    assert kept
    assert (kept.mime, kept.width, kept.height) == ("image/webp", 900, 600)


_HOSTILE = {
    "script": DRAWING.replace(b"</svg>", b"<script>alert(1)</script></svg>"),
    "handler": DRAWING.replace(b"<path", b'<path onload="alert(1)"'),
    "link": DRAWING.replace(b"</svg>", b'<a href="javascript:alert(1)"><path d="M0 0h9"/></a></svg>'),
    "foreign": DRAWING.replace(b"</svg>", b"<foreignObject><p>x</p></foreignObject></svg>"),
    "outside": DRAWING.replace(b"</svg>", b'<image href="https://evil.example/x.png"/></svg>'),
    "style": DRAWING.replace(b"<path", b"<style>@import url(https://evil.example/x.css);</style><path"),
    "entity": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + DRAWING,
    "animation": DRAWING.replace(b"</svg>", b'<set attributeName="href" to="javascript:alert(1)"/></svg>'),
    "page": b"<html><script>alert(1)</script></html>",
    "nothing": b"",
    "noise": b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    "polyglot": b"GIF89a/*" + DRAWING,
}


@pytest.mark.parametrize("kind", _HOSTILE)
def test_what_acts_or_is_no_picture_is_refused(app: Flask, manager: Visitor, world: World, kind: str) -> None:
    assert _send(manager, DRAWING).status_code == 303  # the same drawing without it is taken
    before = _kept(app, world.northlight)
    answer = _send(manager, _HOSTILE[kind])
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    after = _kept(app, world.northlight)
    assert before
    assert after
    assert before.digest == after.digest


def test_rooms_are_placed_by_numbers_alone(app: Flask, manager: Visitor, world: World) -> None:
    _send(manager, DRAWING)
    rooms = world.northlight.rooms
    assert _place(manager, Fern=("12.5", "30"), Cedar=("100", "0,5")).status_code == 303
    assert _marks(app, world.northlight) == {rooms["Fern"]: (125, 300), rooms["Cedar"]: (1000, 5)}
    page = manager.get(_page(world.northlight)).text
    assert f'name="x-{rooms["Fern"]}" data-room="{rooms["Fern"]}" value="12.5"' in page
    _place(manager, Fern=("", ""), Cedar=("50", "50"))
    assert _marks(app, world.northlight) == {rooms["Cedar"]: (500, 500)}


@pytest.mark.parametrize(
    "spot", [("101", "5"), ("-1", "5"), ("5", ""), ("NaN", "5"), ("1e3", "5"), ("٣", "5")]
)
def test_a_place_that_is_none_moves_nothing(
    app: Flask, manager: Visitor, world: World, spot: tuple[str, str]
) -> None:
    _send(manager, DRAWING)
    _place(manager, Fern=("10", "10"), Cedar=("20", "20"))
    before = _marks(app, world.northlight)
    answer = _place(manager, Fern=spot, Cedar=("90", "90"))
    assert answer.status_code == 422
    assert "Two numbers from 0 to 100" in answer.text
    assert _marks(app, world.northlight) == before


def _floor(page: str) -> str:
    found = re.search(r'<section class="floor-frame".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_members_see_free_taken_and_mine(app: Flask, manager: Visitor, member: Visitor, world: World) -> None:
    north = world.northlight
    _send(manager, DRAWING)
    _place(manager, Fern=("10", "10"), Cedar=("50", "50"), Lark=("90", "90"), Alder=("5", "80"))
    booked(app, north, "colleague", "Cedar", span(10))
    booked(app, north, "member", "Fern", span(10))
    page = member.get(f"/bookings/floor?{AT}").text
    floor = _floor(page)
    assert 'aria-label="Cedar, Taken"' in floor
    assert 'aria-label="Fern, Yours"' in floor
    assert 'aria-label="Lark, free: book it"' in floor
    assert 'aria-label="Alder, Not for this"' in floor
    assert '<svg x="50%" y="50%"' in floor
    # The same in words, in the list beside it.
    assert f'id="refused-{north.rooms["Cedar"]}"' in page
    assert "Taken until 11:15" in page
    assert "Yours until 11:00" in page
    later = _floor(member.get("/bookings/floor?date=2026-11-25&start=14:00&minutes=60").text)
    assert 'aria-label="Cedar, free: book it"' in later


def test_a_tap_leads_to_the_checkout(manager: Visitor, member: Visitor) -> None:
    _send(manager, DRAWING)
    _place(manager, Lark=("90", "90"))
    path = f"/bookings/floor?{AT}"
    slot = re.search(r'form="hold" name="slot" value="([^"]+)"', _floor(member.get(path).text))
    assert slot
    held = member.post("/bookings/holds", {"slot": slot[1], "people": "1"}, form=path)
    assert re.fullmatch(r"/bookings/\d+/checkout", held.headers["Location"])


def test_nonsense_is_said_at_its_field(manager: Visitor, member: Visitor) -> None:
    _send(manager, DRAWING)
    answer = member.get("/bookings/floor?date=2026-02-30")
    assert answer.status_code == 422
    assert "That day does not exist" in answer.text


def test_the_way_to_it_is_there_once_there_is_one(manager: Visitor, member: Visitor, world: World) -> None:
    assert "/bookings/floor" not in member.get("/bookings/search").text
    assert member.get("/bookings/floor").status_code == 302
    _send(manager, DRAWING)
    assert "/bookings/floor" in member.get("/bookings/search").text
    assert "/bookings/floor" in member.get("/bookings/day").text
    page = _page(world.northlight)
    assert manager.post(f"{page}/removal", form=page).status_code == 303
    assert "/bookings/floor" not in member.get("/bookings/search").text


def test_it_costs_few_statements(app: Flask, manager: Visitor, member: Visitor) -> None:
    _send(manager, DRAWING)
    _place(manager, Fern=("10", "10"), Cedar=("50", "50"))
    member.get(f"/bookings/floor?{AT}")
    with statements(app) as asked:
        assert member.get(f"/bookings/floor?{AT}").status_code == 200
    assert len(asked) <= 8


def test_another_tenants_plan_is_not_there(
    app: Flask, manager: Visitor, member: Visitor, world: World
) -> None:
    theirs = _visitor(app, world.harbour, "manager")
    assert _send(theirs, DRAWING).status_code == 303
    kept = _kept(app, world.harbour)
    assert kept
    assert _visitor(app, world.harbour, "member").get(f"/media/{kept.digest}").status_code == 200
    assert member.get(f"/media/{kept.digest}").status_code == 404
    elsewhere = _page(world.harbour)
    assert elsewhere != _page(world.northlight)
    assert manager.get(elsewhere).status_code == 404
    assert _send(manager, DRAWING, path=elsewhere).status_code == 404


@pytest.mark.parametrize("who", ["member", "desk"])
def test_only_who_looks_after_spaces_changes_it(app: Flask, world: World, manager: Visitor, who: str) -> None:
    _send(manager, DRAWING)
    other = _visitor(app, world.northlight, who)
    page = _page(world.northlight)
    answers = [
        other.post(f"{page}{end}", form="/account/profile").status_code for end in ("", "/marks", "/removal")
    ]
    assert answers == [404, 404, 404]
    assert _kept(app, world.northlight)
