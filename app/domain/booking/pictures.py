"""What pictures of rooms are made from, for every page that shows rooms."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.booking.terms import Room
from app.models import Amenity, Resource, ResourceAmenity, ResourceType, StoredFile


@dataclass(frozen=True, slots=True)
class RoomPicture:
    """What a picture of a room is made from: its photograph's digest, or what to draw."""

    id: int
    picture_kind: str
    capacity: int
    icons: frozenset[str]
    """Of its amenities; a screen is drawn as one."""
    photo_digest: str | None


def picture_of(room: Room) -> RoomPicture:
    """The picture of a room that a page has loaded already."""
    icons = frozenset(icon for _id, _name, icon in room.amenities)
    return RoomPicture(room.id, room.picture_kind, room.capacity, icons, room.photo_digest)


def room_pictures(session: Session, location_ids: Iterable[int]) -> dict[int, list[RoomPicture]]:
    """The pictures of all rooms in use, by location: one statement, however many rooms and locations."""
    rows = session.execute(
        select(
            Resource.location_id,
            Resource.id,
            ResourceType.picture_kind,
            Resource.capacity,
            StoredFile.digest,
            Amenity.icon,
        )
        .join(
            ResourceType,
            and_(ResourceType.tenant_id == Resource.tenant_id, ResourceType.id == Resource.resource_type_id),
        )
        .outerjoin(
            StoredFile, and_(StoredFile.tenant_id == Resource.tenant_id, StoredFile.id == Resource.photo_id)
        )
        .outerjoin(
            ResourceAmenity,
            and_(ResourceAmenity.tenant_id == Resource.tenant_id, ResourceAmenity.resource_id == Resource.id),
        )
        .outerjoin(
            Amenity,
            and_(Amenity.tenant_id == ResourceAmenity.tenant_id, Amenity.id == ResourceAmenity.amenity_id),
        )
        .where(Resource.location_id.in_(sorted(set(location_ids))), Resource.retired_at.is_(None))
    )
    icons: dict[tuple[int, int, str, int, str | None], set[str]] = {}
    for row in rows:
        seen = icons.setdefault((row.location_id, row.id, row.picture_kind, row.capacity, row.digest), set())
        if row.icon is not None:
            seen.add(row.icon)
    found: dict[int, list[RoomPicture]] = {}
    for key, drawn in icons.items():
        location_id, room_id, kind, capacity, digest = key
        found.setdefault(location_id, []).append(
            RoomPicture(room_id, kind, capacity, frozenset(drawn), digest)
        )
    return found
