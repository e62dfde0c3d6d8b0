"""Local wall time to UTC and back, honest about the hours that a clock change skips or repeats."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from app.kernel.errors import Refusal

_A_MONDAY = date(2024, 1, 1)


class TimeSkipped(Refusal):
    """The clocks jump over this local time; `next_time` is the first local time after the jump."""

    def __init__(self, local: datetime, next_time: datetime) -> None:
        super().__init__(f"{local:%Y-%m-%d %H:%M} does not exist")
        self.local = local
        self.next_time = next_time


class TimeRepeated(Refusal):
    """This local time happens twice that night, so it names no single moment; `moments` are the two, in UTC."""

    def __init__(self, local: datetime, moments: tuple[datetime, datetime]) -> None:
        super().__init__(f"{local:%Y-%m-%d %H:%M} happens twice")
        self.local = local
        self.moments = moments


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError, PermissionError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def zone_names() -> list[str]:
    """Every IANA zone with a place in its name, sorted, for a list to choose from."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def to_utc(day: date, at: time, tz: ZoneInfo) -> datetime:
    """The one UTC moment of a local wall time.

    Raises TimeSkipped in the hour that spring jumps over and TimeRepeated in the hour that autumn repeats.
    """
    local = datetime.combine(day, at)
    first = local.replace(tzinfo=tz, fold=0)
    second = local.replace(tzinfo=tz, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    # PEP 495: in a gap, fold=0 carries the offset before the jump, which is the smaller one.
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before < after:
        jumped = (first.astimezone(UTC)).astimezone(tz).replace(tzinfo=None)
        raise TimeSkipped(local, jumped)
    raise TimeRepeated(local, (first.astimezone(UTC), second.astimezone(UTC)))


def nearest_utc(day: date, at: time, tz: ZoneInfo) -> datetime:
    """Like `to_utc` but never refuses: a skipped time moves past the jump, a repeated one is the first of the two.

    For opening hours and day boundaries, which must exist on every day of the year.
    """
    return datetime.combine(day, at).replace(tzinfo=tz, fold=0).astimezone(UTC)


def local_date(moment: datetime, tz: ZoneInfo) -> date:
    return moment.astimezone(tz).date()


def clock_face(local: datetime | time) -> str:
    """`14:30`: a local time as it is read in every language and written in forms and addresses."""
    return f"{local:%H:%M}"


def minute_face(minute: int) -> str:
    """`09:30`: the same of minutes after midnight on the wall; the end of a day is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def day_on(weekday: int) -> date:
    """Some day that is that weekday, 0 for Monday: for its name alone."""
    return _A_MONDAY + timedelta(days=weekday)


def clock_change(day: date, tz: ZoneInfo) -> tuple[int, int] | None:
    """After how many minutes of a local day its clocks change, and by how many: -60 where an hour comes twice. None on others."""
    start, end = day_bounds(day, tz)

    def offset(minutes: int) -> timedelta:
        return (start + timedelta(minutes=minutes)).astimezone(tz).utcoffset() or timedelta()

    length = int((end - start).total_seconds()) // 60
    before, after = offset(0), offset(length - 1)
    if before == after:
        return None
    at = bisect_left(range(length), x=True, key=lambda minute: offset(minute) == after)
    return at, int((after - before).total_seconds()) // 60


def day_bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC moments at which a local day begins and ends; 23 to 25 hours apart."""
    return nearest_utc(day, time(), tz), nearest_utc(day + timedelta(days=1), time(), tz)
