"""Where a room's picture is: its photograph, or a drawing from the one sheet that holds its whole location."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from flask import url_for

from app.domain.booking.terms import Room
from app.theming.pictures import FEATURES, KINDS, Kind, RoomSpec
from app.theming.pictures import sheet as draw_sheet

_FEATURE_OF_ICON = {"monitor": "screen", "tv": "screen", "presentation": "whiteboard"}
"""An amenity is whatever the operator called it; its icon says what it looks like."""
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every drawn room of a location in one SVG, under the hash of what it was drawn from."""

    digest: str
    svg: str


Specs = tuple[RoomSpec, ...]


def specs_of(rooms: Iterable[Room]) -> Specs:
    """What to draw for each room without a photograph, in the order of their ids."""
    return tuple(_spec(room) for room in sorted(rooms, key=lambda room: room.id) if room.photo_digest is None)


@lru_cache(_REMEMBERED)
def _spec(room: Room) -> RoomSpec:
    kind: Kind = next((kind for kind in KINDS if kind == room.picture_kind), "room")
    seen = {_FEATURE_OF_ICON.get(icon, "") for _id, _name, icon in room.amenities}
    return RoomSpec(room.id, str(room.id), kind, room.capacity, FEATURES & seen)


@lru_cache(_REMEMBERED)
def sheet_of(specs: Specs) -> Sheet:
    """The drawing of these rooms. The digest covers the drawing itself: a better hand means a new address."""
    svg = draw_sheet(specs)
    return Sheet(sha256(svg.encode()).hexdigest()[:24], svg)


class Gallery:
    """Addresses of the pictures of one location's rooms, asked for once per page."""

    def __init__(self, rooms: Iterable[Room]) -> None:
        specs = specs_of(rooms)
        self._sheet = url_for("media.rooms", digest=sheet_of(specs).digest) if specs else ""
        self._photo = url_for("media.file", digest="_").removesuffix("_")

    def url(self, room: Room) -> str:
        """The address of a room's picture. The room must be one of those the gallery was made of."""
        if room.photo_digest is not None:
            return f"{self._photo}{room.photo_digest}"
        return f"{self._sheet}#r{room.id}"


_sheets: OrderedDict[tuple[int, str], str] = OrderedDict()
_lock = threading.Lock()


def drawn(tenant_id: int, sheet: Sheet) -> Sheet:
    """Remember a tenant's sheet for the requests that fetch it; each tenant only finds its own."""
    with _lock:
        _sheets[tenant_id, sheet.digest] = sheet.svg
        _sheets.move_to_end((tenant_id, sheet.digest))
        while len(_sheets) > _REMEMBERED:
            _sheets.popitem(last=False)
    return sheet


def remembered(tenant_id: int, digest: str) -> str | None:
    """The drawing of a sheet that this process has made for that tenant."""
    with _lock:
        return _sheets.get((tenant_id, digest))
