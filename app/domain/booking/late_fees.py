"""What cancelling after the cut-off costs: the steps of the house, and those of a type of room that differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_tenant
from app.domain.booking.terms import Malformed
from app.domain.levels import hold_level
from app.domain.lookup import one
from app.domain.reach import check_within_reach
from app.kernel.clock import Clock
from app.models import CancellationStep, Resource, ResourceType
from app.tenancy import begin_writing

MOST_STEPS = 5
MOST_HOURS = 8784


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Less than `hours` before the start, so much of the price is kept, in whole percent."""

    hours: int
    percent: int


Ladder = tuple[Step, ...]
"""The nearest to the start first; empty where there are none."""


def ladders(session: Session) -> dict[int | None, Ladder]:
    """All of them, by type of resource; by None the house's. One statement."""
    rows = session.execute(
        select(CancellationStep.resource_type_id, CancellationStep.hours, CancellationStep.percent).order_by(
            CancellationStep.hours
        )
    )
    found: dict[int | None, Ladder] = {}
    for type_id, hours, percent in rows:
        found[type_id] = (*found.get(type_id, ()), Step(hours, percent))
    return found


def ladder_of(session: Session, resource_id: int) -> Ladder:
    """The one that holds for a room: its type's own, else the house's. One statement."""
    type_id = select(Resource.resource_type_id).where(Resource.id == resource_id).scalar_subquery()
    rows = session.execute(
        select(CancellationStep.resource_type_id, CancellationStep.hours, CancellationStep.percent)
        .where(func.coalesce(CancellationStep.resource_type_id, type_id) == type_id)
        .order_by(CancellationStep.hours)
    ).all()
    own = tuple(Step(row.hours, row.percent) for row in rows if row.resource_type_id is not None)
    return own or tuple(Step(row.hours, row.percent) for row in rows)


def percent_at(ladder: Ladder, starts_at: datetime, now: datetime) -> int:
    """How much of the price cancelling keeps at a moment; 0 before the first step."""
    left = starts_at - now
    return next((step.percent for step in ladder if left < timedelta(hours=step.hours)), 0)


def set_ladder(
    session: Session, actor: Actor, type_id: int | None, steps: Sequence[Step], clock: Clock
) -> None:
    """Have cancelling late cost that, for a type of resource or with None for all without a ladder of their own; no steps
    leave it to staff, or the type to the house.

    Audited. Raises NotFound for an unknown type, Malformed for two steps at the same hour, for one nearer to the start that
    keeps less, for more than MOST_STEPS, or for numbers that cannot be.
    """
    ladder = tuple(sorted(steps))
    _check(ladder)
    check_within_reach(actor, None)
    begin_writing(session)
    hold_level(session, None)
    name = "" if type_id is None else one(session, ResourceType, type_id).name
    before = ladders(session).get(type_id, ())
    if before != ladder:
        ours = CancellationStep.resource_type_id
        session.execute(
            delete(CancellationStep).where(ours.is_(None) if type_id is None else ours == type_id),
            execution_options={"synchronize_session": False},
        )
        session.add_all(
            CancellationStep(resource_type_id=type_id, hours=each.hours, percent=each.percent)
            for each in ladder
        )
        record_tenant(session, actor, clock(), "limits.changed", _said(before, name), _said(ladder, name))
    session.flush()


def _check(ladder: Ladder) -> None:
    if len(ladder) > MOST_STEPS:
        raise Malformed
    if any(not (1 <= step.hours <= MOST_HOURS and 0 <= step.percent <= 100) for step in ladder):
        raise Malformed
    for nearer, farther in pairwise(ladder):
        if nearer.hours == farther.hours or nearer.percent < farther.percent:
            raise Malformed


def _said(ladder: Ladder, type_name: str) -> dict[str, Any]:
    steps = ", ".join(f"{each.hours} h: {each.percent} %" for each in ladder)
    return {"late_cancelling": steps} | ({"resource_type": type_name} if type_name else {})
