"""Drawn rooms: the same for ever, small, and each behind its own address in a sheet."""

import re

import brotli
import pytest
from defusedxml.ElementTree import fromstring

from app.theming.colour import Lch, to_hex
from app.theming.logo import draw_svg
from app.theming.pictures import KINDS, PAINTS, Kind, RoomSpec, draw_room, sheet

FEATURE_SETS = [(), ("screen",), ("whiteboard",), ("screen", "whiteboard", "video call")]


def _lively_space(count: int) -> list[RoomSpec]:
    """A space as varied as real ones are."""
    return [
        RoomSpec(n, f"resource-{n}", KINDS[n % len(KINDS)], 1 + n * 7 % 30, frozenset(FEATURE_SETS[n % 4]))
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("features", FEATURE_SETS)
@pytest.mark.parametrize("seats", [1, 4, 8, 12, 60])
def test_a_room_is_a_small_drawing_of_whole_numbers(
    kind: Kind, features: tuple[str, ...], seats: int
) -> None:
    for seed in ("a", "b", "c"):
        drawn = draw_room(seed, kind, seats, features)
        assert len(drawn.encode()) <= 4_000
        assert fromstring(drawn).get("viewBox") == "0 0 480 320"
        assert not re.search(r"nan|None|\d\.\d{3}", drawn)


def test_the_same_seed_is_the_same_room_and_another_seed_another() -> None:
    assert draw_room("resource-7", "room", 6, ["screen"]) == draw_room("resource-7", "room", 6, ["screen"])
    assert len({draw_room(f"resource-{n}") for n in range(40)}) == 40


def test_a_room_stays_as_it_was_drawn_the_first_time() -> None:
    """A golden value: when it moves, every tenant's rooms move with it."""
    turned = ["matrix(-1 0 0 1 480 0)" in draw_room(f"resource-{n}") for n in range(1, 9)]
    assert turned == [True, False, True, False, True, False, True, True]


def test_one_sees_what_a_room_has() -> None:
    plain, screen, board = (draw_room("x", features=given) for given in ((), ("screen",), ("whiteboard",)))
    assert len({plain, screen, board}) == 3
    assert draw_room("x", features=("coffee",)) == plain
    assert draw_room("x", seats=2) != draw_room("x", seats=8) != draw_room("x", seats=16)


@pytest.mark.parametrize("paint", PAINTS)
def test_a_paint_can_be_chosen(paint: str) -> None:
    hue = {to_hex(Lch(0.872, 0.032, PAINTS[paint]))}
    assert {
        re.findall(r'fill="(#\w+)" fill-rule="evenodd"', draw_room(seed, paint=paint))[0] for seed in "abc"
    } == hue


def test_an_unknown_paint_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        draw_room("a", paint="mauve")


def test_nothing_in_a_drawing_is_nothing() -> None:
    for spec in _lively_space(12):
        image = draw_svg(draw_room(spec.seed, spec.kind, spec.seats, spec.features), 240, 160)
        assert image.getchannel("A").getextrema() == (255, 255)
        assert len(image.getcolors(40_000) or []) > 8


def test_a_sheet_has_a_view_for_every_room_and_none_touches_another() -> None:
    rooms = _lively_space(7)
    root = fromstring(sheet(rooms))
    space = "{http://www.w3.org/2000/svg}"
    views = {view.get("id"): view.get("viewBox", "").split() for view in root.iter(f"{space}view")}
    assert list(views) == [f"r{room.key}" for room in rooms]
    cells = [cell for cell in root if cell.tag == f"{space}svg"]
    assert [[cell.get("x"), cell.get("y"), "480", "320"] for cell in cells] == list(views.values())
    corners = {(int(x), int(y)) for x, y, *_ in views.values()}
    assert len(corners) == 7
    assert all(x % 500 == 0 and y % 340 == 0 for x, y in corners)


def test_twenty_rooms_weigh_less_than_one_photograph() -> None:
    text = sheet(_lively_space(20)).encode()
    packed: bytes = brotli.compress(text, quality=11)
    assert len(packed) <= 6_000


def test_a_sheet_shares_what_repeats() -> None:
    assert sheet(_lively_space(20)).count('id="p"') == 1


def test_a_key_cannot_break_out_of_its_attribute() -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        sheet([RoomSpec('1"><script>', "a")])
