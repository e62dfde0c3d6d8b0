"""Plans: what is on offer, joining one, and one's own."""

from app.blueprints.plans import by_link, changing, details, enquiring, joining, listing, mine, pausing
from app.blueprints.plans.room import blueprint

__all__ = [
    "blueprint",
    "by_link",
    "changing",
    "details",
    "enquiring",
    "joining",
    "listing",
    "mine",
    "pausing",
]
