"""Rules of the house in the reader's words: for whom, of what, when, and what they set."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.booking.house_rules.choices import RuleChoices
from app.domain.booking.house_rules.doubts import Doubt, Kind
from app.domain.booking.house_rules.explaining import LIMITS, RuleAnswer, Standing, Topic
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, When, Whom
from app.domain.booking.rules import Limits
from app.domain.booking.shifts import Shifts
from app.domain.booking.terms import Obstacle, Reason
from app.kernel.walltime import minute_face
from app.web import wording

_DAY = 24 * 60

WHOM = {
    Whom.EVERYBODY: _l("Everybody"),
    Whom.MEMBERS: _l("Members"),
    Whom.CONTACTS: _l("Contacts"),
    Whom.PLANS: _l("People on plans"),
    Whom.TEAMS: _l("Teams"),
    Whom.PEOPLE: _l("Single people"),
}
ROOMS = {
    Rooms.ALL: _l("All of them"),
    Rooms.TYPES: _l("Some types"),
    Rooms.RESOURCES: _l("Some rooms"),
}
ACCESS = {
    "": _l("As the room says"),
    Access.NEVER.value: _l("Never"),
    Access.OPEN.value: _l("Always"),
}
ANY_HOUR = {
    "": _l("As the room says"),
    "yes": _l("At any hour"),
    "no": _l("In opening hours only"),
}
APPROVAL = {
    "": _l("As the room says"),
    "yes": _l("Staff approve it first"),
    "no": _l("Without approval"),
}
TOPICS = {
    Topic.TIME: _l("The time is ahead"),
    Topic.ACCESS: _l("Who may book it"),
    Topic.NOTICE: _l("Notice"),
    Topic.HORIZON: _l("How far ahead"),
    Topic.HOURS: _l("Opening hours"),
    Topic.SHIFTS: _l("Shifts"),
    Topic.GRID: _l("When bookings start"),
    Topic.LENGTH: _l("Length"),
    Topic.PEOPLE: _l("People"),
    Topic.QUOTA: _l("How much one person may have"),
    Topic.TAKEN: _l("Other bookings"),
}

_SETS: Mapping[str, Callable[[int], str]] = {
    "min_minutes": lambda value: _("%(length)s or longer", length=wording.minutes(value)),
    "max_minutes": lambda value: _("up to %(length)s", length=wording.minutes(value)),
    "grid_minutes": lambda value: _("starts every %(length)s", length=wording.minutes(value)),
    "notice_minutes": lambda value: (
        _("%(length)s of notice", length=wording.minutes(value)) if value else _("no notice needed")
    ),
    "horizon_days": lambda value: ngettext("up to %(num)s day ahead", "up to %(num)s days ahead", value),
    "capacity": lambda value: ngettext("up to %(num)s person", "up to %(num)s people", value),
    "cancel_minutes": lambda value: (
        _("cancelled until %(length)s before", length=wording.minutes(value))
        if value
        else _("cancelled up to the start")
    ),
    "most_ahead": lambda value: ngettext(
        "%(num)s booking ahead per person", "%(num)s bookings ahead per person", value
    ),
    "cooldown_minutes": lambda value: (
        _("%(length)s between bookings of it", length=wording.minutes(value))
        if value
        else _("no wait between bookings of it")
    ),
    "cooldown_any_minutes": lambda value: (
        _("%(length)s between it and any other booking", length=wording.minutes(value))
        if value
        else _("no wait between it and other bookings")
    ),
    "any_hour": lambda value: _("at any hour") if value else _("in opening hours only"),
    "needs_approval": lambda value: _("staff approve it first") if value else _("without approval"),
    "day_minutes": lambda value: _("%(length)s a day per person", length=wording.minutes(value)),
    "week_minutes": lambda value: _("%(length)s a week per person", length=wording.minutes(value)),
    "month_minutes": lambda value: _("%(length)s a month per person", length=wording.minutes(value)),
}
_REFUSES: Mapping[str, tuple[Reason, str]] = {
    "min_minutes": (Reason.TOO_SHORT, "minutes"),
    "max_minutes": (Reason.TOO_LONG, "minutes"),
    "grid_minutes": (Reason.OFF_GRID, "minutes"),
    "notice_minutes": (Reason.TOO_SOON, "minutes"),
    "horizon_days": (Reason.TOO_FAR_AHEAD, "days"),
    "capacity": (Reason.TOO_MANY_PEOPLE, "capacity"),
    "most_ahead": (Reason.TOO_MANY_AHEAD, "most"),
}
_COOLDOWNS = {"cooldown_minutes": False, "cooldown_any_minutes": True}
"""Whether any other booking counts."""


def limit_words(name: str, value: Any) -> str:
    """`up to 2 h`: one limit that a rule sets."""
    if name == "access":
        return _("never") if value is Access.NEVER else _("whoever it is for, and whatever later rules say")
    if name == "shifts":
        return _in_shifts(value) if value else _("not in shifts")
    return _SETS[name](value)


def _in_shifts(shifts: Shifts) -> str:
    return _("in shifts: %(shifts)s", shifts=wording.walls(each[:2] for each in shifts))


def rule_words(rule: Rule, names: RuleChoices) -> str:
    """`Members · Meeting rooms · Mon, Tue 17:00–20:00 · up to 1 h`."""
    parts = [_whom(rule, names), _rooms(rule, names)]
    if rule.location_id is not None:
        parts.append(_("at %(place)s", place=names.places.get(rule.location_id, "")))
    parts += when_words(rule.when)
    parts += [limit_words(name, getattr(rule.sets, name)) for name in rule.said]
    if rule.stop_here:
        parts.append(_("then no further rule"))
    return " · ".join(parts)


def when_words(when: When) -> list[str]:
    """Its days, hours and dates; nothing for at any time."""
    found = []
    if when.weekdays:
        found.append(wording.weekdays(when.weekdays, wording.weekday))
    if not when.all_day:
        found.append(f"{minute_face(when.opens)}–{minute_face(when.closes)}")
    if when.first:
        found.append(_("from %(day)s", day=wording.full_day(when.first)))
    if when.last:
        found.append(_("until %(day)s", day=wording.full_day(when.last)))
    return found


def sample_obstacles(rule: Rule) -> list[Obstacle]:
    """What whoever is refused by it would be refused with, once for each limit that it sets."""
    limits = Limits(0, by=dict.fromkeys(rule.said, rule))
    found = []
    for name in rule.said:
        value = getattr(rule.sets, name)
        if name == "access" and value is Access.NEVER:
            found.append(Obstacle(Reason.RULED_OUT, limits.facts(name)))
        elif name == "shifts" and value:
            facts = limits.facts(name, shifts=[each[:2] for each in value])
            found.append(Obstacle(Reason.OUT_OF_SHIFT, facts))
        elif name in _COOLDOWNS and value:
            facts = limits.facts(name, minutes=value, any=_COOLDOWNS[name])
            found.append(Obstacle(Reason.COOLING_DOWN, facts))
        elif name in _REFUSES:
            reason, fact = _REFUSES[name]
            found.append(Obstacle(reason, limits.facts(name, **{fact: value})))
        elif name.removesuffix("_minutes") in {"day", "week", "month"}:
            facts = limits.facts(name, minutes=value, left=0, period=name.removesuffix("_minutes"))
            found.append(Obstacle(Reason.TOO_MUCH_TIME, facts))
    return found


def named(rule: Rule) -> str:
    """`Rule 3, Evenings`."""
    return _("Rule %(number)s, %(name)s", number=rule.number, name=rule.name)


def doubt_words(doubt: Doubt) -> str:
    """What is the matter with a rule, as one sentence."""
    other = named(doubt.other) if doubt.other else ""
    limits = ", ".join(str(LIMIT_NAMES[name]) for name in doubt.limits)
    return {
        Kind.NO_ROOM: lambda: _("It holds for no room: all that it named are gone."),
        Kind.NOBODY: lambda: _("It holds for nobody: all that it named are gone."),
        Kind.PAST: lambda: _("Its last day is over, so it holds no more."),
        Kind.UNREACHED: lambda: _(
            "It is never asked: %(rule)s holds whenever it would, and ends the list.", rule=other
        ),
        Kind.OVERRULED: lambda: _(
            "It never decides: %(rule)s comes first wherever it holds, and sets %(limits)s.",
            rule=other,
            limits=limits,
        ),
        Kind.IMPOSSIBLE: lambda: _(
            "Together with %(rule)s it leaves no length at all: the shortest is above the longest.",
            rule=other,
        ),
        Kind.NEVER_IN_TIME: lambda: _(
            "Together with %(rule)s it leaves no day at all: the notice is longer than how far ahead one may book.",
            rule=other,
        ),
    }[doubt.kind]()


def answer_words(answer: RuleAnswer) -> str:
    """What one rule says to a booking."""
    limits = ", ".join(limit_words(name, getattr(answer.rule.sets, name)) for name in answer.limits)
    match answer.standing:
        case Standing.HOLDS if answer.refuses:
            return _("Refuses it: %(limits)s", limits=limits)
        case Standing.HOLDS if limits:
            return _("Holds: %(limits)s", limits=limits)
        case Standing.STOPPED:
            return _("Is not asked: %(rule)s ends the list", rule=named(answer.by) if answer.by else "")
    return str(_STANDINGS[answer.standing])


_STANDINGS = {
    Standing.OFF: _l("Is switched off"),
    Standing.OTHER_PLACE: _l("Is for another location"),
    Standing.OTHER_ROOM: _l("Is about other rooms"),
    Standing.OTHER_PERSON: _l("Is about other people"),
    Standing.OTHER_TIME: _l("Is about another time"),
    Standing.OVERRULED: _l("Holds, but earlier rules have set the same"),
    Standing.HOLDS: _l("Holds, and ends the list"),
}
LIMIT_NAMES = {
    "access": _l("who may book at all"),
    "min_minutes": _l("the shortest length"),
    "max_minutes": _l("the longest length"),
    "grid_minutes": _l("when bookings start"),
    "shifts": _l("the shifts"),
    "notice_minutes": _l("the notice"),
    "horizon_days": _l("how far ahead"),
    "capacity": _l("how many people"),
    "cancel_minutes": _l("until when it is cancelled"),
    "cooldown_minutes": _l("the wait between bookings of it"),
    "cooldown_any_minutes": _l("the wait between it and others"),
    "any_hour": _l("the opening hours"),
    "needs_approval": _l("whether staff approve it"),
    "most_ahead": _l("the bookings ahead"),
    "day_minutes": _l("the time a day"),
    "week_minutes": _l("the time a week"),
    "month_minutes": _l("the time a month"),
}


def check_words(topic: Topic, limits: Limits) -> str:
    """What a check that was passed looked at; empty where there is nothing to say."""
    if topic is Topic.LENGTH and limits.shifts:
        return _("a shift, or several up to %(most)s", most=wording.minutes(limits.max_minutes))
    if topic is Topic.LENGTH:
        least, most = (wording.minutes(each) for each in (limits.min_minutes, limits.max_minutes))
        return _("from %(least)s to %(most)s", least=least, most=most)
    # Access is a rule's alone: what it does to a room's limits shows in these
    names = (name for name in LIMITS.get(topic, ()) if name != "access")
    known = ((name, getattr(limits, name)) for name in names)
    return ", ".join(
        limit_words(name, value)
        for name, value in known
        if value is not None and (value or name not in _SAID_WHERE_SO)
    )


_SAID_WHERE_SO = frozenset({"needs_approval", "any_hour", "cooldown_minutes", "cooldown_any_minutes"})
"""Limits that most rooms are without, which is not worth a word."""


def _whom(rule: Rule, names: RuleChoices) -> str:
    known = {Whom.PLANS: names.plans, Whom.TEAMS: names.teams, Whom.PEOPLE: names.people}.get(rule.whom)
    return str(WHOM[rule.whom]) if known is None else _listed(known, rule.whom_ids)


def _rooms(rule: Rule, names: RuleChoices) -> str:
    if rule.rooms is Rooms.ALL:
        return _("all rooms")
    return _listed(names.types if rule.rooms is Rooms.TYPES else names.rooms, rule.room_ids)


def _listed(known: Mapping[int, str], ids: Iterable[int]) -> str:
    wanted = frozenset(ids)
    return ", ".join(name for each, name in known.items() if each in wanted) or _("none")
