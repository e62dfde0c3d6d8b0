"""Drawn pictures of rooms for resources without a photograph.

The same seed gives the same room for ever: each choice is drawn from a hash of the seed and the choice's own
name, so that a new choice never changes an old one. Drawings are flat and 480 by 320; colours come from one
paint per room.

Many rooms go into one file (``sheet``), each behind a ``<view>`` of its own: a page of twenty rooms costs one
request, and what repeats from room to room costs next to nothing once compressed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar

from app.theming.colour import Lch, to_hex

Kind = Literal["room", "booth", "hall", "desk", "studio", "event"]
KINDS: tuple[Kind, ...] = ("room", "booth", "hall", "desk", "studio", "event")

FEATURES = frozenset({"screen", "whiteboard"})
"""Amenities that one sees in a picture; any other is left to the words beside it."""

PAINTS = {
    "pine": 160,
    "clay": 38,
    "ochre": 78,
    "sky": 232,
    "plum": 345,
    "moss": 128,
    "slate": 258,
    "rose": 15,
}

WIDTH, HEIGHT = 480, 320
_SIZE = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
_FLOOR = 246
_GAP = 20
_COLUMNS = 5
_Choice = TypeVar("_Choice")

_ROOT = '<svg xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """One room of a sheet. ``key`` (letters and digits) names its view, ``r<key>``; ``seed`` decides how it
    looks.
    """

    key: int | str
    seed: str
    kind: Kind = "room"
    seats: int = 4
    features: frozenset[str] = field(default_factory=frozenset)
    paint: str | None = None


class _Paint(NamedTuple):
    wall: str
    side: str
    trim: str
    deep: str
    middle: str
    ink: str
    glass: str
    rug: str
    opposite: str
    warm: str


class _Dice:
    """Choices that depend on nothing but the seed and their own name."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, name: str, least: int, most: int) -> int:
        digest = blake2b(f"{self._seed}\0{name}".encode(), digest_size=8).digest()
        return least + int.from_bytes(digest) % (most - least + 1)

    def one_of(self, name: str, options: Sequence[_Choice]) -> _Choice:
        return options[self.number(name, 0, len(options) - 1)]


_WOOD, _WOOD_DARK = to_hex(Lch(0.66, 0.07, 60)), to_hex(Lch(0.56, 0.07, 58))
_BOARDS, _BOARDS_LINE = to_hex(Lch(0.815, 0.032, 72)), to_hex(Lch(0.785, 0.036, 70))
_SKY, _HILL, _NEAR_HILL = (
    to_hex(Lch(0.965, 0.018, 225)),
    to_hex(Lch(0.875, 0.035, 200)),
    to_hex(Lch(0.80, 0.045, 185)),
)
_LEAF, _LIGHT_LEAF = to_hex(Lch(0.50, 0.09, 152)), to_hex(Lch(0.60, 0.10, 142))
_BULB = to_hex(Lch(0.84, 0.13, 86))
_GLOW, _CLAY = to_hex(Lch(0.96, 0.06, 90)), to_hex(Lch(0.66, 0.09, 42))

# What rooms share, by id. Short ids and whole numbers: twenty rooms are to fit into two packets.
_SHARED = {
    "v": f'<path fill="{_SKY}" d="M0 0h330v420H0z"/>'
    f'<path fill="{_HILL}" d="M0 120q60-32 120-4t130 4q50-10 80 4v300H0z"/>'
    f'<path fill="{_NEAR_HILL}" d="M0 142q80-24 150 2t120-6q40-4 60 6v280H0z"/>',
    "c": '<rect width="34" height="40" rx="10"/>',
    "f": '<path d="M9 0h26q8 0 8 8v26q0 8-8 8H9q-8 0-8-8V8q0-8 8-8zM6 42h4v20H6zM34 42h4v20h-4z"/>',
    "l": '<path d="M-22 22a22 23 0 0 1 44 0z"/>',
    "p": f'<path fill="{_LEAF}" d="M0 0Q-40-14-54-44-16-40 0 0ZM0 0Q-18-46-4-84 14-44 0 0ZM0 0Q40-10 58-36 '
    f'18-36 0 0Z"/><path fill="{_LIGHT_LEAF}" d="M0 0Q-36-34-34-70-4-44 0 0ZM0 0Q10-48 34-66 34-28 0 0ZM0 '
    '0Q-34-2-50-20-16-24 0 0ZM0 0Q30 2 46-14 18-22 0 0Z"/>',
    "t": f'<path fill="{_WOOD_DARK}" d="M0 0h8l-8 60h-6z"/>',
}


def draw_room(
    seed: str,
    kind: Kind = "room",
    seats: int = 4,
    features: Iterable[str] = (),
    paint: str | None = None,
) -> str:
    """One room as an SVG of 480 by 320 units and at most 4 kB. ``paint`` is a key of PAINTS, or left to the
    seed.
    """
    return _document(_room(RoomSpec("", seed, kind, seats, frozenset(features), paint)))


def sheet(rooms: Sequence[RoomSpec]) -> str:
    """Many rooms in one SVG; ``<address>#r<key>`` in an ``<img>`` shows the one.

    Rooms stand apart and are cut at their edges, so that an image of another shape never shows a neighbour.
    """
    cells, views = [], []
    for at, spec in enumerate(rooms):
        x, y = at % _COLUMNS * (WIDTH + _GAP), at // _COLUMNS * (HEIGHT + _GAP)
        views.append(f'<view id="r{_checked(spec.key)}" viewBox="{x} {y} {WIDTH} {HEIGHT}"/>')
        cells.append(f'<svg x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}">{_room(spec)}</svg>')
    body = "".join(cells)
    return f"{_ROOT} {_SIZE}>{_defs(body)}{''.join(views)}{body}</svg>"


def _checked(key: int | str) -> str:
    if not str(key).isalnum():
        raise ValueError(f"a key of letters and digits, not {key!r}")
    return str(key)


def _document(body: str) -> str:
    return f"{_ROOT} {_SIZE}>{_defs(body)}{body}</svg>"


def _defs(body: str) -> str:
    used = (f'<g id="{name}">{drawing}</g>' for name, drawing in _SHARED.items() if f'"#{name}"' in body)
    return f"<defs>{''.join(used)}</defs>"


@lru_cache(maxsize=256)
def _paint(hue: int) -> _Paint:
    def mixed(lightness: float, chroma: float, turn: int = 0) -> str:
        return to_hex(Lch(lightness, chroma, (hue + turn) % 360))

    return _Paint(
        wall=mixed(0.872, 0.032),
        side=mixed(0.822, 0.038),
        trim=mixed(0.775, 0.042),
        deep=mixed(0.44, 0.07),
        middle=mixed(0.56, 0.075),
        ink=mixed(0.30, 0.035),
        glass=mixed(0.40, 0.035),
        rug=mixed(0.74, 0.045, 180),
        opposite=mixed(0.52, 0.09, 160),
        warm=mixed(0.66, 0.11, 40),
    )


def _room(spec: RoomSpec) -> str:
    """Always drawn with the near wall on the left; half of the rooms are then turned around."""
    dice = _Dice(spec.seed)
    paint = _paint(PAINTS[spec.paint or dice.one_of("paint", tuple(PAINTS))])
    corner = dice.number("corner", 52, 96)
    drawn = _shell(spec, dice, paint, corner) + _furniture(spec, dice, paint, corner)
    return f'<g transform="matrix(-1 0 0 1 {WIDTH} 0)">{drawn}</g>' if dice.number("turned", 0, 1) else drawn


def _shell(spec: RoomSpec, dice: _Dice, paint: _Paint, corner: int) -> str:
    """What is outside, the walls around it, the floor and the light that falls on it."""
    count, width, left = _windows(spec, dice, corner)
    top, height = 38, 124
    arched = dice.number("arched", 0, 9) < 4
    panes = range(left, left + count * (width + 8), width + 8)
    holes = "".join(_pane(x, top, width, height, arched=arched) for x in panes)
    bars = "" if arched else "".join(_block(x, top + height * 2 // 5, width, 3) for x in panes)
    sills = "".join(_block(x - 3, top + height, width + 6, 6) for x in panes)
    hills = top + height - 162 - dice.number("hills", 0, 14)
    view = _use("v", left - dice.number("outside", 6, 60), hills) if count else ""
    wall = f"M0 0H480V{_FLOOR}H0z"
    light = "".join(f"M{x + 34} {_FLOOR}h{width * 5 // 8}l38 74h-{width * 3 // 4}z" for x in panes)
    return (
        f"{view}"
        f'<path fill="{paint.wall}" fill-rule="evenodd" d="{wall}{holes}"/>'
        f'<path fill="{_BOARDS}" d="M0 {_FLOOR}h480v74H0z"/>'
        f'<path stroke="{_BOARDS_LINE}" stroke-width="2" d="{_joints(corner)}"/>'
        f'<path fill="{paint.side}" d="M0 0H{corner}V{_FLOOR}L0 {_FLOOR + 46}z"/>'
        f'<path fill="{paint.trim}" d="M{corner} {_FLOOR - 7}H480v7H{corner}L0 {_FLOOR + 46}v-8z{sills}"/>'
        + (f'<path fill="{paint.wall}" d="{bars}"/>' if bars else "")
        + (f'<path fill="#fff" opacity=".28" d="{light}"/>' if light else "")
    )


def _joints(corner: int) -> str:
    """The joints of the floor boards, which run towards the back."""
    return "".join(f"M{x} {_FLOOR}l{(x - 300) * 2 // 5} 74" for x in range(corner + 54, 480, 78))


def _windows(spec: RoomSpec, dice: _Dice, corner: int) -> tuple[int, int, int]:
    """How many panes, how wide, and where the first one starts."""
    width = dice.one_of("pane", (62, 74))
    shown = len(spec.features & FEATURES)
    if spec.kind in ("booth", "hall", "event") or shown == 2:
        return 1, 62, corner + 18
    if shown:
        return dice.number("panes", 1, 2), width, corner + 24
    count = dice.one_of("panes", (1, 2, 2, 3))
    slack = dice.number("shift", -26, 26)
    return count, width, (corner + WIDTH - count * (width + 8)) // 2 + slack


def _furniture(spec: RoomSpec, dice: _Dice, paint: _Paint, corner: int) -> str:
    middle = (corner + WIDTH) // 2 + dice.number("table", -8, 8)
    if spec.kind == "booth":
        return _booth(dice, paint, middle) + _plant(dice, paint)
    if spec.kind in ("hall", "event"):
        return _stage(spec, paint, middle) + _rows(spec, dice, paint, middle)
    on_wall = _on_wall(spec, dice, paint, corner)
    if spec.kind == "studio":
        return on_wall + _sofa(dice, paint, middle) + _plant(dice, paint)
    if spec.kind == "desk":
        return on_wall + _desk(dice, paint, middle) + _plant(dice, paint)
    return on_wall + _table(spec, dice, paint, middle) + _plant(dice, paint)


def _on_wall(spec: RoomSpec, dice: _Dice, paint: _Paint, corner: int) -> str:
    """A screen, a whiteboard, or, in a room with neither and space for it, a picture."""
    right = WIDTH - 148
    drawn = _screen(right, 72, 124, 74, paint) if "screen" in spec.features else ""
    if "whiteboard" in spec.features:
        drawn += _whiteboard(corner + 104 if drawn else right - 4, paint)
    if drawn or spec.kind == "desk":
        return drawn
    count, width, left = _windows(spec, dice, corner)
    free = left + count * (width + 8)
    if free > WIDTH - 92:
        return ""
    x = (free + WIDTH) // 2 - 34
    return (
        f'<path fill="#fff" d="{_block(x, 66, 56, 70)}"/><circle cx="{x + 28}" cy="96" r="15" fill="{paint.rug}"/>'
        f'<path fill="{paint.deep}" d="M{x + 8} 128v-10l14-12 12 10 14-8v20z"/>'
    )


def _screen(x: int, y: int, width: int, height: int, paint: _Paint) -> str:
    frame = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="{paint.ink}"/>'
    glare = f"M{x + width // 2} {y + 5}h{width // 4}l-{height // 2} {height - 10}h-{width // 4}z"
    return (
        f'{frame}<path fill="{paint.glass}" d="{_block(x + 5, y + 5, width - 10, height - 10)}"/>'
        f'<path fill="#fff" opacity=".07" d="{glare}"/>'
    )


def _projection(x: int, paint: _Paint) -> str:
    """A slide on a wide canvas, as it hangs at the end of a hall."""
    return (
        f'<path fill="{paint.ink}" d="{_block(x - 6, 40, 204, 6)}"/><path fill="#fff" d="{_block(x, 46, 192, 108)}"/>'
        f'<path fill="{paint.trim}" d="{_block(x + 20, 70, 66, 8)}{_block(x + 20, 92, 52, 5)}{_block(x + 20, 106, 58, 5)}"/>'
        f'<path fill="{paint.middle}" d="{_block(x + 112, 112, 14, 22)}{_block(x + 134, 92, 14, 42)}"/>'
        f'<path fill="{paint.warm}" d="{_block(x + 156, 72, 14, 62)}"/>'
    )


def _whiteboard(x: int, paint: _Paint) -> str:
    return (
        f'<rect x="{x}" y="62" width="112" height="84" rx="3" fill="#fff"/>'
        f'<path fill="none" stroke="{paint.middle}" stroke-width="3" stroke-linecap="round" '
        f'd="M{x + 16} 84h34m-34 14h26m-26 14h30M{x + 64} 124v-16m12 16v-30m12 30v-22"/>'
        f'<path fill="{paint.trim}" d="{_block(x + 20, 146, 72, 4)}"/>'
    )


def _table(spec: RoomSpec, dice: _Dice, paint: _Paint, middle: int) -> str:
    """A table as long as its seats: chairs behind it, and before it too where ten or more sit."""
    seat = _seat_colour(dice, paint)
    behind = max(1, min(6, (spec.seats + 1) // 2))
    width = min(92 + behind * 40, 316)
    left, top = middle - width // 2, _FLOOR - 34
    spots = [left + (2 * n + 1) * width // (2 * behind) for n in range(behind)]
    chairs = "".join(_use("c", x - 17, top - 34) for x in spots)
    before = "".join(_use("f", x - 22, top + 26) for x in _between(spots)) if spec.seats >= 10 else ""
    return (
        _rug(middle, width * 5 // 8, paint)
        + f'<g fill="{seat}">{chairs}</g>'
        + _use("t", left + 20, top + 10)
        + f'<use href="#t" transform="matrix(-1 0 0 1 {left + width - 20} {top + 10})"/>'
        + f'<rect x="{left}" y="{top}" width="{width}" height="11" rx="3" fill="{_WOOD}"/>'
        + f'<path fill="#fff" d="{_block(middle - width // 6, top - 5, 28, 5)}"/>'
        + f'<path fill="{paint.warm}" d="M{middle + width // 5} {top - 10}h10l-1 10h-8z"/>'
        + (f'<g fill="{seat}">{before}</g>' if before else "")
        + _lamps(spec, dice, paint, range(left, left + width))
    )


def _between(spots: Sequence[int]) -> list[int]:
    return [(one + other) // 2 for one, other in pairwise(spots)]


def _lamps(spec: RoomSpec, dice: _Dice, paint: _Paint, table: range) -> str:
    """One to three over the table, except where they would hang in front of a screen or a board."""
    count = 1 if spec.seats < 5 else 2 if spec.seats < 9 else 3
    spots = [table[(2 * n + 1) * len(table) // (2 * count)] for n in range(count)]
    shown = len(spec.features & FEATURES)
    spots = [x for x in spots if not shown or (shown == 1 and x < WIDTH - 182)]
    if not spots:
        return ""
    shade = dice.one_of("lamp", (paint.deep, "#fff", paint.warm))
    cords = "".join(f"M{x} 0V130" for x in spots)
    shades = "".join(_use("l", x, 128) for x in spots)
    return f'<path stroke="{paint.ink}" stroke-width="2" d="{cords}"/><g fill="{shade}">{shades}</g>'


def _booth(dice: _Dice, paint: _Paint, middle: int) -> str:
    """An arched niche with a shelf, a stool and a light of its own."""
    left, foot = middle - 88, _FLOOR + 26
    return (
        f'<path fill="{paint.deep}" d="M{left} {foot}V116a88 78 0 0 1 176 0V{foot}z"/>'
        f'<path fill="{paint.middle}" d="M{left + 12} {foot}V118a76 67 0 0 1 152 0V{foot}z"/>'
        f'<path fill="{_GLOW}" opacity=".22" d="M{middle} 84l66 112H{middle - 66}z"/>'
        f'<path fill="{paint.ink}" d="M{middle - 1} 51h2v26h-2zM{middle - 34} 158h60v36h-60zM{middle - 4} {_FLOOR + 2}h8v40h-8z"/>'
        f'<circle cx="{middle}" cy="84" r="10" fill="{_GLOW}"/>'
        f'<path fill="{_WOOD}" d="{_block(left + 12, 194, 152, 9)}"/>'
        f'<rect x="{middle - 36}" y="{_FLOOR - 8}" width="72" height="13" rx="6" fill="{_seat_colour(dice, paint)}"/>'
    )


def _stage(spec: RoomSpec, paint: _Paint, middle: int) -> str:
    """The far end of a hall: something to look at, and bulbs where one comes for an evening."""
    canvas = _projection(middle - 84, paint)
    if spec.kind == "hall":
        return f'{canvas}<path fill="{_WOOD}" d="M{middle + 134} 178h36l-6 62h-24z"/>'
    places = ((43, 22), (109, 36), (178, 42), (249, 41), (323, 32), (400, 16))
    bulbs = "".join(f"M{x} {y}a6 6 0 1 0 .1 0z" for x, y in places)
    string = f'<path fill="none" stroke="{paint.ink}" stroke-width="2" d="M0 8Q210 84 480-8"/>'
    return f'{canvas}{string}<path fill="{_BULB}" d="{bulbs}"/>'


def _rows(spec: RoomSpec, dice: _Dice, paint: _Paint, middle: int) -> str:
    """Chairs seen from behind, each row nearer and larger; more people, more rows."""
    rows = ((66, 216, 7), (82, 234, 6), (98, 257, 6))[0 if spec.seats >= 24 else 1 :]
    drawn = "".join(
        f'<g transform="translate({middle - 27 * count * scale // 100} {y})scale(.{scale})">'
        f"{''.join(_use('f', n * 54 + 5, 0) for n in range(count))}</g>"
        for scale, y, count in rows
    )
    return f'<g fill="{_seat_colour(dice, paint)}" stroke="{_BOARDS}" stroke-width="5" paint-order="stroke">{drawn}</g>'


def _desk(dice: _Dice, paint: _Paint, middle: int) -> str:
    """One place to work: a monitor, a lamp on an arm, a chair before it."""
    left, top = middle - 92, _FLOOR - 40
    return (
        _rug(middle, 112, paint)
        + _use("t", left + 16, top + 10)
        + f'<use href="#t" transform="matrix(-1 0 0 1 {left + 168} {top + 10})"/>'
        + f'<path fill="{paint.ink}" d="M{middle + 12} {top - 14}h8v14h-8zM{middle - 2} {top - 4}h36v4H{middle - 2}z"/>'
        + _screen(middle - 28, top - 66, 88, 54, paint)
        + f'<path fill="none" stroke="{paint.ink}" stroke-width="3" d="M{left + 16} {top}v-36l20-22"/>'
        + f'<path fill="{dice.one_of("lamp", (paint.warm, "#fff", paint.deep))}" d="M{left + 30} {top - 70}l24 10-16 14z"/>'
        + f'<path fill="#fff" d="{_block(middle + 62, top - 6, 22, 6)}"/>'
        + f'<rect x="{left}" y="{top}" width="184" height="11" rx="3" fill="{_WOOD}"/>'
        + f'<use href="#f" transform="translate({middle - 29} {top + 24})scale(1.3)" fill="{_seat_colour(dice, paint)}"/>'
    )


def _sofa(dice: _Dice, paint: _Paint, middle: int) -> str:
    """A place to sit down: a sofa, a low table, a lamp that stands."""
    seat, x, y = _seat_colour(dice, paint), middle - 96, _FLOOR - 46
    return (
        _rug(middle, 150, paint)
        + f'<path fill="{paint.ink}" d="M{x - 33} 128h3v118h-3zM{x - 44} {_FLOOR - 2}h25v5h-25z"/>'
        + f'<path fill="{paint.warm}" d="M{x - 46} 134l8-34h14l8 34z"/>'
        + f'<path fill="{_WOOD_DARK}" d="M{x + 14} {y + 58}h6v14h-6zM{x + 172} {y + 58}h6v14h-6z"/>'
        + f'<rect x="{x + 8}" y="{y - 24}" width="176" height="62" rx="14" fill="{seat}"/>'
        + f'<path fill="{paint.side}" d="M{x + 30} {y - 8}h38q6 0 6 6v32h-50v-32q0-6 6-6z"/>'
        + f'<path fill="{seat}" d="M{x} {y + 14}q0-12 12-12t12 12v12h144v-12q0-12 12-12t12 12v46H{x}z"/>'
        + f'<path fill="#fff" opacity=".14" d="{_block(x + 24, y + 26, 144, 4)}"/>'
        + f'<path fill="{_WOOD}" d="M{middle - 46} {_FLOOR + 28}h92v8h-8v22h-5v-22h-66v22h-5v-22h-8z"/>'
        + f'<path fill="#fff" d="{_block(middle - 20, _FLOOR + 23, 26, 5)}"/>'
    )


def _plant(dice: _Dice, paint: _Paint) -> str:
    size = dice.number("plant", 82, 112) / 100
    pot = dice.one_of("pot", ("#fff", _CLAY, paint.deep))
    return (
        f'<use href="#p" transform="translate(446 {_FLOOR - 26})scale({size:g})"/>'
        f'<path fill="{pot}" d="M429 {_FLOOR - 30}h34l-5 44h-24z"/>'
    )


def _rug(middle: int, reach: int, paint: _Paint) -> str:
    return (
        f'<ellipse cx="{middle}" cy="{_FLOOR + 36}" rx="{reach}" ry="25" fill="{paint.rug}" opacity=".55"/>'
    )


def _seat_colour(dice: _Dice, paint: _Paint) -> str:
    return dice.one_of("seat", (paint.deep, paint.opposite, paint.ink))


def _pane(x: int, y: int, width: int, height: int, *, arched: bool) -> str:
    if not arched:
        return _block(x, y, width, height)
    return f"M{x} {y + height}V{y + width // 2}a{width // 2} {width // 2} 0 0 1 {width} 0V{y + height}z"


def _block(x: int, y: int, width: int, height: int) -> str:
    return f"M{x} {y}h{width}v{height}h-{width}z"


def _use(name: str, x: int, y: int) -> str:
    return f'<use href="#{name}" x="{x}" y="{y}"/>'
