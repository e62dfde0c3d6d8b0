"""What somebody has already, where they look at another plan: they may mean that one instead."""

from dataclasses import dataclass

from app.domain.plans.showing import changeable
from app.web import auth
from app.web.auth import today
from app.web.database import session


@dataclass(frozen=True, slots=True)
class Switch:
    """A contract of one's own that can go on with another plan."""

    contract_id: int
    plan_name: str


def switches() -> list[Switch]:
    """Those of whoever asks, the latest first."""
    theirs = changeable(session(), auth.signed_in().person_id, today())
    return [Switch(each.contract.id, each.plan_name) for each in theirs]
