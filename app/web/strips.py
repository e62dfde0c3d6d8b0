"""A room's day as one line: SVG path data on the ruler that all pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.booking.terms import DayStrip
from app.kernel.spans import Span
from app.kernel.walltime import day_bounds

FIRST, LAST = 8 * 60, 20 * 60
"""Minutes after local midnight between which a day is drawn, unless what was asked for lies outside."""
_DAY = 24 * 60
_MOST_LABELS = 9


@dataclass(frozen=True, slots=True)
class Strip:
    """Path data for each kind of stretch, empty where there is none; x is in minutes from the ruler's first."""

    past: str
    closed: str
    busy: str
    mine: str


class Ruler:
    """Places the moments of one local day on a line of minutes. Clock changes keep wall time: 14:00 stays at 14:00; `passing`,
    the line has every minute that passes once, so that of a day of 25 hours none lies upon another.
    """

    def __init__(
        self, day: date, tz: ZoneInfo, now: datetime, chosen: Span | None = None, *, passing: bool = False
    ) -> None:
        self._day, self._tz = day, tz
        self._start, end = day_bounds(day, tz)
        self._even = passing or end - self._start == timedelta(days=1)
        whole = int((end - self._start).total_seconds()) // 60 if passing else _DAY
        self.first, self.last = FIRST, LAST
        if chosen is not None:
            begin, finish = self.minute(chosen.start), self.minute(chosen.end)
            self.first = min(FIRST, begin // 120 * 120)
            self.last = max(LAST, min(whole, -(-finish // 120) * 120))
        self.length = self.last - self.first
        self.now = min(max(self.minute(now), 0), whole)
        self.chosen = path(filter(None, [self.place(chosen)])) if chosen is not None else ""

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock it counts."""
        return self._tz

    def minute(self, moment: datetime) -> int:
        """Minutes after the day's midnight, by the clock on the wall or, of a grid that tells a repeated hour apart, as they pass; below 0
        or above 1440 on other days."""
        if self._even:
            return int((moment - self._start).total_seconds()) // 60
        local = moment.astimezone(self._tz)
        return (local.date() - self._day).days * _DAY + local.hour * 60 + local.minute

    def place(self, span: Span) -> tuple[int, int] | None:
        """(x, width) of a span on the ruler, clipped to it; None when it lies outside."""
        return self._clip(self.minute(span.start), self.minute(span.end), self.first)

    def _clip(self, begin: int, finish: int, least: int) -> tuple[int, int] | None:
        begin, finish = max(begin, least), min(finish, self.last)
        return (begin - self.first, finish - begin) if begin < finish else None

    def share(self, minutes: int) -> str:
        """A length on the ruler as a share of it, for SVG attributes: `12.5%`."""
        return share_of(minutes, self.length)

    @property
    def labels(self) -> list[int]:
        """The hours written under the line, at equal distances."""
        hours = self.length // 60
        step = next(step for step in (2, 3, 4, 6, 12) if hours % step == 0 and hours // step <= _MOST_LABELS)
        return list(range(self.first // 60, self.last // 60 + 1, step))

    def strip(self, strip: DayStrip) -> Strip:
        """A room's day. What is over is one flat stretch: nobody can book it, so nobody need read it."""
        began = max(self.first, min(self.now, self.last))
        busy: list[tuple[int, int]] = []
        mine: list[tuple[int, int]] = []
        shut: list[tuple[int, int]] = []
        at = began
        for span, own in strip.busy:
            stretch = self._clip(self.minute(span.start), self.minute(span.end), began)
            if stretch:
                (mine if own else busy).append(stretch)
        for span in strip.open:
            begin, finish = self.minute(span.start), self.minute(span.end)
            if begin > at:
                shut.append((at - self.first, min(begin, self.last) - at))
            at = max(at, finish)
        if at < self.last:
            shut.append((at - self.first, self.last - at))
        past = [(0, began - self.first)] if began > self.first else []
        return Strip(path(past), path(shut), path(busy), path(mine))


def share_of(part: int, whole: int) -> str:
    """A part for SVG attributes: `12.5%`."""
    return f"{round(part / whole * 100, 3):g}%"


def path(stretches: Iterable[tuple[int, int]]) -> str:
    """Boxes 14 high as one path: a strip costs an element for each kind, not for each booking."""
    return "".join([f"M{x} 0h{width}v14h-{width}z" for x, width in stretches if width > 0])
