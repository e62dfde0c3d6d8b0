"""What a grid shows as free can be had, and what it shows as anything else cannot: whatever the room, the rules and the bookings.

One stretch that is shown as free holds a slot, or the slot touches something that is not: then it is refused.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.booking.calendar import Calendar, ClosedDays, LocalDay, WeeklyHours
from app.domain.booking.day import clipped
from app.domain.booking.day_cells import DayCell, Label, cells_of, ruled_apart, with_room_around
from app.domain.booking.house_rules.cooling import too_early
from app.domain.booking.house_rules.greying import ruled_day
from app.domain.booking.house_rules.matching import Rules, concerns
from app.domain.booking.house_rules.quotas import Stay, too_much
from app.domain.booking.house_rules.starts import Looker
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, Sets, When, Whom
from app.domain.booking.minutes import Stretch, stretch_of
from app.domain.booking.occupancy import Busy, overlaps
from app.domain.booking.rules import Asker, Limits, standing, timely
from app.sections import Audience

QUARTER = 15
PLACE, ROOM, OTHER, TYPE = 1, 7, 8, 3
DAYS = [
    ("Europe/London", date(2027, 2, 2)),
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
]
"""A day like any other, and days on which the clocks change: by an hour, and by half of one."""

quarters = st.integers(0, 95).map(lambda each: each * QUARTER)
lengths = st.sampled_from([15, 30, 45, 60, 90, 120])
small = st.sampled_from([0, 15, 30, 45])


@st.composite
def windows(draw: st.DrawFn) -> When:
    if draw(st.booleans()):
        return When()
    opens, closes = draw(quarters), draw(quarters)
    return When(opens=opens, closes=closes or 24 * 60)


LIMITS: dict[str, st.SearchStrategy[Any]] = {
    "access": st.sampled_from(list(Access)),
    "min_minutes": lengths,
    "max_minutes": st.sampled_from([30, 60, 120, 480]),
    "grid_minutes": st.sampled_from([15, 30, 60]),
    "notice_minutes": st.sampled_from([0, 60, 600, 2000]),
    "horizon_days": st.sampled_from([0, 1, 30]),
    "most_ahead": st.integers(1, 3),
    "day_minutes": st.sampled_from([60, 120]),
    "week_minutes": st.sampled_from([60, 240]),
    "cooldown_minutes": small,
    "cooldown_any_minutes": small,
    "needs_approval": st.booleans(),
}


@st.composite
def sets(draw: st.DrawFn) -> Sets:
    chosen = draw(st.lists(st.sampled_from(sorted(LIMITS)), min_size=1, max_size=3, unique=True))
    return Sets(**{name: draw(LIMITS[name]) for name in chosen})


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            number,
            number,
            f"Rule {number}",
            draw(sets()),
            rooms=draw(st.sampled_from([Rooms.ALL, Rooms.RESOURCES])),
            room_ids=frozenset({draw(st.sampled_from([ROOM, OTHER]))}),
            whom=draw(st.sampled_from([Whom.EVERYBODY, Whom.MEMBERS, Whom.CONTACTS])),
            when=draw(windows()),
            stop_here=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    )


limits = st.builds(
    Limits,
    resource_id=st.just(ROOM),
    type_id=st.just(TYPE),
    min_minutes=lengths,
    max_minutes=st.sampled_from([120, 480]),
    grid_minutes=st.sampled_from([15, 30, 60]),
    notice_minutes=st.sampled_from([0, 0, 90, 600]),
    horizon_days=st.sampled_from([None, None, 0, 1]),
    cooldown_minutes=small,
    cooldown_any_minutes=small,
    audience=st.sampled_from([Audience.SIGNED_IN, Audience.SIGNED_IN, Audience.MEMBERS, Audience.CONTACTS]),
    plans=st.sampled_from([None, None, ((5, "Residents"),)]),
    teams=st.sampled_from([None, None, frozenset({9})]),
    needs_approval=st.sampled_from([False, False, True]),
)


@st.composite
def busy_of_day(draw: st.DrawFn, day: LocalDay) -> list[Busy]:
    """What is taken around a day, some of it the person's own; in order, without overlap."""
    found, at = [], day.start - 120
    for number in range(draw(st.integers(0, 4))):
        start = at + draw(quarters) // 2
        end = start + draw(lengths)
        found.append(Busy(start, end, draw(st.sampled_from([None, number]))))
        at = end
    return found


def _shortest(looker: Looker, own: Limits, start: int) -> int:
    """How long a booking is at least that begins then."""
    offered = sorted({own.min_minutes, *looker.rules.lengths(own)})
    return next(
        each for each in offered if looker.rules.limits(own, (start, start + each)).min_minutes <= each
    )


def _accepted(looker: Looker, own: Limits, calendar: Calendar, slot: Stretch) -> bool:
    """What whoever decides about one booking says, but for others' bookings."""
    held = looker.rules.limits(own, slot)
    return not [
        *standing(held, looker.asker, slot[1] - slot[0], people=1),
        *timely(held, calendar, slot, looker.now),
        *too_much(held, calendar, looker.stays, slot, looker.now),
        *too_early(held, looker.stays, slot),
    ]


def _slots(looker: Looker, own: Limits, day: LocalDay) -> Iterator[Stretch]:
    """The shortest booking at each quarter of the day that is ahead, and that is over by its end."""
    for start in range(day.start, day.end, QUARTER):
        slot = start, start + _shortest(looker, own, start)
        grid = looker.rules.limits(own, slot).grid_minutes
        if start >= looker.now and slot[1] <= day.end and not day.wall(start) % grid:
            yield slot


def _shown_free(cells: tuple[DayCell, ...], slot: Stretch) -> bool | None:
    """Whether one free stretch holds all of it; None where several do together."""
    touched = [cell for cell in cells if (at := stretch_of(cell.span))[0] < slot[1] and slot[0] < at[1]]
    if any(cell.label is not Label.OPEN for cell in touched):
        return False
    return True if len(touched) == 1 else None


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_grid_says_what_the_engine_says(data: st.DataObject) -> None:
    zone, which = data.draw(st.sampled_from(DAYS))
    hours = [WeeklyHours(which.weekday(), *sorted(data.draw(st.tuples(quarters, quarters))))]
    hours = data.draw(st.sampled_from([[], hours, [*hours, WeeklyHours((which.weekday() + 1) % 7, 0, 1440)]]))
    closures = [ClosedDays(which, which)] if data.draw(st.integers(0, 9)) == 0 else []
    calendar = Calendar(ZoneInfo(zone), {None: hours} if hours else {}, {ROOM: closures})
    day = calendar.day(which)
    now = day.start - data.draw(st.sampled_from([600, 1500])) + data.draw(quarters)
    plans, teams = (data.draw(st.sampled_from([frozenset(), frozenset({each})])) for each in (5, 9))
    asker = Asker(1, data.draw(st.booleans()), plans, team_ids=teams)
    own, taken = data.draw(limits), data.draw(busy_of_day(day))
    before, after = data.draw(small), data.draw(small)
    stays = tuple(
        Stay(each.mine, data.draw(st.sampled_from([ROOM, OTHER])), TYPE, PLACE, (each.start, each.end))
        for each in taken
        if each.mine is not None
    )
    every = tuple(each for each in data.draw(rules()) if concerns(each, asker))
    longest = max((each.cooldown for each in every), default=0)
    looker = Looker(Rules(every, calendar, max(longest, own.cooldown)), asker, stays, now)
    every_hour = all(each.when == When() for each in every)
    whole = day.start, day.end
    shown = cells_of(
        calendar.open(ROOM, which), clipped(with_room_around(taken, before, after), whole), whole
    )
    cells = ruled_apart(shown, ruled_day(looker, own, day))
    assert [stretch_of(cell.span)[0] for cell in cells[1:]] == [
        stretch_of(cell.span)[1] for cell in cells[:-1]
    ]
    for slot in _slots(looker, own, day):
        in_the_way = overlaps(taken, slot[0] - before, slot[1] + after)
        accepted = not in_the_way and _accepted(looker, own, calendar, slot)
        free = _shown_free(cells, slot)
        # Only where other rules hold at other hours may a free slot lie across two stretches
        assert free is not None or not every_hour
        assert free is None or free == accepted, (slot[0] - day.start, slot[1] - slot[0], cells)
    assert timedelta(minutes=day.end - day.start) == cells[-1].span.end - cells[0].span.start


def test_both_answers_occur() -> None:
    """A generator of days that are all refused would prove nothing."""
    calendar = Calendar(ZoneInfo("Europe/London"), {None: [WeeklyHours(1, 9 * 60, 17 * 60)]}, {})
    day = calendar.day(date(2027, 2, 2))
    own = Limits(resource_id=ROOM, type_id=TYPE, min_minutes=30, max_minutes=480, grid_minutes=15)
    looker = Looker(Rules((), calendar, 0), Asker(1, is_member=True), (), day.start - 600)
    taken, whole = [Busy(day.start + 600, day.start + 660, None)], (day.start, day.end)
    cells = ruled_apart(cells_of(calendar.open(ROOM, day.day), taken, whole), ruled_day(looker, own, day))
    at_nine, at_ten = ((day.start + minute, day.start + minute + 30) for minute in (540, 600))
    assert (_shown_free(cells, at_nine), _shown_free(cells, at_ten)) == (True, False)
    assert _accepted(looker, own, calendar, at_nine)
