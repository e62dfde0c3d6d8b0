"""The words that the verbs of credits share: what is given, how it pays, and every reason for a no."""

from dataclasses import dataclass
from datetime import datetime

from app.kernel.errors import Refusal
from app.models import CreditCause, CreditKind, CreditSource

TYPED = (CreditKind.TIME, CreditKind.MONEY)
"""What may be for some types of room alone."""
NOTE_LENGTH = 200
MOST_MINUTES = 1_000_000
MOST_DAYS = 10_000
MOST_MINOR = 1_000_000_000_000


class BadCredit(Refusal):
    """A grant that cannot be: nothing of it, time for no type of room, over before it begins. `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotEnoughCredit(Refusal):
    """More is to be taken than somebody has. `left` is what they have of it."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


class NoPass(Refusal):
    """Somebody who is on no plan that lets them in has no pass that holds here and now. `others` are the names of those that
    they have for other times or places."""

    def __init__(self, others: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(others))
        self.others = others


class CreditChanged(Refusal):
    """Credit that was to pay for a booking has gone meanwhile. `due_minor` is what the booking would cost now."""

    def __init__(self, due_minor: int) -> None:
        super().__init__(str(due_minor))
        self.due_minor = due_minor


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose credit it is: somebody's, or shared by a team. One of both is set."""

    person_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewGrant:
    """Credit to be given; see `models.CreditGrant`. The same reason key gives once."""

    holder: Holder
    kind: CreditKind
    amount: int
    starts_at: datetime
    expires_at: datetime | None
    source: CreditSource
    reason_key: str
    type_ids: tuple[int, ...] = ()
    """Of the resources that time may be used for; none but with time."""
    contract_id: int | None = None
    product_id: int | None = None
    pass_type_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fund:
    """What is left of a grant that can be used now."""

    grant_id: int
    kind: CreditKind
    left: int
    expires_at: datetime | None
    shared: bool = False
    """A team's."""
    pass_name: str | None = None
    """Of what lets somebody in at some times, or some places."""
    allowed: int = 0
    """What was given of it, and not taken away again by staff."""
    of_cycle: bool = False
    """A plan gave it for the cycle in hand."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How credit pays for a booking. Amounts in minor units; each part is (grant id, how much of it)."""

    price_minor: int
    time: tuple[tuple[int, int], ...] = ()
    """Of minutes."""
    worth_minor: int = 0
    """What those minutes would have cost."""
    money: tuple[tuple[int, int], ...] = ()

    @property
    def minutes(self) -> int:
        return sum(amount for _grant, amount in self.time)

    @property
    def money_minor(self) -> int:
        return sum(amount for _grant, amount in self.money)

    @property
    def due_minor(self) -> int:
        """What is left to pay."""
        return self.price_minor - self.worth_minor - self.money_minor

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        return (*self.time, *self.money)

    def __bool__(self) -> bool:
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of somebody's history, with what its sentence needs."""

    id: int
    kind: CreditKind
    amount: int
    cause: CreditCause
    source: CreditSource
    at: datetime
    note: str
    plan: str | None
    """Whose cycle it was given for."""
    room: str | None
    booked_for: datetime | None
    place: str | None
    zone: str | None
    """Of the room, or of the place that was visited."""
    shared: bool
    product: str | None = None
    """Which carried it."""
    stayed_from: datetime | None = None
    stayed_until: datetime | None = None
    """Of minutes in the house."""
