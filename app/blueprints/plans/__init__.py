"""Plans: what is on offer, joining one, and one's own."""

from app.blueprints.plans import joining, listing, mine
from app.blueprints.plans.room import blueprint

__all__ = ["blueprint", "joining", "listing", "mine"]
