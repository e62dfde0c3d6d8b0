"""The house's rules as staff keep them: all of them, on or off, in order."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.house_rules.terms import Rule, read_terms
from app.models import BookingRule, BookingRuleTarget


def house_rules(session: Session) -> list[Rule]:
    """Every rule of the house. Two statements."""
    rows = session.scalars(select(BookingRule).order_by(BookingRule.position, BookingRule.id)).all()
    rooms: defaultdict[int, set[int]] = defaultdict(set)
    whom: defaultdict[int, set[int]] = defaultdict(set)
    for each in session.scalars(select(BookingRuleTarget)):
        room = each.resource_type_id or each.resource_id
        somebody = each.plan_id or each.team_id or each.person_id
        if room:
            rooms[each.rule_id].add(room)
        if somebody:
            whom[each.rule_id].add(somebody)
    return [
        rule_of(row, number, frozenset(rooms[row.id]), frozenset(whom[row.id]))
        for number, row in enumerate(rows, start=1)
    ]


def rule_of(row: BookingRule, number: int, room_ids: frozenset[int], whom_ids: frozenset[int]) -> Rule:
    """A stored rule with what it names."""
    terms = read_terms(row.terms)
    return Rule(
        id=row.id,
        number=number,
        name=row.name,
        sets=terms.sets,
        sentence=row.sentence,
        location_id=row.location_id,
        rooms=terms.rooms,
        room_ids=room_ids,
        whom=terms.whom,
        whom_ids=whom_ids,
        when=terms.when,
        stop_here=row.stop_here,
        enabled=row.enabled,
    )
