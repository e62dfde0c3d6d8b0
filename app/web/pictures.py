"""Where a room's picture is: its photograph, or a drawing from the one sheet that holds its whole location."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from flask import url_for

from app.domain.booking.pictures import RoomPicture
from app.theming.pictures import FEATURES, KINDS, Kind, RoomSpec
from app.theming.pictures import sheet as draw_sheet
from app.web.packed import Packed, pack

_FEATURE_OF_ICON = {"monitor": "screen", "tv": "screen", "presentation": "whiteboard"}
"""An amenity is whatever the operator called it; its icon says what it looks like."""
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every drawn room of a location in one SVG, under the hash of what it was drawn from."""

    digest: str
    svg: str


Specs = tuple[RoomSpec, ...]


def specs_of(pictures: Iterable[RoomPicture]) -> Specs:
    """What to draw for each room without a photograph, in the order of their ids."""
    return tuple(_spec(picture) for picture in sorted(pictures, key=_id) if picture.photo_digest is None)


def _id(picture: RoomPicture) -> int:
    return picture.id


@lru_cache(_REMEMBERED * 16)
def _spec(picture: RoomPicture) -> RoomSpec:
    kind: Kind = next((kind for kind in KINDS if kind == picture.picture_kind), "room")
    seen = {_FEATURE_OF_ICON.get(icon, "") for icon in picture.icons}
    return RoomSpec(picture.id, str(picture.id), kind, picture.capacity, FEATURES & seen)


@lru_cache(_REMEMBERED)
def sheet_of(specs: Specs) -> Sheet:
    """The drawing of these rooms. The digest covers the drawing itself: a better hand means a new address."""
    svg = draw_sheet(specs)
    return Sheet(sha256(svg.encode()).hexdigest()[:24], svg)


class Gallery:
    """Addresses of the pictures of one location's rooms, asked for once per page."""

    def __init__(self, pictures: Iterable[RoomPicture]) -> None:
        pictures = list(pictures)
        specs = specs_of(pictures)
        self._sheet = url_for("media.show_rooms", digest=sheet_of(specs).digest) if specs else ""
        photos = url_for("media.show_file", digest="_").removesuffix("_")
        self._urls = {
            picture.id: f"{photos}{picture.photo_digest}"
            if picture.photo_digest
            else f"{self._sheet}#r{picture.id}"
            for picture in pictures
        }

    def url(self, room_id: int) -> str:
        """The address of a room's picture; empty for a room that is not in use any more."""
        return self._urls.get(room_id, "")


_sheets: OrderedDict[tuple[int, str], Packed] = OrderedDict()
_lock = threading.Lock()


def remember(tenant_id: int, sheet: Sheet) -> None:
    """Keep a tenant's sheet, packed, for the requests that fetch it; each tenant only finds its own."""
    packed = pack(sheet.svg.encode())
    with _lock:
        _sheets[tenant_id, sheet.digest] = packed
        while len(_sheets) > _REMEMBERED:
            _sheets.popitem(last=False)


def remembered(tenant_id: int, digest: str) -> Packed | None:
    """The drawing of a sheet that this process has made for that tenant."""
    with _lock:
        return _sheets.get((tenant_id, digest))
