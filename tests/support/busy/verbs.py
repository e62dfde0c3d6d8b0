"""What people do in the busy house, a step a verb; a step is plain numbers, so that chance can choose it."""

from app.kernel.errors import Refusal
from tests.support.busy import around, bookings, money, series
from tests.support.busy.steps import Done, House, NothingToDo, Step, Verb

VERBS: dict[str, Verb] = {**bookings.VERBS, **around.VERBS, **series.VERBS, **money.VERBS}


def take(house: House, step: Step) -> Done:
    """Do it and commit, or roll back what is refused. Whatever else is raised is a defect."""
    try:
        VERBS[step.verb](house, step)
        house.session.commit()
    except Refusal as refusal:
        house.session.rollback()
        return Done(step.verb, "refused", refusal)
    except NothingToDo:
        house.session.rollback()
        return Done(step.verb, "idle")
    return Done(step.verb, "done")
