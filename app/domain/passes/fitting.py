"""When and where a pass holds, by the clock on the wall of the place that is visited."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.kernel.walltime import day_bounds, local_date, zone
from app.models import Location, PassPlace, PassType, PassWindow

_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """From minute to minute of a weekday; 0 is Monday."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a kind of pass; without windows it holds at any time, without places everywhere."""

    windows: tuple[Window, ...] = ()
    places: frozenset[int] = frozenset()

    def holds_until(self, place_id: int, now: datetime, tz: ZoneInfo) -> datetime | None:
        """Until when it lets somebody be at a place where it is let in with now; None where it is not.

        `datetime.max` without windows.
        """
        if self.places and place_id not in self.places:
            return None
        if not self.windows:
            return datetime.max.replace(tzinfo=UTC)
        wall = now.astimezone(tz)
        minute = wall.hour * 60 + wall.minute
        open_now = [
            each.closes
            for each in self.windows
            if each.weekday == wall.weekday() and each.opens <= minute < each.closes
        ]
        return _moment(wall, max(open_now), tz) if open_now else None


ANYWHERE = Terms()


def day_at(place: Location, now: datetime) -> date:
    """The day for which a pass is used at a location, which lasts until its cut-off in the night."""
    return local_date(now - timedelta(minutes=place.day_ends), zone(place.zone))


def end_of_day(place: Location, now: datetime) -> datetime:
    """When that day is over."""
    _start, midnight = day_bounds(day_at(place, now), zone(place.zone))
    return midnight + timedelta(minutes=place.day_ends)


def terms_of(session: Session, pass_type_ids: Collection[int]) -> dict[int, Terms]:
    """By the ids of kinds of pass. One statement, none for no ids."""
    if not pass_type_ids:
        return {}
    windows: dict[int, set[Window]] = {each: set() for each in pass_type_ids}
    places: dict[int, set[int]] = {each: set() for each in pass_type_ids}
    # Each window comes with each place: there are few of both
    rows = session.execute(
        select(PassType.id, PassPlace.location_id, PassWindow.weekday, PassWindow.opens, PassWindow.closes)
        .outerjoin(
            PassPlace,
            and_(PassPlace.tenant_id == PassType.tenant_id, PassPlace.pass_type_id == PassType.id),
        )
        .outerjoin(
            PassWindow,
            and_(PassWindow.tenant_id == PassType.tenant_id, PassWindow.pass_type_id == PassType.id),
        )
        .where(PassType.id.in_(pass_type_ids))
    )
    for type_id, place_id, weekday, opens, closes in rows:
        if place_id is not None:
            places[type_id].add(place_id)
        if weekday is not None:
            windows[type_id].add(Window(weekday, opens, closes))
    return {each: Terms(tuple(sorted(windows[each])), frozenset(places[each])) for each in pass_type_ids}


def overlap(windows: Iterable[Window]) -> Window | None:
    """The first that overlaps with the one before it."""
    before: Window | None = None
    for each in sorted(windows):
        if before is not None and before.weekday == each.weekday and each.opens < before.closes:
            return each
        before = each
    return None


def _moment(wall: datetime, minute: int, tz: ZoneInfo) -> datetime:
    """When the clock on the wall shows that minute of the day; the later time where a clock change shows it twice."""
    day = wall.date() + timedelta(days=minute // _MIDNIGHT)
    local = datetime.combine(day, time(minute % _MIDNIGHT // 60, minute % 60))
    return max(local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
