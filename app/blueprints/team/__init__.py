"""My teams, the pages of a team's administrator, and the way into a team by invitation."""

from app.blueprints.team import bookings, invitations, joining, people, routes  # noqa: F401 - add their routes
from app.blueprints.team.room import blueprint

__all__ = ["blueprint"]
