"""Running a state machine of people who do things in any order."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def let_things_happen(people: type[RuleBasedStateMachine], **here: Any) -> None:
    """Run a machine as often and as long as a test has time for; `here` is what each of its runs has."""
    run_state_machine_as_test(
        type("PeopleHere", (people,), here),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
