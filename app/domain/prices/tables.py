"""The price table as its page shows it: each type, and each resource that differs, with what prices it and what has no price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.pricing import price
from app.domain.booking.rate_facts import tariff
from app.domain.booking.rates import Tariff, Wish, standard
from app.domain.prices.keeping import Owner, rates_of
from app.domain.prices.opening import AROUND_THE_CLOCK, QUARTER, Quarters, WeeklyOpening
from app.kernel.spans import Span
from app.kernel.walltime import zone
from app.models import Location, Rate, Resource, ResourceType


@dataclass(frozen=True, slots=True)
class WeekHole:
    """Hours of a week that are open and have no price: from hour to hour of a weekday, 0 is Monday and 24 midnight."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PriceTable:
    """What prices a type, or a resource that has rates or a price of its own. Amounts in minor units."""

    owner: Owner
    name: str
    place: str
    """Where a resource is; empty for a type."""
    hourly_minor: int | None
    """The price by the hour that goes for it, its own or its type's."""
    cap_minor: int | None
    rates: tuple[Rate, ...]
    """Which plans and teams they are for says `naming.named_by`."""
    holes: dict[bool, tuple[WeekHole, ...]]
    """For members (True) and for who is none, who are on no plan and in no team that a rate is for: where
    what is open has no price when it is booked a day ahead."""


@dataclass(frozen=True, slots=True)
class RoomToPrice:
    """A resource that can be booked, with where it is."""

    id: int
    words: str
    zone: str


def rooms_to_price(session: Session) -> list[RoomToPrice]:
    """Every resource that is not retired, in the operator's order. One statement."""
    rows = session.execute(
        select(Resource.id, Resource.name, Location.name.label("place"), Location.zone)
        .join(Location, Location.id == Resource.location_id)
        .where(Resource.retired_at.is_(None), Location.retired_at.is_(None))
        .order_by(Location.position, Location.name, Resource.position, Resource.name)
    )
    return [RoomToPrice(row.id, f"{row.name}, {row.place}", row.zone) for row in rows]


def price_tables(session: Session) -> list[PriceTable]:
    """Every type, each with the resources that differ from it. Four statements."""
    rates, opening = rates_of(session), WeeklyOpening(session)
    types = session.scalars(select(ResourceType).order_by(ResourceType.position, ResourceType.name)).all()
    own = frozenset(rate.resource_id for rate in rates)
    rooms = session.execute(
        select(Resource, Location.name.label("place"))
        .join(Location, Location.id == Resource.location_id)
        .where(Resource.retired_at.is_(None))
        .order_by(Location.position, Resource.position, Resource.name)
    ).all()
    found = []
    for kind in types:
        of_kind = [(room, place) for room, place in rooms if room.resource_type_id == kind.id]
        differ = [(room, place) for room, place in of_kind if room.id in own or room.hourly_minor is not None]
        alike = [room for room, place in of_kind if (room, place) not in differ]
        of_type = _of(rates, type_id=kind.id)
        found.append(_table(Owner(type_id=kind.id), kind.name, "", kind, None, of_type, opening.of(alike)))
        for room, place in differ:
            theirs = _of(rates, resource_id=room.id)
            owner = Owner(resource_id=room.id)
            found.append(_table(owner, room.name, place, kind, room, theirs, opening.of([room])))
    return found


def holes(
    tariffs: Sequence[Tariff], *, is_member: bool, opened: Quarters = AROUND_THE_CLOCK
) -> tuple[WeekHole, ...]:
    """Where in a week what is open of an hour has no price by these rates when it is booked a day ahead; neighbouring hours
    together."""
    found: list[WeekHole] = []
    for hour in range(7 * 24):
        quarters = [each for each in range(4 * hour, 4 * hour + 4) if each in opened]
        if not quarters:
            continue
        start, end = (_MONDAY + timedelta(minutes=QUARTER * each) for each in (quarters[0], quarters[-1] + 1))
        wish = Wish(Span(start, end), _ANYWHERE, is_member, start - timedelta(days=1))
        if price(tariffs, wish, "") is not None:
            continue
        weekday, at = divmod(hour, 24)
        if found and (found[-1].weekday, found[-1].end) == (weekday, at):
            found[-1] = WeekHole(weekday, found[-1].start, at + 1)
        else:
            found.append(WeekHole(weekday, at, at + 1))
    return tuple(found)


_MONDAY = datetime(2035, 1, 1, tzinfo=UTC)
"""Of a week in which no clock changes; what is for some dates only prices no usual week."""
_ANYWHERE = zone("UTC")


def _of(rates: list[Rate], *, type_id: int | None = None, resource_id: int | None = None) -> list[Rate]:
    wanted = type_id, resource_id
    return [each for each in rates if (each.resource_type_id, each.resource_id) == wanted]


def _table(
    owner: Owner,
    name: str,
    place: str,
    kind: ResourceType,
    room: Resource | None,
    rates: list[Rate],
    opened: Quarters,
) -> PriceTable:
    hourly, cap = kind.hourly_minor, kind.cap_minor
    if room is not None:
        hourly = hourly if room.hourly_minor is None else room.hourly_minor
        cap = cap if room.cap_minor is None else room.cap_minor
    tariffs = (*(tariff(each) for each in rates if each.active), *standard(hourly, cap))
    missing = {
        is_member: () if hourly is not None else holes(tariffs, is_member=is_member, opened=opened)
        for is_member in (True, False)
    }
    return PriceTable(owner, name, place, hourly, cap, tuple(rates), missing)
