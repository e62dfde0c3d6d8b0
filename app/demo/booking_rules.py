"""Rules of the demo's houses: who comes in the evening, and how long one stays in a phone booth."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.booking.house_rules.keeping import create_rule, switch_rule
from app.domain.booking.house_rules.terms import Access, Rooms, Rule, Sets, When, Whom
from app.models import BookingRule, ResourceType

_WORDS = {
    "northlight": (
        "Evenings",
        "From 18:00 on the house is for members. The desk tells you how to become one.",
        "Booths at noon",
        "Between 11 and 14 a booth is for half an hour, so that everybody gets a turn.",
        "Two hours of booth a day",
        "That would be more than two hours of booth that day. A meeting room may suit you better.",
    ),
    "harbour": (
        "Tardes",
        "Desde las 18:00 la casa es para miembros. En recepción te cuentan cómo serlo.",
        "Cabinas a mediodía",
        "Entre las 11 y las 14 una cabina es para media hora, y así llega para todos.",
        "Dos horas de cabina al día",
        "Serían más de dos horas de cabina ese día. Quizá te convenga más una sala.",
    ),
}


def set_rules(session: Session, space: DemoSpace, now: datetime) -> None:
    """Write the rules, unless there are any; the last one is off, for who looks around to switch on."""
    if session.scalars(select(BookingRule.id).limit(1)).first():
        return
    booth = session.scalars(select(ResourceType.id).where(ResourceType.picture_kind == "booth")).first()
    rooms = (Rooms.TYPES, frozenset({booth})) if booth else (Rooms.ALL, frozenset[int]())
    evenings, members, noon, turns, daily, enough = _WORDS[space.tenant.slug]
    never, half, two = Sets(access=Access.NEVER), Sets(max_minutes=30), Sets(day_minutes=120)
    rules = (
        Rule(0, 0, evenings, never, members, whom=Whom.CONTACTS, when=When(opens=18 * 60)),
        Rule(
            0,
            0,
            noon,
            half,
            turns,
            rooms=rooms[0],
            room_ids=rooms[1],
            when=When(frozenset(range(5)), 11 * 60, 14 * 60),
        ),
        Rule(0, 0, daily, two, enough, rooms=rooms[0], room_ids=rooms[1]),
    )
    owner = demo_owner(session)
    made = [create_rule(session, owner, rule, now).id for rule in rules]
    switch_rule(session, owner, made[-1], now, on=False)
    session.commit()
