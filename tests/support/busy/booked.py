"""What must be true of who has which room, which unit and which extras at each moment."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.busy.rows import Rows, Span, Weighed

LONDON = ZoneInfo("Europe/London")


def check_booked(rows: Rows) -> None:
    """All of it at one moment."""
    assert not crowded(rows), "more bookings than units"
    assert not short(rows), "more extras promised than there are"
    _check_occupancy(rows)
    _check_units(rows)
    _check_shifts(rows)
    _check_waits(rows)


def check_kept(before: Rows, rows: Rows, verb: str) -> None:
    """After one verb alone: whoever is where and when they were has the unit that they had unless they chose another; moved within
    their room they have it where it is free."""
    for booking_id, was in before.bookings.items():
        booking = rows.bookings[booking_id]
        place = "resource_id", "starts_at", "ends_at"
        if all(getattr(was, each) == getattr(booking, each) for each in place):
            assert was.unit_numbers == booking.unit_numbers or verb == "choose a unit"
        elif (
            was.resource_id == booking.resource_id
            and booking.status == "confirmed"
            and len(was.unit_numbers or ()) == 1
            and _is_free(rows, booking, was.unit_numbers[0])
        ):
            assert booking.unit_numbers == was.unit_numbers


def crowded(rows: Rows) -> list[int]:
    """Resources of which more is taken at some moment than there is, by the bookings alone."""
    taken: defaultdict[int, list[Weighed]] = defaultdict(list)
    for booking in filter(rows.stands, rows.bookings.values()):
        start, end = rows.blocks(booking)
        for resource_id, units in rows.takes(booking):
            taken[resource_id].append((start, end, units))
    return sorted(each for each, spans in taken.items() if _fullest(spans) > rows.resources[each].units)


def short(rows: Rows) -> list[tuple[int, int]]:
    """(extra, location) of which more is promised at some moment than there is."""
    taken: defaultdict[tuple[int, int], list[Weighed]] = defaultdict(list)
    for line in rows.extras:
        booking = rows.bookings[line.booking_id]
        if rows.stands(booking):
            span = booking.starts_at, booking.ends_at, line.quantity
            taken[line.offer_id, booking.location_id].append(span)
    return sorted(each for each, spans in taken.items() if _fullest(spans) > rows.offers[each[0]].stock)


def _fullest(spans: Iterable[Weighed]) -> int:
    """The most at any one moment, looked at whenever something begins."""
    known = list(spans)
    return max(
        sum(many for start, end, many in known if start <= moment < end) for moment, _end, _many in known
    )


def _check_occupancy(rows: Rows) -> None:
    """What blocks is what is booked, and no two rows of a unit overlap."""
    blocked: Counter[tuple[int, int]] = Counter()
    by_unit = defaultdict(list)
    for row in rows.occupancy:
        blocked[row.booking_id, row.resource_id] += _seconds(row.blocks_from, row.blocks_until)
        by_unit[row.resource_id, row.unit].append((row.blocks_from, row.blocks_until))
        assert row.expires_at == rows.bookings[row.booking_id].hold_expires_at
    for spans in by_unit.values():
        for one, two in combinations(spans, 2):
            assert one[1] <= two[0] or two[1] <= one[0]
    for booking in rows.bookings.values():
        if booking.status in ("confirmed", "tentative", "held"):
            for resource_id, units in rows.takes(booking):
                assert blocked.pop((booking.id, resource_id), 0) == units * _seconds(*rows.blocks(booking))
    assert not blocked


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


def _check_units(rows: Rows) -> None:
    """A booking names the units that it blocks, of those that there are, and what it names nobody else has."""
    blocked = _units_blocked(rows)
    spans: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for booking in rows.bookings.values():
        units = rows.resources[booking.resource_id].units
        if units == 1:
            assert booking.unit_numbers is None
        elif booking.id in blocked:
            assert booking.unit_numbers == blocked[booking.id]
            assert all(0 <= unit < units for unit in booking.unit_numbers)
        if rows.stands(booking) and len(booking.unit_numbers or ()) == 1:
            spans[booking.resource_id, booking.unit_numbers[0]].append(rows.blocks(booking))
    for each in spans.values():
        for one, two in combinations(each, 2):
            assert one[1] <= two[0] or two[1] <= one[0]


def _units_blocked(rows: Rows) -> Mapping[int, list[int]]:
    """Of each booking's own room, in the order in which it has them."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in sorted(rows.occupancy, key=lambda each: each.blocks_from):
        own = row.resource_id == rows.bookings[row.booking_id].resource_id
        if own and found[row.booking_id][-1:] != [row.unit]:
            found[row.booking_id].append(row.unit)
    return found


def _is_free(rows: Rows, booking: Any, unit: int) -> bool:
    start, end = rows.blocks(booking)
    return not any(
        row.blocks_from < end and start < row.blocks_until
        for row in rows.occupancy
        if (row.resource_id, row.unit) == (booking.resource_id, unit) and row.booking_id != booking.id
    )


def _check_shifts(rows: Rows) -> None:
    """Who has a room by the shift has whole ones that touch; but for the rest of what ended early, and what staff passed over."""
    for booking in rows.bookings.values():
        shifts = _shifts_of(rows, booking)
        if not shifts or not rows.stands(booking) or "out_of_shift" in booking.overridden:
            continue
        start, end = _wall(booking.starts_at), _wall(booking.ends_at)
        ends = [start]
        for since, until in sorted(shifts):
            if since == ends[-1]:
                ends.append(until)
        assert len(ends) > 1, "it begins with a shift"
        ended = booking.ends_at <= rows.now + timedelta(minutes=1)
        assert end <= ends[-1] if ended else end in ends[1:], "and ends with one"


def _shifts_of(rows: Rows, booking: Any) -> list[tuple[int, int]]:
    """By the rules of the house that speak of rooms and plans by name."""
    plans = {each.plan_id for each in rows.contracts if each.person_id == booking.person_id}
    return [
        (since, until)
        for rule in rows.rules
        for since, until, _weekdays in rule.terms["sets"].get("shifts", ())
        if {booking.resource_id} & {each.resource_id for each in rows.targets if each.rule_id == rule.id}
        and plans & {each.plan_id for each in rows.targets if each.rule_id == rule.id}
    ]


def _wall(moment: datetime) -> int:
    """Minutes after midnight by the clock on the wall."""
    local = moment.astimezone(LONDON)
    return local.hour * 60 + local.minute


def _check_waits(rows: Rows) -> None:
    """One offer each at most, and of one kind: held by the house."""
    offered = [row.booking_id for row in rows.waits if row.booking_id is not None]
    assert len(offered) == len(set(offered))
    assert all(rows.bookings[each].offered for each in offered)
