"""What must be true of series that nobody comes to."""

from datetime import timedelta
from typing import Any

from tests.support.busy.house import STRIKES
from tests.support.busy.rows import Rows


def check_struck(rows: Rows) -> None:
    """No series was given up of which fewer dates were missed."""
    for entry in rows.struck_off:
        missed = [each for each in _dates(rows, entry.subject_id) if each.released_at]
        assert STRIKES <= entry.after["strikes"] <= len(missed)


def check_ended(before: Rows, rows: Rows) -> None:
    """After nothing but the sweep: exactly those series were given up of which so many dates in a row were missed, the last of them
    after a warning; and nothing is left of them."""
    for series_id, was in before.series.items():
        ended = rows.series[series_id].strikes_cleared_at != was.strikes_cleared_at
        assert ended == _is_to_end(before, was), series_id
        left = [each for each in _dates(rows, series_id) if each.starts_at > rows.now]
        if ended:
            assert not any(each.status == "confirmed" for each in left)
        else:
            assert left == [each for each in _dates(before, series_id) if each.starts_at > rows.now]


def _is_to_end(rows: Rows, series: Any) -> bool:
    missed = _missed(rows, series)
    coming = [each for each in _standing(rows, series) if each.starts_at > rows.now]
    if len(missed) < STRIKES or not coming or series.strikes_warned_at is None:
        return False
    warned = missed[STRIKES - 2].released_at <= series.strikes_warned_at < missed[-1].released_at
    return bool(warned and missed[-1].released_at > rows.now - timedelta(days=1))


def _missed(rows: Rows, series: Any) -> list[Any]:
    """Dates in a row to which nobody came, of those that are over and were not forgiven."""
    found: list[Any] = []
    for each in _standing(rows, series):
        if each.checked_in_at:
            found = []
        elif each.released_at and each.ends_at <= rows.now:
            found.append(each)
    cleared = series.strikes_cleared_at
    return [each for each in found if cleared is None or each.released_at > cleared]


def _standing(rows: Rows, series: Any) -> list[Any]:
    dates = [each for each in _dates(rows, series.id) if each.status == "confirmed"]
    return sorted(dates, key=lambda each: each.starts_at)


def _dates(rows: Rows, series_id: int) -> list[Any]:
    return [each for each in rows.bookings.values() if each.series_id == series_id]
