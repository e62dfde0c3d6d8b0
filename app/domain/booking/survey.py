"""A location surveyed for one question: its rooms, what is blocked around the asked span, and for whom."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.booking.calendar import Calendar, LocalDay
from app.domain.booking.catalogue import Bookable, Catalogue
from app.domain.booking.house_rules.cooling import too_early
from app.domain.booking.house_rules.matching import Piece, Rules
from app.domain.booking.house_rules.quotas import Stay, stays_of, too_much
from app.domain.booking.minutes import Stretch, minute_of, span_of, stretch_of
from app.domain.booking.occupancy import Blocks, Busy, fingerprint, load_blocks
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import Asker, Limits, standing, timely
from app.domain.booking.shifts import stretches_on
from app.domain.booking.terms import DayStrip, Obstacle, RoomQuery


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that an answer is computed from. Minutes since 1970 throughout."""

    catalogue: Catalogue
    asker: Asker
    query: RoomQuery
    rooms: tuple[Bookable, ...]
    """Those with the asked amenities and type that who asks may see in a list."""
    day: LocalDay
    """The local day on which the asked span begins."""
    wanted: Stretch
    window: Stretch
    """For which `blocks` is complete."""
    blocks: Blocks
    moment: datetime
    now: int
    rules: Rules
    """Of the house, those that concern who asks."""
    stays: tuple[Stay, ...]
    """What they have already; empty where no rule counts it."""

    def price(self, bookable: Bookable, stretch: Stretch) -> Quote | None:
        """What a room costs whoever asks, when it is booked now; None where it has no price then."""
        return self.catalogue.price(bookable, span_of(stretch), self.asker, self.moment)

    @property
    def facts(self) -> Hashable:
        """Everything that the answer depends on beside the catalogue at its revision; the days after are not among it.

        Whose bookings are "mine" is told by their ids in the blocks, so that people without any share an answer.
        """
        blocks = tuple([(resource_id, *found) for resource_id, found in self.blocks.items()])
        return (
            self.query,
            self.asker.is_member,
            self.catalogue.personal,
            self.rules.ids,
            self.stays,
            self.now,
            blocks,
        )

    def limits(self, bookable: Bookable) -> Limits:
        """What holds for a room at the wanted time."""
        return self.rules.limits(bookable.limits, self.wanted)

    def standing(self, limits: Limits, wanted: Stretch) -> list[Obstacle]:
        """What stands against a stretch of that length on that day, but for its time: who asks, what they have, for how many."""
        return [
            *standing(limits, self.asker, wanted[1] - wanted[0], self.query.people),
            *too_much(limits, self.catalogue.calendar, self.stays, wanted, self.now),
        ]

    def against(self, bookable: Bookable) -> list[Obstacle]:
        """All that stands against the wanted stretch, but for other bookings."""
        return self.against_at(self.limits(bookable), self.wanted)

    def against_at(self, limits: Limits, stretch: Stretch) -> list[Obstacle]:
        """The same of another stretch of that day, for which these limits hold."""
        return [
            *self.standing(limits, stretch),
            *timely(limits, self.catalogue.calendar, stretch, self.now),
            *too_early(limits, self.stays, stretch),
        ]

    def pieces(self, bookable: Bookable) -> list[Piece]:
        """The starts of the local day for which one and the same limits hold."""
        return self.rules.pieces(bookable.limits, self.day, self.wanted[1] - self.wanted[0])


def survey(session: Session, catalogue: Catalogue, asker: Asker, query: RoomQuery, now: datetime) -> Survey:
    """Read what is blocked on the asked local day, and as far around it as the asked span and its buffers reach.

    One statement; another where a rule counts what the person has already.
    """
    wanted, day, window = _aim(catalogue, query)
    rules = catalogue.rules_for(asker)
    return Survey(
        catalogue=catalogue,
        asker=asker,
        query=query,
        rooms=tuple(room for room in catalogue.rooms if _fits(room, asker, query)),
        day=day,
        wanted=wanted,
        window=window,
        moment=now,
        now=minute_of(now),
        blocks=load_blocks(session, catalogue.id, window, asker.person_id, now),
        rules=rules,
        stays=stays_of(session, rules, asker.person_id, wanted, minute_of(now)),
    )


def booked_around(session: Session, catalogue: Catalogue, query: RoomQuery, now: datetime) -> str:
    """What is booked where `survey` would look, as one text that changes with it; one statement."""
    return fingerprint(session, catalogue.id, _aim(catalogue, query)[2], now)


def personal_facts(
    session: Session, catalogue: Catalogue, asker: Asker, query: RoomQuery, now: datetime
) -> Hashable:
    """What an answer depends on that rules know of who asks; a statement only where a rule counts what they have."""
    rules = catalogue.rules_for(asker)
    return rules.ids, stays_of(session, rules, asker.person_id, stretch_of(query.span), minute_of(now))


def _aim(catalogue: Catalogue, query: RoomQuery) -> tuple[Stretch, LocalDay, Stretch]:
    wanted = stretch_of(query.span)
    day = catalogue.calendar.day_of(wanted[0])
    return wanted, day, window_around(catalogue, day, wanted)


def window_around(catalogue: Catalogue, day: LocalDay, wanted: Stretch) -> Stretch:
    """The local day, stretched to hold the wanted span with the widest buffers there."""
    before = max((room.buffer_before for room in catalogue.rooms), default=0)
    after = max((room.buffer_after for room in catalogue.rooms), default=0)
    return min(day.start, wanted[0]) - before, max(day.end, wanted[1]) + after


def strip_of(calendar: Calendar, day: LocalDay, limits: Limits, busy: list[Busy]) -> DayStrip:
    """A day of the room with these limits of its own as a list draws it."""
    start, end = day.start, day.end
    opened = calendar.open(limits.resource_id, day.day)
    if limits.shifts:
        opened = [each for each in stretches_on(limits.shifts, day) if _within(each, opened)]
    return DayStrip(
        busy=tuple(
            [
                (span_of((max(each.start, start), min(each.end, end))), each.mine is not None)
                for each in busy
                if each.start < end and each.end > start
            ]
        ),
        open=tuple([span_of(each) for each in opened]),
    )


def _within(stretch: Stretch, opened: list[Stretch]) -> bool:
    return any(opens <= stretch[0] and stretch[1] <= closes for opens, closes in opened)


def _fits(bookable: Bookable, asker: Asker, query: RoomQuery) -> bool:
    if query.resource_id is not None:
        return bookable.room.id == query.resource_id
    seen = bookable.listed or asker.by_staff
    return seen and query.amenity_ids <= bookable.amenity_ids and query.type_id in (None, bookable.type_id)
