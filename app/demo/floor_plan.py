"""The floor plan of the demo's first house: four floors, one above the other, so that a phone shows them as well as a desk does."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.spaces.floor_plans import WHOLE, Spot, floor_picture, place_marks, set_floor_plan
from app.domain.stored_file import Photo
from app.models import Resource
from app.ports import Files
from app.tenancy import tenant_of
from app.theming.logo import read_logo


class _Space(NamedTuple):
    """A part of a floor, from left to right: what is booked there, its share of the width, what stands in it."""

    names: tuple[str, ...]
    share: int
    furniture: str
    colour: str


class _Floor(NamedTuple):
    """A floor, and its number as a pen writes it in a field of two by four."""

    number: str
    spaces: tuple[_Space, ...]


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


_WIDTH, _HEIGHT = 1000, 1260
_LEFT, _RIGHT, _TOP = 96, 976, 24
_FLOOR, _BETWEEN, _HALL, _STAIRS = 280, 32, 76, 84
"""Of a floor: its height, what lies between two, the height of its hall, the width of its stairs."""
_DOOR = 34
_WALL, _LINE, _PAPER = "#37423b", "#8d978f", "#ffffff"
_ROOM, _STAGE, _OPEN, _BOOTH, _OURS = "#e7f0e8", "#f6ecda", "#e6eef7", "#f0e8f5", "#efefec"
_FLOORS = (
    _Floor(
        "M0 0H2L1 1.6Q2 1.6 2 2.8Q2 4 1 4Q0 4 0 3.2",
        (
            _Space(("Nightjar",), 4, "table", _STAGE),
            _Space(("Hawthorn",), 4, "table", _ROOM),
            _Space(("Alder",), 3, "table", _ROOM),
            _Space(("Dunlin",), 3, "table", _ROOM),
        ),
    ),
    _Floor(
        "M0 .9Q0 0 1 0Q2 0 2 1Q2 1.8 0 4H2",
        (
            _Space(("Rowan",), 5, "table", _ROOM),
            _Space(("Cedar",), 4, "table", _ROOM),
            _Space(("Juniper",), 3, "table", _ROOM),
            _Space(("Wren",), 2, "stool", _BOOTH),
        ),
    ),
    _Floor(
        "M.3 .8L1.2 0V4",
        (
            _Space(("Tern bench",), 7, "desks", _OPEN),
            _Space(("Fern",), 4, "table", _ROOM),
            _Space(("Lark",), 2, "stool", _BOOTH),
        ),
    ),
    _Floor(
        "M1 0Q2 0 2 2T1 4Q0 4 0 2T1 0Z",
        (_Space(("Heron East", "Heron", "Heron West"), 9, "rows", _STAGE), _Space((), 4, "counter", _OURS)),
    ),
)


def hang_floor_plan(session: Session, files: Files, space: DemoSpace, now: datetime) -> None:
    """Draw the plan for the house that it shows and place its rooms there, unless it has one."""
    if space.tenant.slug != "northlight":
        return
    spots = _spots()
    rooms = session.execute(
        select(Resource.id, Resource.name, Resource.location_id).where(Resource.name.in_(spots))
    ).all()
    # Somebody may have moved or renamed them since
    for place_id in {row.location_id for row in rooms if row.name == "Heron"}:
        if floor_picture(session, place_id) is None:
            owner = demo_owner(session)
            set_floor_plan(session, owner, place_id, _keep(files, tenant_of(session), now), lambda: now)
            session.commit()
            marks = {row.id: spots[row.name] for row in rooms if row.location_id == place_id}
            place_marks(session, owner, place_id, marks, lambda: now)
            session.commit()


def _keep(files: Files, tenant_id: int, now: datetime) -> Photo:
    drawn = read_logo(draw_floors().encode())
    digest = files.put(tenant_id, drawn.data)
    return Photo(digest, "image/svg+xml", len(drawn.data), drawn.width, drawn.height, now)


def draw_floors() -> str:
    """The drawing as an SVG: walls, doors and what stands in the rooms. Nothing is written on it: the portal writes the names."""
    shapes = [_rect(_Box(0, 0, _WIDTH, _HEIGHT), _PAPER)]
    for floor, outline in _placed_floors():
        shapes += _draw_floor(floor, outline)
    body = "".join(shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">{body}</svg>'


def _spots() -> dict[str, Spot]:
    """Where the portal puts its marks: rooms that are parts of one stand beside each other, with the whole between them."""
    found = {}
    for floor, outline in _placed_floors():
        for space, box in _placed_spaces(floor, outline):
            for number, name in enumerate(space.names):
                x = box.x + box.width * (2 * number + 1) / (2 * len(space.names))
                y = box.y + box.height * 0.44
                found[name] = round(x / _WIDTH * WHOLE), round(y / _HEIGHT * WHOLE)
    return found


def _placed_floors() -> Iterator[tuple[_Floor, _Box]]:
    for number, floor in enumerate(_FLOORS):
        yield floor, _Box(_LEFT, _TOP + number * (_FLOOR + _BETWEEN), _RIGHT - _LEFT, _FLOOR)


def _placed_spaces(floor: _Floor, outline: _Box) -> Iterator[tuple[_Space, _Box]]:
    """The rooms lie along the windows, above the hall; the stairs at its end."""
    whole = sum(space.share for space in floor.spaces)
    x, width = outline.x, outline.width - _STAIRS
    for space in floor.spaces:
        share = width * space.share / whole
        yield space, _Box(x, outline.y, share, outline.height - _HALL)
        x += share


def _draw_floor(floor: _Floor, outline: _Box) -> Iterator[str]:
    yield _rect(outline, _PAPER)
    for space, box in _placed_spaces(floor, outline):
        yield _rect(box, space.colour)
        yield from _FURNITURE[space.furniture](box)
        yield _path(f"M{box.x} {box.y}h{box.width}v{box.height}h{-box.width}z", _WALL, 5)
        yield from _door(box)
    yield from _stairs(outline)
    yield _path(f"M{outline.x} {outline.y}h{outline.width}v{outline.height}h{-outline.width}z", _WALL, 9)
    yield from _windows(outline)
    middle = outline.y + outline.height / 2 - 28
    shape = f'<path transform="translate(26 {middle}) scale(14)" d="{floor.number}"'
    yield f'{shape} fill="none" stroke="{_WALL}" stroke-width=".45" stroke-linecap="round" stroke-linejoin="round"/>'


def _door(box: _Box) -> Iterator[str]:
    """A gap in the wall to the hall, and the leaf that opens into it."""
    x, y = box.x + box.width - _DOOR - 14, box.y + box.height
    yield _path(f"M{x} {y}h{_DOOR}", _PAPER, 7)
    yield _path(f"M{x} {y}v{_DOOR}A{_DOOR} {_DOOR} 0 0 0 {x + _DOOR} {y}", _LINE, 2)


def _stairs(outline: _Box) -> Iterator[str]:
    x, steps = outline.x + outline.width - _STAIRS, 9
    yield _rect(_Box(x, outline.y, _STAIRS, outline.height - _HALL), _OURS)
    for step in range(1, steps):
        yield _path(f"M{x} {outline.y + (outline.height - _HALL) * step / steps}h{_STAIRS}", _LINE, 2)


def _windows(outline: _Box) -> Iterator[str]:
    for at in range(1, 8):
        yield _path(f"M{outline.x + outline.width * at / 8 - 34} {outline.y}h68", _PAPER, 3)


def _table(box: _Box) -> Iterator[str]:
    width, height = box.width * 0.6, box.height * 0.36
    x, y = box.x + (box.width - width) / 2, box.y + (box.height - height) / 2
    chairs = max(2, int(width // 46))
    for number in range(chairs):
        at = x + width * (2 * number + 1) / (2 * chairs)
        yield _dot(at, y - 17, 11)
        yield _dot(at, y + height + 17, 11)
    yield _rect(_Box(x, y, width, height), _PAPER, _LINE, 12)


def _stool(box: _Box) -> Iterator[str]:
    yield _rect(_Box(box.x + 16, box.y + 16, box.width - 32, 40), _PAPER, _LINE, 6)
    yield _dot(box.x + box.width / 2, box.y + box.height * 0.72, 14)


def _desks(box: _Box) -> Iterator[str]:
    width, height = (box.width - 48) / 6, 42
    for row, facing in ((0.3, -1), (0.7, 1)):
        for number in range(6):
            x, y = box.x + 24 + number * width, box.y + box.height * row - height / 2
            yield _rect(_Box(x + 4, y, width - 8, height), _PAPER, _LINE, 5)
            yield _dot(x + width / 2, y + height / 2 + facing * 36, 10)


def _rows(box: _Box) -> Iterator[str]:
    """Chairs for an audience, and the wall that folds away in the middle."""
    for row in range(4):
        for number in range(14):
            yield _dot(box.x + box.width * (number + 0.5) / 14, box.y + 36 + row * 42, 9)
    middle = box.x + box.width / 2
    yield f'<path d="M{middle} {box.y}v{box.height}" stroke="{_LINE}" stroke-width="4" stroke-dasharray="14 9"/>'


def _counter(box: _Box) -> Iterator[str]:
    """The front desk."""
    x, y = box.x + box.width * 0.2, box.y + box.height * 0.62
    yield _path(f"M{x} {y}v-46q0-30 30-30h{box.width * 0.6 - 30}", _LINE, 16)
    yield _dot(x + 62, y - 34, 13)


_FURNITURE = {"table": _table, "stool": _stool, "desks": _desks, "rows": _rows, "counter": _counter}


def _rect(box: _Box, fill: str, line: str = "none", round_by: int = 0) -> str:
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect {place} rx="{round_by}" fill="{fill}" stroke="{line}" stroke-width="2"/>'


def _path(d: str, line: str, width: int) -> str:
    return f'<path d="{d}" fill="none" stroke="{line}" stroke-width="{width}"/>'


def _dot(x: float, y: float, radius: int) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{_PAPER}" stroke="{_LINE}" stroke-width="2"/>'
    )
