"""When a place is open: weekly hours and closures, of a location or of one resource in it."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.lookup import one
from app.domain.reach import check_within_reach, location_in_reach
from app.domain.spaces.closing import check_nothing_unseen
from app.domain.spaces.saving import finish
from app.domain.spaces.terms import (
    ClosureDetails,
    DaysBackwards,
    HoursBackwards,
    HoursOverlap,
    Opening,
    Whose,
)
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.walltime import minute_face
from app.models import Closure, OpeningHours, Resource
from app.tenancy import begin_writing

_DAY = 24 * 60


def hours_of(session: Session, whose: Whose) -> list[Opening]:
    """Weekly hours in order. None at all means open around the clock, or, of a resource, as its location is."""
    rows = session.execute(
        select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
        .where(
            OpeningHours.location_id == whose.location_id,
            OpeningHours.resource_id.is_not_distinct_from(whose.resource_id),
        )
        .order_by(OpeningHours.weekday, OpeningHours.opens)
    ).all()
    return [Opening(*row) for row in rows]


def closures_of(session: Session, whose: Whose) -> list[Closure]:
    """Closures, the next one first; yearly ones are always to come."""
    return list(
        session.execute(
            select(Closure)
            .where(
                Closure.location_id == whose.location_id,
                Closure.resource_id.is_not_distinct_from(whose.resource_id),
            )
            .order_by(Closure.first_day, Closure.id)
        ).scalars()
    )


def set_hours(
    session: Session, actor: Actor, whose: Whose, openings: Iterable[Opening], clock: Clock
) -> None:
    """Replace the weekly hours of a location, or of one of its resources.

    Raises NotFound, HoursBackwards and HoursOverlap.
    """
    wanted = sorted(openings)
    check_openings(wanted)
    begin_writing(session)
    _look_up(session, actor, whose)
    before = hours_of(session, whose)
    if before != wanted:
        session.execute(
            delete(OpeningHours).where(
                OpeningHours.location_id == whose.location_id,
                OpeningHours.resource_id.is_not_distinct_from(whose.resource_id),
            )
        )
        write_hours(session, whose, wanted)
        record(
            session,
            clock(),
            actor.person_id,
            "hours.set",
            **_subject(whose),
            before={"hours": [opening_words(opening) for opening in before]},
            after={"hours": [opening_words(opening) for opening in wanted]},
        )
    finish(session)


def write_hours(session: Session, whose: Whose, openings: Iterable[Opening]) -> None:
    """Write weekly hours where there are none yet. Raises HoursBackwards and HoursOverlap."""
    wanted = sorted(openings)
    check_openings(wanted)
    session.add_all(OpeningHours(**asdict(whose), **asdict(opening)) for opening in wanted)
    session.flush()


def check_openings(openings: list[Opening]) -> None:
    """Look at sorted ones. Raises HoursBackwards and HoursOverlap."""
    for opening in openings:
        if not (0 <= opening.weekday < 7 and 0 <= opening.opens < opening.closes <= _DAY):
            raise HoursBackwards(opening.weekday)
    for first, second in pairwise(openings):
        if first.weekday == second.weekday and second.opens < first.closes:
            raise HoursOverlap(first.weekday)


def opening_words(opening: Opening) -> str:
    """As the audit trail has it: `0 09:00-13:00`."""
    return f"{opening.weekday} {minute_face(opening.opens)}-{minute_face(opening.closes)}"


def add_closure(
    session: Session,
    actor: Actor,
    whose: Whose,
    details: ClosureDetails,
    clock: Clock,
    *,
    seen: int | None = None,
) -> None:
    """Close a location, or one of its resources, for some days. What is booked then stays booked.

    Raises NotFound and DaysBackwards; BookingsWithin where more is booked then than the `seen` that whoever closes was told of.
    """
    if details.last_day < details.first_day:
        raise DaysBackwards
    begin_writing(session)
    _look_up(session, actor, whose)
    if seen is not None:
        check_nothing_unseen(session, whose, details, seen, clock())
    closure = Closure(**asdict(whose), **asdict(details))
    session.add(closure)
    session.flush()
    record(session, clock(), actor.person_id, "closure.added", **_subject(whose), after=_facts(closure))
    finish(session)


def remove_closure(session: Session, actor: Actor, whose: Whose, closure_id: int, clock: Clock) -> None:
    """Take a closure back. Raises NotFound."""
    check_within_reach(actor, whose.location_id)
    begin_writing(session)
    closure = one(session, Closure, closure_id, lock=True)
    if (closure.location_id, closure.resource_id) != (whose.location_id, whose.resource_id):
        raise NotFound
    record(session, clock(), actor.person_id, "closure.removed", **_subject(whose), before=_facts(closure))
    session.delete(closure)
    finish(session)


def _look_up(session: Session, actor: Actor, whose: Whose) -> None:
    location_in_reach(session, actor, whose.location_id, lock=True)
    if whose.resource_id is not None:
        resource = one(session, Resource, whose.resource_id)
        if resource.location_id != whose.location_id:
            raise NotFound


def _subject(whose: Whose) -> dict[str, Any]:
    if whose.resource_id is None:
        return {"subject": "location", "subject_id": whose.location_id}
    return {"subject": "resource", "subject_id": whose.resource_id}


def _facts(closure: Closure) -> dict[str, Any]:
    return {
        "first_day": closure.first_day.isoformat(),
        "last_day": closure.last_day.isoformat(),
        "yearly": closure.yearly,
        "message": closure.message,
    }
