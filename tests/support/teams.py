"""Teams in a test."""

from flask import Flask

from app.domain.team.manage import create_team
from app.domain.team.members import add_member
from app.domain.team.terms import TeamDetails, TeamPermissions
from app.kernel.clock import system_clock
from tests.support.rows import inside
from tests.support.world import TenantWorld


def make_team(
    app: Flask, tenant: TenantWorld, *who: str, name: str = "Tidewater", seats: int | None = None
) -> int:
    """A team of these people of the cast; the first one is its administrator and pays."""
    with inside(app, tenant) as session:
        desk = tenant.actor("desk")
        team_id = create_team(session, desk, TeamDetails(name, seats), system_clock).id
        for each in who:
            add_member(session, desk, team_id, tenant.email(each), TeamPermissions(), system_clock)
        return team_id
