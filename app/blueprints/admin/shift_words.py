"""What is odd about a resource's shifts, as its page tells staff."""

from itertools import groupby

from flask_babel import gettext as _

from app.domain.spaces.shifts import ShiftDoubts
from app.domain.spaces.terms import Opening
from app.kernel.walltime import minute_face
from app.web import wording


def shift_notes(doubts: ShiftDoubts) -> list[str]:
    """A sentence for each thing; none where nothing is odd."""
    closed = sorted(doubts.closed, key=_times)
    notes = [
        _(
            "%(times)s is not within the opening hours on %(days)s, so nobody can book it then.",
            times=_face(shifts[0]),
            days=wording.weekdays((each.weekday for each in shifts), wording.weekday),
        )
        for shifts in (list(group) for _times_, group in groupby(closed, key=_times))
    ]
    crowded = {(_face(first), _face(second)) for first, second in doubts.crowded}
    notes += [
        _(
            "Between %(first)s and %(second)s there is less time than is kept free around a booking: whoever has one of them keeps others from the other.",
            first=first,
            second=second,
        )
        for first, second in sorted(crowded)
    ]
    return notes


def _times(shift: Opening) -> tuple[int, int]:
    return shift.opens, shift.closes


def _face(shift: Opening) -> str:
    return f"{minute_face(shift.opens)}–{minute_face(shift.closes)}"
