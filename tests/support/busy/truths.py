"""What must be true of the busy house whatever was done in it: worked out from the bare rows, by none of the rules' own code."""

from tests.support.busy.booked import check_booked, check_kept
from tests.support.busy.paid import check_given_up, check_paid
from tests.support.busy.rows import Rows
from tests.support.busy.struck import check_ended, check_struck


def check(rows: Rows) -> None:
    """All of it at one moment."""
    check_booked(rows)
    check_paid(rows)
    check_struck(rows)


def check_since(before: Rows, rows: Rows) -> None:
    """What never goes back: nothing vanishes, calendars never hear of an older state, and hear of each other time."""
    assert before.bookings.keys() <= rows.bookings.keys()
    for booking_id, was in before.bookings.items():
        booking = rows.bookings[booking_id]
        assert booking.sequence >= was.sequence
        place = "resource_id", "starts_at", "ends_at"
        if was.status == "confirmed" and any(getattr(was, at) != getattr(booking, at) for at in place):
            assert booking.sequence > was.sequence
        if was.status in ("cancelled", "lapsed"):
            assert booking.status == was.status
    for series_id, was in before.series.items():
        assert rows.series[series_id].sequence >= was.sequence


def check_step(before: Rows, rows: Rows, verb: str) -> None:
    """What one verb alone may have changed."""
    check_kept(before, rows, verb)
    if verb == "end unused":
        check_ended(before, rows)
    if verb in ("bill", "cancel unpaid"):
        check_given_up(before, rows)
