"""My teams, the pages of a team's administrator, and the way into a team by invitation."""

from app.blueprints.team import (  # noqa: F401 - add their routes
    bookings,
    cancellation,
    changing,
    invitations,
    joining,
    people,
    routes,
)
from app.blueprints.team.room import blueprint

__all__ = ["blueprint"]
