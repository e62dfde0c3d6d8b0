"""The shop: what is on sale, the basket, checkout, and what one has."""

from app.blueprints.products import basket, checkout, listing, mine
from app.blueprints.products.room import blueprint

__all__ = ["basket", "blueprint", "checkout", "listing", "mine"]
