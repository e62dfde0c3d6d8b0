"""The plans and teams that rates are for."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.booking.rates import Conditions
from app.kernel.errors import NotFound
from app.models import Plan, RateTarget, Team

Names = dict[int, str]
"""Names by id, in the operator's order."""


@dataclass(frozen=True, slots=True)
class Named:
    """Ids of what one rate is for."""

    plan_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NamesToChoose:
    """What a rate can name: plans and teams in use, and those that it names already."""

    plans: Names
    teams: Names


def named_by(session: Session, rate_ids: Collection[int] | None = None) -> dict[int, Named]:
    """What rates are for, by their ids: of all, or of some. One statement; what names nobody is left out."""
    query = select(RateTarget.rate_id, RateTarget.plan_id, RateTarget.team_id)
    if rate_ids is not None:
        query = query.where(RateTarget.rate_id.in_(rate_ids))
    plans, teams = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for rate_id, plan_id, team_id in session.execute(query):
        if plan_id is not None:
            plans[rate_id].add(plan_id)
        if team_id is not None:
            teams[rate_id].add(team_id)
    return {
        each: Named(frozenset(plans[each]), frozenset(teams[each])) for each in plans.keys() | teams.keys()
    }


def names_to_choose(session: Session, named: Named) -> NamesToChoose:
    """Two statements."""
    plans = session.execute(select(Plan.id, Plan.name, Plan.retired_at).order_by(Plan.position, Plan.name))
    teams = session.execute(select(Team.id, Team.name, Team.retired_at).order_by(Team.name))
    return NamesToChoose(
        {row.id: row.name for row in plans if row.retired_at is None or row.id in named.plan_ids},
        {row.id: row.name for row in teams if row.retired_at is None or row.id in named.team_ids},
    )


def name_for(session: Session, rate_id: int, conditions: Conditions) -> None:
    """Have a rate that is held be for the plans and teams of its conditions. Raises NotFound for one that is not ours."""
    for model, wanted in ((Plan, conditions.plan_ids), (Team, conditions.team_ids)):
        known = set(session.scalars(select(model.id).where(model.id.in_(wanted)))) if wanted else set()
        if known != wanted:
            raise NotFound
    session.execute(
        delete(RateTarget).where(RateTarget.rate_id == rate_id),
        execution_options={"synchronize_session": False},
    )
    session.add_all(RateTarget(rate_id=rate_id, plan_id=each) for each in sorted(conditions.plan_ids))
    session.add_all(RateTarget(rate_id=rate_id, team_id=each) for each in sorted(conditions.team_ids))
    session.flush()
