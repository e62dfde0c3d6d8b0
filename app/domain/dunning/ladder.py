"""The ladder: what is done how many days after an invoice was due. Where somebody stands on it is derived, never kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.levels import hold_level
from app.domain.lookup import one
from app.kernel.clock import Clock
from app.kernel.errors import Refusal
from app.models import DunningAction, DunningStep
from app.tenancy import begin_writing

MOST_STEPS = 12


class DayTaken(Refusal):
    """The ladder has a step on that day already."""


class TooManySteps(Refusal):
    """A ladder of more than `MOST_STEPS`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder, `days` after the last day to pay."""

    id: int
    days: int
    action: DunningAction

    def day(self, due_on: date) -> date:
        """The local day from which it is taken."""
        return due_on + timedelta(days=self.days)


def ladder(session: Session) -> tuple[Step, ...]:
    """The tenant's steps, the first one first."""
    rows = session.execute(
        select(DunningStep.id, DunningStep.days, DunningStep.action).order_by(DunningStep.days)
    )
    return tuple(Step(*row) for row in rows)


def held_back(steps: Iterable[Step], first_due_on: date | None, today: date) -> DunningAction | None:
    """The hardest step that is taken by a day against whose first open invoice was due then; no reminder lasts."""
    if first_due_on is None:
        return None
    taken = {step.action for step in steps if step.day(first_due_on) <= today}
    return next((each for each in (DunningAction.SUSPEND, DunningAction.LIMIT) if each in taken), None)


def add_step(session: Session, actor: Actor, days: int, action: DunningAction, clock: Clock) -> None:
    """Put a step on the ladder. Raises DayTaken and TooManySteps. Audited."""
    begin_writing(session)
    level = hold_level(session, None)
    steps = ladder(session)
    if any(each.days == days for each in steps):
        raise DayTaken
    if len(steps) >= MOST_STEPS:
        raise TooManySteps
    step = DunningStep(days=days, action=action)
    session.add(step)
    session.flush()
    level.touch()
    audit.record_row(session, actor, clock(), step, "added", after={"days": days, "action": str(action)})
    session.flush()


def remove_step(session: Session, actor: Actor, step_id: int, clock: Clock) -> None:
    """Take a step off the ladder: whom it held back is free at once. Raises NotFound. Audited."""
    begin_writing(session)
    level = hold_level(session, None)
    step = one(session, DunningStep, step_id)
    before = {"days": step.days, "action": str(step.action)}
    audit.record_row(session, actor, clock(), step, "removed", before=before)
    session.delete(step)
    level.touch()
    session.flush()
