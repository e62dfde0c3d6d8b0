"""When a pass holds: by the clock on the wall of the place, in the nights when that is put on or back too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.passes.fitting import ANYWHERE, Terms, Window, overlap

LONDON, LISBON, KOLKATA = ZoneInfo("Europe/London"), ZoneInfo("Europe/Lisbon"), ZoneInfo("Asia/Kolkata")
HERE = 7
MORNINGS = Terms((Window(0, 8 * 60, 13 * 60),))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_without_terms_it_holds_for_ever() -> None:
    assert ANYWHERE.holds_until(HERE, _utc("2026-03-02T02:00"), LONDON) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "tz", "until"),
    [
        ("2026-03-02T08:00", LONDON, "2026-03-02T13:00"),
        ("2026-03-02T07:59", LONDON, None),
        ("2026-03-02T13:00", LONDON, None),
        ("2026-03-03T09:00", LONDON, None),
        # A Monday in summer: eight by the clock is seven o'clock UTC
        ("2026-06-01T07:00", LONDON, "2026-06-01T12:00"),
        ("2026-03-02T02:30", KOLKATA, "2026-03-02T07:30"),
    ],
)
def test_a_window_is_of_the_clock_there(at: str, tz: ZoneInfo, until: str | None) -> None:
    assert MORNINGS.holds_until(HERE, _utc(at), tz) == (None if until is None else _utc(until))


def test_it_holds_at_its_places_alone() -> None:
    terms = Terms((), frozenset({HERE}))
    assert terms.holds_until(HERE, _utc("2026-03-02T09:00"), LONDON) is not None
    assert terms.holds_until(HERE + 1, _utc("2026-03-02T09:00"), LONDON) is None


def test_midnight_ends_a_day() -> None:
    evening = Terms((Window(6, 18 * 60, 24 * 60),))
    assert evening.holds_until(HERE, _utc("2026-03-01T20:00"), LONDON) == _utc("2026-03-02T00:00")


def test_the_hour_that_comes_twice_is_had_twice() -> None:
    # On 25 October 2026 London's clocks show 1:00 to 2:00 twice
    night = Terms((Window(6, 60, 90),))
    assert night.holds_until(HERE, _utc("2026-10-25T00:10"), LONDON) == _utc("2026-10-25T01:30")
    assert night.holds_until(HERE, _utc("2026-10-25T01:10"), LONDON) == _utc("2026-10-25T01:30")


def test_the_hour_that_is_left_out_is_no_error() -> None:
    # On 29 March 2026 London's clocks jump from 1:00 to 2:00
    night = Terms((Window(6, 0, 90),))
    until = night.holds_until(HERE, _utc("2026-03-29T00:30"), LONDON)
    assert until is not None
    assert until > _utc("2026-03-29T00:30")


def test_what_overlaps_is_found() -> None:
    assert overlap([Window(0, 540, 600), Window(0, 600, 660), Window(1, 550, 700)]) is None
    assert overlap([Window(0, 540, 601), Window(0, 600, 660)]) == Window(0, 600, 660)
