"""The words of changing a booking: what is wished, what it would cost, and every further reason for a no."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.booking.paying import ByCredit
from app.domain.booking.terms import Alternative, Obstacle
from app.domain.extras.following import LateExtra
from app.domain.unit_names import UnitName
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span


@dataclass(frozen=True, slots=True)
class MoveBooking:
    """What a booking is to be from now on, in full: what stays as it is is said again. `span` is in UTC, people ≥ 1."""

    resource_id: int
    span: Span
    people: int = 1
    title: str = ""
    without: frozenset[int] = frozenset()
    """Extras that are left out, by their ids, where they cannot come along."""
    override: bool = False
    """Staff knowingly pass over the overridable limits; which ones is stored with the booking."""
    seen_sequence: int | None = None
    """`Booking.sequence` as the page in hand showed it; None looks at nobody else's change."""
    seen_due: int | None = None
    """What would be left to bill with its extras, in minor units, as the page in hand showed it; None takes any price."""
    only_later: bool = False
    """The page in hand had not said that anything is paid at once."""
    agreed_minor: int | None = None
    """What it costs where no rate says so, as staff agreed on it; in minor units. Not looked at where there is a price."""
    unit: int | None = None
    """Which of several units it is to have all the time, from 0; None keeps the one that it has where that is free."""


@dataclass(frozen=True, slots=True)
class MoveQuote:
    """What a change would cost and what stands against it. Of two prices the difference is what is paid more; less than
    nothing comes back."""

    before: Money
    after: Money
    by_credit: ByCredit
    """What of the price credit would pay, all in all."""
    back: ByCredit
    """What credit would come back to where it came from."""
    extras_before: Money
    """What was ordered with it costs; credit pays nothing of that."""
    extras_after: Money
    """What it would cost, without what is left out."""
    due_before: Money
    """What credit did not pay, extras among it."""
    due_after: Money
    obstacles: tuple[Obstacle, ...]
    """Empty when it may be done."""
    alternatives: tuple[Alternative, ...]
    unit_names: tuple[UnitName, ...]
    """Which of several it will have; the one that it has where that is free."""
    free_units: tuple[tuple[int, UnitName], ...]
    """Of several units those that it could have all the time, from 0, and what they are called."""
    moves: bool
    """It is another one of the same resource than it has."""
    late: tuple[LateExtra, ...]
    """What cannot come along, whether it is left out or stands against it."""
    agreed: bool
    """The price is what staff agreed on: no rate says what it costs."""

    @property
    def difference(self) -> Money:
        return self.after - self.before

    @property
    def due_difference(self) -> Money:
        """What is billed more than it would have been."""
        return self.due_after - self.due_before


class ChangedMeanwhile(Refusal):
    """Somebody else changed the booking after the page in hand was made: it has to be looked at again."""


class OnlyItsEnd(Refusal):
    """A booking that has begun stays where and when it began."""


class TooLateToMove(Refusal):
    """After the cut-off only staff move a booking to where it could be cancelled for nothing or for less, or costs less."""

    def __init__(self, cutoff: datetime) -> None:
        super().__init__(f"the cut-off was at {cutoff}")
        self.cutoff = cutoff
