"""The words that booking's verbs share: what is asked, what is answered, and every reason for a no."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.booking.quotes import Quote
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.models import PayWhen


class Reason(StrEnum):
    """Why a resource cannot be booked then, or not by this person. The web turns each into a sentence."""

    TAKEN = "taken"
    UNIT_TAKEN = "unit_taken"
    """Somebody else has that one of its units; others may be free."""
    IN_THE_PAST = "in_the_past"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OFF_GRID = "off_grid"
    OUT_OF_SHIFT = "out_of_shift"
    """Neither a whole shift of the resource nor several that touch."""
    TOO_SOON = "too_soon"
    """Less notice than the resource asks for."""
    TOO_FAR_AHEAD = "too_far_ahead"
    TOO_MANY_PEOPLE = "too_many_people"
    NOT_FOR_CONTACTS = "not_for_contacts"
    """For members only."""
    NOT_FOR_MEMBERS = "not_for_members"
    PLAN_NEEDED = "plan_needed"
    TEAM_NEEDED = "team_needed"
    """For the people of some teams, and perhaps who is on some plan."""
    STAFF_ONLY = "staff_only"
    """Members see it nowhere: staff book it for them."""
    TOO_MANY_AHEAD = "too_many_ahead"
    """The person has as many bookings ahead as the house allows."""
    COOLING_DOWN = "cooling_down"
    """Too soon after, or before, another booking of the person."""
    RULED_OUT = "ruled_out"
    """A rule of the house says never."""
    TOO_MUCH_TIME = "too_much_time"
    """The person would have more hours a day, week or month than a rule of the house lets them."""
    NEEDS_APPROVAL = "needs_approval"
    """Staff approve the room booking by booking: it is not booked again and again, nor is a booking of it moved, nor for more people, without
    them."""
    EXTRA_TAKEN = "extra_taken"
    """Others have too much of what was ordered with it then."""
    EXTRA_TOO_LATE = "extra_too_late"
    """Nearer than what was ordered with it has to be ordered before."""
    EXTRA_PREPARED = "extra_prepared"
    """What was ordered with it is prepared by now, so cancelling it costs something that moving is no way around."""
    TEAM_BOOKS = "team_books"
    """None of the person's teams lets them book for themselves; others of the team book for them."""
    NO_PRICE = "no_price"
    """No rate holds for all of it, and what has no price is not for nothing."""


OVERRIDABLE = frozenset(
    {
        Reason.OUTSIDE_HOURS,
        Reason.CLOSED,
        Reason.TOO_SHORT,
        Reason.TOO_LONG,
        Reason.OFF_GRID,
        Reason.OUT_OF_SHIFT,
        Reason.TOO_SOON,
        Reason.TOO_FAR_AHEAD,
        Reason.TOO_MANY_PEOPLE,
        Reason.NOT_FOR_CONTACTS,
        Reason.NOT_FOR_MEMBERS,
        Reason.PLAN_NEEDED,
        Reason.TEAM_NEEDED,
        Reason.TOO_MANY_AHEAD,
        Reason.RULED_OUT,
        Reason.TOO_MUCH_TIME,
        Reason.COOLING_DOWN,
        Reason.EXTRA_TOO_LATE,
        Reason.EXTRA_PREPARED,
    }
)
"""What staff may pass over with a warning. A taken room stays taken, and the past stays past."""

NOT_NAMED = frozenset({Reason.PLAN_NEEDED, Reason.TEAM_NEEDED})
"""One limit under two names, by whether its room is for teams, too: who was let past it under the one is so under the other."""

PERSONAL = frozenset(
    {
        Reason.TOO_MANY_PEOPLE,
        Reason.NOT_FOR_CONTACTS,
        Reason.NOT_FOR_MEMBERS,
        Reason.PLAN_NEEDED,
        Reason.TEAM_NEEDED,
    }
)
"""Limits on who comes, whatever the time: what staff passed over of these once stays passed over."""


def passed_before(reason: Reason, overridden: Sequence[str]) -> bool:
    """Whether staff passed over that limit when a booking was made, by what is stored with it."""
    same = NOT_NAMED if reason in NOT_NAMED else {reason}
    return any(each.value in overridden for each in same)


def stays_passed(reason: Reason, overridden: Sequence[str]) -> bool:
    """Whether that limit stays passed over wherever and whenever a booking is moved to."""
    return reason in PERSONAL and passed_before(reason, overridden)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason with the facts its sentence needs, as plain values: `{"minutes": 30}`, `{"plans": ["Residents"]}`."""

    reason: Reason
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoomQuery:
    """What a person asks for. `span` is in UTC and already a real one; people ≥ 1."""

    location_id: int
    span: Span
    people: int = 1
    amenity_ids: frozenset[int] = frozenset()
    type_id: int | None = None
    resource_id: int | None = None
    """That room and no other, whether lists show it or not."""


@dataclass(frozen=True, slots=True)
class Room:
    """A resource as a list shows it."""

    id: int
    name: str
    type_name: str
    picture_kind: str
    level: str
    capacity: int
    units: int
    description: str
    amenities: tuple[tuple[int, str, str], ...]
    """(id, name, icon), in the operator's order."""
    photo_digest: str | None
    grid_minutes: int
    min_minutes: int
    max_minutes: int
    unit_names: tuple[str, ...] = ()
    """What the house calls its units; the rest are called by their numbers."""


@dataclass(frozen=True, slots=True)
class DayStrip:
    """One room's local day: spans in which no unit is free, each marked as mine when it is the asking person's."""

    busy: tuple[tuple[Span, bool], ...]
    open: tuple[Span, ...]
    """When the room may be booked that day by its opening hours and shifts; empty on a closed day."""


@dataclass(frozen=True, slots=True)
class FreeRoom:
    room: Room
    quote: Quote
    free_until: datetime
    """When the next booking, or closing time, ends the free stretch that holds the asked span."""
    strip: DayStrip


@dataclass(frozen=True, slots=True)
class RefusedRoom:
    """A room that cannot be had as asked, with every reason, and when it could be had that day."""

    room: Room
    obstacles: tuple[Obstacle, ...]
    strip: DayStrip
    next_free: Span | None
    """The nearest span of the asked length this room could be booked for on that day, or the nearest shifts; None when there
    are none."""
    taken_until: datetime | None
    mine: bool
    """What stands in the way is the asking person's own booking."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something near to what was asked, bookable as it stands."""

    room: Room
    span: Span
    quote: Quote


@dataclass(frozen=True, slots=True)
class RoomSearch:
    """The answer: free and allowed and priced; taken; not allowed, with the reason; and what is nearest."""

    free: tuple[FreeRoom, ...]
    taken: tuple[RefusedRoom, ...]
    not_allowed: tuple[RefusedRoom, ...]
    """Free at that time, but not for this person or not like this."""
    alternatives: tuple[Alternative, ...]
    """At most three, only when nothing is free."""
    zone: str
    day: date


class NotBookable(Refusal):
    """The rules say no. Carries every obstacle at once, and what would work instead."""

    def __init__(self, obstacles: tuple[Obstacle, ...], alternatives: tuple[Alternative, ...] = ()) -> None:
        super().__init__(", ".join(obstacle.reason for obstacle in obstacles))
        self.obstacles = obstacles
        self.alternatives = alternatives


class RoomTaken(NotBookable):
    """Somebody else has the room then; the database said so if nobody before it did."""

    def __init__(self, alternatives: tuple[Alternative, ...] = ()) -> None:
        super().__init__((Obstacle(Reason.TAKEN),), alternatives)


class HoldLapsed(Refusal):
    """The hold ran out before it was confirmed."""


class TooLateToCancel(Refusal):
    """The cut-off has passed; only staff can cancel now."""

    def __init__(self, cutoff: datetime) -> None:
        super().__init__(f"the cut-off was at {cutoff}")
        self.cutoff = cutoff


class FeeChanged(Refusal):
    """Cancelling costs more by now than the page said. `fee` is what it costs."""

    def __init__(self, fee: Money) -> None:
        super().__init__(f"{fee.minor} {fee.currency}")
        self.fee = fee


class AlreadyOver(Refusal):
    """The booking has ended or was cancelled before."""


class NotBegun(Refusal):
    """Only a confirmed booking that has begun is ended early or extended; before, it is cancelled or made anew."""


class NotPermitted(Refusal):
    """Booking for others, or past the limits, is for staff who were given that."""


class ReasonNeeded(Refusal):
    """Who cancels somebody else's booking, or late, says why."""


class OutOfReach(Refusal):
    """A span so long or so far from now that no rule was meant for it; not even staff may pass."""


class Malformed(Refusal):
    """What was asked could not be stored: no people, too many letters, parts of a minute. Forms catch it first."""


TITLE_LENGTH = 120
DEAREST_MINOR = 100_000_000
"""The most that staff agree on for one booking, in minor units."""
REASON_LENGTH = 300
REQUEST_KEY_LENGTH = 64
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class BookRoom:
    """A wish to have a room. `for_person_id` differs from the actor when staff book for a member, or one of a team for another."""

    resource_id: int
    span: Span
    people: int = 1
    title: str = ""
    for_person_id: int | None = None
    override: bool = False
    """Staff knowingly pass over the overridable limits; which ones is stored with the booking."""
    request_key: str | None = None
    """Made by the form; the same key books once, however often it is sent."""
    offered: bool = False
    """Held by the house for somebody who waits, beside whatever they hold themselves."""
    pays: PayWhen | None = None
    """When it is paid, as staff say; None by the policy of the house."""
    agreed_minor: int | None = None
    """What it costs where no rate says so, as staff agreed on it; in minor units. Not looked at where there is a price."""
    seen_due: int | None = None
    """What would be left to bill, in minor units, as the page in hand showed it; None takes any price."""
