"""Matching and stacking, for any rules: pieces of a day are what each start would meet, and one rule has each limit."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.booking.calendar import Calendar
from app.domain.booking.house_rules.doubts import Kind, covers, doubts, meet
from app.domain.booking.house_rules.matching import Rules, concerns, limits_by, speaks_of
from app.domain.booking.house_rules.terms import (
    Access,
    Rooms,
    Rule,
    Sets,
    When,
    Whom,
    read_terms,
    terms_json,
)
from app.domain.booking.house_rules.windows import touches, windows
from app.domain.booking.rules import Asker, Limits
from app.domain.booking.shifts import Shift
from app.sections import Audience

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 3, 23)
"""The clocks change on the Sunday of this week."""
LIMITS = Limits(7, type_id=3)
TYPES = {7: 3, 8: 3, 9: 4}

_minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
_sets = st.builds(
    Sets,
    access=st.none() | st.sampled_from(Access),
    min_minutes=st.none() | st.integers(15, 120),
    max_minutes=st.none() | st.integers(15, 480),
    grid_minutes=st.none() | st.sampled_from([15, 30, 60]),
    needs_approval=st.none() | st.booleans(),
    any_hour=st.none() | st.booleans(),
    cooldown_minutes=st.none() | st.sampled_from([0, 30]),
    shifts=st.none() | st.sampled_from([(), (Shift(540, 780), Shift(780, 1020))]),
)
_when = st.builds(
    When,
    weekdays=st.frozensets(st.integers(0, 6)),
    opens=_minutes,
    closes=_minutes.map(lambda minute: minute + 15),
    first=st.none() | st.integers(0, 6).map(lambda day: MONDAY + timedelta(days=day)),
    last=st.none() | st.integers(0, 6).map(lambda day: MONDAY + timedelta(days=day)),
) | st.just(When())
_ids = st.frozensets(st.integers(1, 9), max_size=4)
_rules = st.lists(
    st.builds(
        Rule,
        id=st.integers(1, 10**6),
        number=st.just(1),
        name=st.just("A rule"),
        sets=_sets,
        rooms=st.sampled_from(Rooms),
        room_ids=_ids,
        whom=st.sampled_from(Whom),
        whom_ids=_ids,
        when=_when,
        stop_here=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda rule: rule.id,
)
_asker = st.builds(Asker, st.integers(1, 9), st.booleans(), _ids, _ids)
_days = st.integers(0, 6).map(lambda day: MONDAY + timedelta(days=day))


@given(_rules, _days, st.sampled_from([15, 60, 240]), st.data())
@settings(deadline=None)
def test_every_start_meets_the_limits_of_its_piece(
    rules: list[Rule], day: date, minutes: int, data: st.DataObject
) -> None:
    calendar = Calendar(LONDON)
    known, local = Rules(tuple(rules), calendar), calendar.day(day)
    pieces = known.pieces(LIMITS, local, minutes)
    assert (pieces[0][0][0], pieces[-1][0][1]) == (local.start, local.end)
    assert all(before[0][1] == after[0][0] for before, after in pairwise(pieces))
    for (first, last), limits in pieces:
        start = data.draw(st.integers(first, last - 1))
        met = known.limits(LIMITS, (start, start + minutes))
        assert (met, met.by) == (limits, limits.by)


@given(_rules)
def test_each_limit_is_of_the_first_rule_that_sets_it(rules: list[Rule]) -> None:
    limits = limits_by(LIMITS, rules)
    asked = []
    for rule in rules:
        asked.append(rule)
        if rule.stop_here:
            break
    for name in ("min_minutes", "max_minutes", "grid_minutes"):
        deciding = next((rule for rule in asked if getattr(rule.sets, name) is not None), None)
        assert limits.by.get(name) is deciding
        assert getattr(limits, name) == getattr(deciding.sets if deciding else LIMITS, name)
    access = limits.by["access"].sets.access if "access" in limits.by else None
    assert limits.never is (access is Access.NEVER)


@given(_rules, _asker, _days, st.integers(0, 1439), st.integers(1, 600))
@settings(deadline=None)
def test_a_rule_that_covers_another_holds_wherever_that_does(
    rules: list[Rule], asker: Asker, day: date, minute: int, length: int
) -> None:
    calendar = Calendar(LONDON)
    start = calendar.day(day).start + minute

    def holds(rule: Rule, room_id: int) -> bool:
        return (
            speaks_of(rule, room_id, TYPES[room_id])
            and concerns(rule, asker)
            and touches(rule.when, calendar, (start, start + length))
        )

    # Who is on a plan is a member: no other asker is real
    if asker.plan_ids and not asker.is_member:
        return
    for one in rules:
        for other in rules:
            for room_id in TYPES:
                if holds(other, room_id) and covers(one, other, TYPES):
                    assert holds(one, room_id)


@given(_when, _days, st.integers(0, 1439), st.integers(1, 3000))
@settings(deadline=None)
def test_windows_are_looked_for_far_enough(when: When, day: date, minute: int, length: int) -> None:
    calendar = Calendar(LONDON)
    start = calendar.day(day).start + minute
    around = windows(when, calendar, (start - 3000, start + length + 3000))
    assert touches(when, calendar, (start, start + length)) is (
        when.always or any(opens < start + length and start < closes for opens, closes in around)
    )


@given(_when, _sets, st.sampled_from(Rooms), st.sampled_from(Whom))
def test_what_is_stored_reads_as_it_was(when: When, sets: Sets, rooms: Rooms, whom: Whom) -> None:
    terms = read_terms(terms_json(rooms, whom, when, sets))
    assert (terms.rooms, terms.whom, terms.when, terms.sets) == (rooms, whom, when, sets)


def test_open_lifts_audience_and_plans() -> None:
    closed = Limits(7, audience=Audience.MEMBERS, plans=((5, "Studio"),))
    opened = limits_by(closed, [Rule(1, 1, "Open", Sets(access=Access.OPEN))])
    assert (opened.audience, opened.plans, opened.never) == (Audience.SIGNED_IN, None, False)


def _kinds(*rules: Rule) -> dict[int, list[Kind]]:
    return {rule_id: [each.kind for each in known] for rule_id, known in doubts(rules, TYPES, MONDAY).items()}


def test_what_is_doubtful_is_told() -> None:
    hour, two = Sets(max_minutes=60), Sets(max_minutes=120)
    wide, narrow = Rule(1, 1, "Wide", hour), Rule(2, 2, "Narrow", two, whom=Whom.MEMBERS)
    assert _kinds(wide, narrow) == {2: [Kind.OVERRULED]}
    assert _kinds(narrow, wide) == {}
    stop = Rule(3, 1, "Stop", Sets(), stop_here=True)
    assert _kinds(stop, narrow) == {2: [Kind.UNREACHED]}
    assert _kinds(Rule(4, 1, "No room", hour, rooms=Rooms.TYPES)) == {4: [Kind.NO_ROOM]}
    assert _kinds(Rule(4, 1, "Nobody", hour, whom=Whom.TEAMS)) == {4: [Kind.NOBODY]}
    over = When(last=MONDAY - timedelta(days=1))
    assert _kinds(Rule(4, 1, "Over", hour, when=over)) == {4: [Kind.PAST]}
    long = Rule(5, 2, "Long", Sets(min_minutes=90), whom=Whom.MEMBERS)
    assert _kinds(wide, long) == {5: [Kind.IMPOSSIBLE]}
    week = Rule(8, 1, "A week ahead", Sets(horizon_days=7))
    late = Rule(9, 2, "Eight days before", Sets(notice_minutes=8 * 1440), whom=Whom.CONTACTS)
    assert _kinds(week, late) == {9: [Kind.NEVER_IN_TIME]}
    assert _kinds(week, replace(late, sets=Sets(notice_minutes=6 * 1440))) == {}
    assert _kinds(replace(week, stop_here=True), late) == {9: [Kind.UNREACHED]}
    assert _kinds(wide, Rule(6, 2, "Off", two, enabled=False)) == {}
    part = Rule(7, 2, "Partly", Sets(max_minutes=90, min_minutes=30))
    assert _kinds(wide, part) == {}


def test_rules_that_cannot_meet_do_not_contradict() -> None:
    short = Rule(1, 1, "Short", Sets(max_minutes=60), when=When(opens=600, closes=720))
    long = Rule(2, 2, "Long", Sets(min_minutes=90), when=When(opens=780, closes=900))
    assert not meet(short, long, TYPES)
    assert _kinds(short, long) == {}
