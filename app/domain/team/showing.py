"""Whether a team shows itself in the directory, and with which words: its administrators decide."""

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.team.holding import hold_managed
from app.domain.team.terms import Showing
from app.kernel.clock import Clock
from app.tenancy import begin_writing


def show_team(session: Session, actor: Actor, team_id: int, wanted: Showing, clock: Clock) -> None:
    """Set it, for an administrator of the team. Raises NotFound.

    People of the team are shown with it only as far as each of them is listed.
    """
    begin_writing(session)
    team = hold_managed(session, actor, team_id)
    before = {"listed": team.listed, "about": team.about}
    after = {"listed": wanted.listed, "about": wanted.about}
    old, new = changes(before, after)
    if new:
        team.listed, team.about = wanted.listed, wanted.about
        record_row(
            session, actor, clock(), team, "shown" if wanted.listed else "hidden", before=old, after=new
        )
    session.flush()
