"""What all dates of a series are decided on: read once, however many there are, and weighed date by date in the order of time.

A date that is wanted and free takes its room and its credit before the next one is looked at, so that what is shown is what booking
does.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.asking import asks_first
from app.domain.booking.by_team import not_for_oneself
from app.domain.booking.catalogue import Bookable, Catalogue, load_catalogue
from app.domain.booking.claim import as_staff
from app.domain.booking.house_rules.judging import judge
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.house_rules.quotas import Stay, stays_of
from app.domain.booking.minutes import DAY, Stretch, minute_of, moment_of, stretch_of
from app.domain.booking.occupancy import Block, Blocks, UnitStretch, load_blocks_of, rows_for
from app.domain.booking.paying import ByCredit, said
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import Asker, Limits
from app.domain.booking.series_terms import Occurrence, Wanted
from app.domain.booking.terms import OVERRIDABLE, Obstacle, Reason, stays_passed
from app.domain.booking.upcoming import bookings_ahead
from app.domain.credits.balance import funds_for
from app.domain.credits.paying import cover
from app.domain.credits.terms import Fund
from app.domain.reach import check_within_reach
from app.kernel.errors import NotFound
from app.models import Resource

_NEW = 0
"""No booking yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which room for whom, for how many people."""

    actor: Actor
    person_id: int
    resource_id: int
    people: int
    override: bool = False
    location_id: int | None = None
    """Where the room is, by whoever knows; None looks."""


@dataclass(frozen=True, slots=True)
class Had:
    """What a date that is booked already brings along wherever it is moved to."""

    people: int
    """How many it is for: each date has its own number."""
    overridden: tuple[str, ...]
    """The limits that staff passed over for it."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One date with the occupancy rows that it would write; none when it cannot be had or is not wanted."""

    occurrence: Occurrence
    limits: Limits
    """That hold for it."""
    rows: tuple[UnitStretch, ...] = ()
    passed: tuple[Obstacle, ...] = ()
    """Limits that staff knowingly pass over, now or when it was made."""


@dataclass(slots=True)
class Ground:
    """All that deciding about dates takes. It changes as dates are weighed."""

    catalogue: Catalogue
    bookable: Bookable
    asker: Asker
    asked: Asked
    personal: tuple[Obstacle, ...]
    most: int | None
    """How many bookings ahead the house allows, and how many there are."""
    ahead: int
    funds: list[Fund]
    now: datetime
    blocks: Blocks
    rules: Rules
    stays: list[Stay]
    """What the person has, as rules count it."""
    had: Mapping[date, Had] = field(default_factory=dict)
    """Of dates that are moved, by their date of the rule."""

    def weigh(
        self, dates: Iterable[Wanted], beside: Mapping[date, Sequence[Obstacle]] = MappingProxyType({})
    ) -> list[Weighed]:
        """`beside` is what stands against dates beside what is weighed here."""
        ordered = sorted(dates, key=lambda each: (each.span.start, each.day))
        return [self._weigh(each, beside.get(each.day, ())) for each in ordered]

    def _weigh(self, wish: Wanted, beside: Sequence[Obstacle]) -> Weighed:
        had = self.had.get(wish.day)
        limits, found = judge(
            self.rules,
            self.bookable.limits,
            self.asker,
            self.stays,
            wish.span,
            people=had.people if had else self.asked.people,
            now=self.now,
        )
        price = self.catalogue.price(self.bookable, wish.span, self.asker, self.now)
        if asks_first(self.asked.actor, self.catalogue.id, limits):
            found.append(Obstacle(Reason.NEEDS_APPROVAL, limits.facts("needs_approval")))
        found += [*self.personal, *([] if limits.most_ahead is not None else self._too_many())]
        found += [*beside, *([Obstacle(Reason.NO_PRICE)] if price is None else [])]
        passed = [each for each in found if self._passed(each.reason, had)]
        rows = self._rows(wish)
        against = [] if rows is not None else [Obstacle(Reason.TAKEN)]
        against += [each for each in found if each not in passed]
        taken = wish.wanted and not against
        credit = ByCredit()
        if taken and rows is not None and price is not None:
            credit = self._take(wish, rows, price)
        occurrence = Occurrence(wish.day, wish.span, wish.wanted, tuple(against), price, credit)
        return Weighed(occurrence, limits, tuple(rows or ()) if taken else (), tuple(passed))

    def _passed(self, reason: Reason, had: Had | None) -> bool:
        if self.asked.override:
            return reason in OVERRIDABLE
        return had is not None and stays_passed(reason, had.overridden)

    def _too_many(self) -> list[Obstacle]:
        if self.most is None or self.ahead < self.most:
            return []
        return [Obstacle(Reason.TOO_MANY_AHEAD, {"most": self.most})]

    def _rows(self, wish: Wanted) -> list[UnitStretch] | None:
        start, end = stretch_of(wish.span)
        start, end = start - self.bookable.buffer_before, end + self.bookable.buffer_after
        return rows_for(self.bookable, _near(self.blocks, start, end), start, end, rather=wish.rather)

    def _take(self, wish: Wanted, rows: Iterable[UnitStretch], price: Quote) -> ByCredit:
        self.ahead += 1
        room = self.bookable
        self.stays.append(Stay(_NEW, room.room.id, room.type_id, self.catalogue.id, stretch_of(wish.span)))
        for row in rows:
            block = Block(row.start, row.end, row.unit, None)
            insort(self.blocks.setdefault(row.resource_id, []), block, key=_start)
        found = cover(self.funds, price.minutes, price.total_minor)
        used = dict(found.parts)
        self.funds = [replace(each, left=each.left - used.get(each.grant_id, 0)) for each in self.funds]
        return said(found)


def load_ground(
    session: Session,
    asked: Asked,
    window: tuple[datetime, datetime],
    now: datetime,
    *,
    moving: Collection[int] = (),
    in_room: bool = True,
    had: Mapping[date, Had] = MappingProxyType({}),
) -> Ground:
    """Read all of it for dates within a window; ten statements at most, whatever the number of dates.

    `moving` are bookings that give way to what is decided: they block nothing, and are counted already. `in_room` where they
    are in that room now, `had` is what they bring along. Raises NotFound, NotPermitted.
    """
    actor = asked.actor
    location_id = asked.location_id or _place_of(session, asked.resource_id)
    for_another = asked.person_id != actor.person_id
    if asked.override or (for_another and as_staff(actor)):
        check_within_reach(actor, location_id)
    catalogue = load_catalogue(session, location_id, asked.person_id, now)
    bookable = catalogue.room(asked.resource_id)
    asker = asker_for(session, actor, asked.person_id, catalogue, now, colleague=not as_staff(actor))
    if moving and in_room:
        # Who has the room already may have it at another time
        asker = replace(asker, by_staff=True)
    personal = () if for_another or moving else not_for_oneself(session, actor.person_id, holding=False)
    most, ahead = (None, 0) if moving else bookings_ahead(session, asked.person_id, now)
    rules = catalogue.rules_for(asker)
    whole = minute_of(window[0]), minute_of(window[1])
    stays = stays_of(session, rules, asked.person_id, whole, minute_of(now))
    return Ground(
        catalogue,
        bookable,
        asker,
        asked,
        personal,
        most,
        ahead,
        [] if moving else funds_for(session, asked.person_id, asked.resource_id, now),
        now,
        _load_blocks(session, catalogue, bookable, window, asked.person_id, now, moving),
        rules,
        [stay for stay in stays if stay.booking_id not in moving],
        had,
    )


def _place_of(session: Session, resource_id: int) -> int:
    location_id = session.scalar(select(Resource.location_id).where(Resource.id == resource_id))
    if location_id is None:
        raise NotFound
    return location_id


def _load_blocks(
    session: Session,
    catalogue: Catalogue,
    bookable: Bookable,
    window: tuple[datetime, datetime],
    person_id: int,
    now: datetime,
    moving: Collection[int],
) -> Blocks:
    """What is blocked of the room and its parts in all of the window; one statement."""
    stretch: Stretch = (
        minute_of(window[0]) - bookable.buffer_before,
        minute_of(window[1]) + 1 + bookable.buffer_after,
    )
    rooms = [bookable.room.id, *(part_id for part_id, _ in bookable.parts)]
    found = load_blocks_of(session, catalogue.id, rooms, stretch, person_id, now)
    return {
        resource_id: [block for block in blocks if block.mine is None or block.mine not in moving]
        for resource_id, blocks in found.items()
    }


def _start(block: Block) -> int:
    return block.start


def _near(blocks: Blocks, start: int, end: int) -> Blocks:
    """Those that may reach into a stretch: no row is longer than a day."""
    return {
        resource_id: found[bisect_left(found, start - DAY, key=_start) : bisect_left(found, end, key=_start)]
        for resource_id, found in blocks.items()
    }


def window_of(dates: Collection[Wanted]) -> tuple[datetime, datetime]:
    """From the first start to the last end."""
    return min(each.span.start for each in dates), max(each.span.end for each in dates)


def in_order(weighed: Iterable[Weighed]) -> list[UnitStretch]:
    """All rows in the one order in which everybody writes theirs, so that two who want the same never wait in a circle."""
    return sorted(row for each in weighed for row in each.rows)


def moments(rows: Collection[UnitStretch]) -> tuple[datetime, datetime]:
    """From when until when rows block."""
    return moment_of(min(row.start for row in rows)), moment_of(max(row.end for row in rows))
