"""Joining: asking to, taking up an invitation, and the terms."""

from app.blueprints.join import invitation, terms  # noqa: F401 - add their routes
from app.blueprints.join.routes import blueprint

__all__ = ["blueprint"]
