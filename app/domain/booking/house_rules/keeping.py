"""Rules of the house as staff keep them: made, edited, copied, put in order, switched and removed.

All of it waits for whoever else changes settings of the house, because the place of each rule in the order is decided on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row, record_tenant
from app.domain.booking.house_rules.listing import house_rules
from app.domain.booking.house_rules.terms import Rooms, Rule, Whom, terms_json
from app.domain.booking.shifts import in_order
from app.domain.booking.terms import Malformed
from app.domain.levels import hold_level
from app.domain.lookup import all_of, one
from app.domain.reach import check_within_reach
from app.domain.spaces.saving import finish, flush
from app.kernel.errors import NotFound, Refusal
from app.models import BookingRule, BookingRuleTarget, Location, Person, Plan, Resource, ResourceType, Team
from app.models.base import TenantOwned
from app.tenancy import begin_writing

MOST_RULES = 200
NAME_LENGTH = 80
SENTENCE_LENGTH = 300
_ROOMS: dict[Rooms, tuple[type[TenantOwned], str]] = {
    Rooms.TYPES: (ResourceType, "resource_type_id"),
    Rooms.RESOURCES: (Resource, "resource_id"),
}
_WHOM: dict[Whom, tuple[type[TenantOwned], str]] = {
    Whom.PLANS: (Plan, "plan_id"),
    Whom.TEAMS: (Team, "team_id"),
    Whom.PEOPLE: (Person, "person_id"),
}


class SetsNothing(Refusal):
    """A rule that neither sets a limit nor ends the list would change nothing."""


class NobodyNamed(Refusal):
    """It is for plans, teams or people, and names none."""


class NoRoomNamed(Refusal):
    """It is about types or rooms, and names none."""


class ShortestAboveLongest(Refusal):
    """By itself it would let nobody book at all."""


class ShiftsOverlap(Refusal):
    """Two of its shifts share a stretch of the day, or one ends before it begins."""


class DaysBackwards(Refusal):
    """Its last day is before its first."""


class TooManyRules(Refusal):
    """The house has as many as it may."""


def create_rule(session: Session, actor: Actor, rule: Rule, now: datetime) -> BookingRule:
    """Add a rule at the end of the list; its id and number are given here.

    Raises SetsNothing, NobodyNamed, NoRoomNamed, ShortestAboveLongest, ShiftsOverlap, DaysBackwards, NameTaken, TooManyRules,
    Malformed, and NotFound for what it names and is not there.
    """
    check_rule(rule)
    _begin(session, actor)
    return _add(session, actor, rule, now, after=None)


def edit_rule(session: Session, actor: Actor, rule_id: int, rule: Rule, now: datetime) -> BookingRule:
    """Change all of a rule but its place and whether it is on. Raises as `create_rule`."""
    check_rule(rule)
    _begin(session, actor)
    row, known = _known(session, rule_id)
    old, new = changes(_facts(known), _facts(rule))
    if new:
        if rule.location_id is not None:
            one(session, Location, rule.location_id)
        _put(row, rule)
        flush(session)
        session.execute(delete(BookingRuleTarget).where(BookingRuleTarget.rule_id == row.id))
        _name(session, row, rule)
        record_row(session, actor, now, row, "edited", before=old, after=new)
        finish(session)
    return row


def copy_rule(session: Session, actor: Actor, rule_id: int, name: str, now: datetime) -> BookingRule:
    """Add the same once more, switched off, below it. Raises NotFound, NameTaken, TooManyRules."""
    _begin(session, actor)
    _row, known = _known(session, rule_id)
    return _add(session, actor, replace(known, name=name, enabled=False), now, after=rule_id)


def switch_rule(session: Session, actor: Actor, rule_id: int, now: datetime, *, on: bool) -> None:
    """Have a rule decide, or not. Raises NotFound."""
    _begin(session, actor)
    row = one(session, BookingRule, rule_id, lock=True)
    if row.enabled is not on:
        row.enabled = on
        record_row(session, actor, now, row, "switched", before={"on": not on}, after={"on": on})
        finish(session)


def remove_rule(session: Session, actor: Actor, rule_id: int, now: datetime) -> None:
    """Remove a rule for good. Raises NotFound."""
    _begin(session, actor)
    row, known = _known(session, rule_id)
    record_row(session, actor, now, row, "removed", before=_facts(known))
    session.delete(row)
    session.flush()
    _number(_rows(session))
    finish(session)


def put_rules_in_order(session: Session, actor: Actor, order: Sequence[int], now: datetime) -> None:
    """Ask the rules in this order of ids. Those that it leaves out follow as they were; ids of none are passed over."""
    _begin(session, actor)
    rows = _rows(session)
    places = {rule_id: place for place, rule_id in enumerate(dict.fromkeys(order))}
    wanted = sorted(rows, key=lambda row: places.get(row.id, len(places)))
    before, after = ([row.name for row in each] for each in (rows, wanted))
    if before != after:
        _number(wanted)
        record_tenant(session, actor, now, "booking_rules.ordered", {"order": before}, {"order": after})
        finish(session)


def check_rule(rule: Rule) -> None:
    """Raise for what contradicts itself; what contradicts other rules is for `doubts` to say."""
    sets = rule.sets
    texts = f"{rule.name}{rule.sentence}"
    if "\0" in texts or len(rule.name) > NAME_LENGTH or len(rule.sentence) > SENTENCE_LENGTH:
        raise Malformed
    if not rule.said and not rule.stop_here:
        raise SetsNothing
    if rule.rooms is not Rooms.ALL and not rule.room_ids:
        raise NoRoomNamed
    if rule.whom in _WHOM and not rule.whom_ids:
        raise NobodyNamed
    if sets.min_minutes is not None and sets.max_minutes is not None and sets.min_minutes > sets.max_minutes:
        raise ShortestAboveLongest
    if not in_order(sets.shifts or ()):
        raise ShiftsOverlap
    if rule.when.first and rule.when.last and rule.when.last < rule.when.first:
        raise DaysBackwards


def _begin(session: Session, actor: Actor) -> None:
    check_within_reach(actor, None)
    begin_writing(session)
    hold_level(session, None)


def _known(session: Session, rule_id: int) -> tuple[BookingRule, Rule]:
    row = one(session, BookingRule, rule_id, lock=True)
    known = next((rule for rule in house_rules(session) if rule.id == row.id), None)
    if known is None:
        raise NotFound
    return row, known


def _rows(session: Session) -> list[BookingRule]:
    query = select(BookingRule).order_by(BookingRule.position, BookingRule.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _number(rows: Sequence[BookingRule]) -> None:
    for place, row in enumerate(rows):
        row.position = place


def _add(session: Session, actor: Actor, rule: Rule, now: datetime, *, after: int | None) -> BookingRule:
    rows = _rows(session)
    if len(rows) >= MOST_RULES:
        raise TooManyRules
    if rule.location_id is not None:
        one(session, Location, rule.location_id)
    row = BookingRule(position=len(rows), enabled=rule.enabled)
    _put(row, rule)
    session.add(row)
    flush(session)
    _name(session, row, rule)
    place = next((at for at, each in enumerate(rows, start=1) if each.id == after), len(rows))
    _number([*rows[:place], row, *rows[place:]])
    record_row(session, actor, now, row, "created", after=_facts(rule))
    finish(session)
    return row


def _put(row: BookingRule, rule: Rule) -> None:
    row.name, row.sentence, row.stop_here = rule.name, rule.sentence, rule.stop_here
    row.location_id = rule.location_id
    row.terms = terms_json(rule.rooms, rule.whom, rule.when, rule.sets)


def _name(session: Session, row: BookingRule, rule: Rule) -> None:
    """Write what it names, once it is all there."""
    for (model, column), ids in (
        (_ROOMS.get(rule.rooms, (None, "")), rule.room_ids),
        (_WHOM.get(rule.whom, (None, "")), rule.whom_ids),
    ):
        if model is not None:
            all_of(session, model, ids)
            session.add_all(BookingRuleTarget(rule_id=row.id, **{column: each}) for each in sorted(ids))
    session.flush()


def _facts(rule: Rule) -> dict[str, Any]:
    """For the audit trail: plain values, and of whom it names the ids alone."""
    return {
        "name": rule.name,
        "sentence": rule.sentence,
        "location_id": rule.location_id,
        "stop_here": rule.stop_here,
        "room_ids": sorted(rule.room_ids) if rule.rooms is not Rooms.ALL else [],
        "whom_ids": sorted(rule.whom_ids) if rule.whom in _WHOM else [],
        **terms_json(rule.rooms, rule.whom, rule.when, rule.sets),
    }
