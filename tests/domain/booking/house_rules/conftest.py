"""The house's rules in a test: written as an owner would, one after the other."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rule, Sets
from tests.domain.booking.conftest import StandingClock
from tests.support.world import TenantWorld

AddRule = Callable[..., int]
"""Of a name, the limits that it sets, and anything else of a `Rule`: its id."""


@pytest.fixture
def add_rule(session: Session, northlight: TenantWorld, clock: StandingClock) -> AddRule:
    def add(name: str, sets: Sets | None = None, **more: Any) -> int:
        rule = Rule(0, 0, name, sets or Sets(), **more)
        row = create_rule(session, northlight.actor("owner"), rule, clock())
        session.commit()
        return row.id

    return add
