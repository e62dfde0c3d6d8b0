"""The inbox: everything that one was told."""

from app.blueprints.inbox import mailed  # noqa: F401 - adds its routes
from app.blueprints.inbox.routes import blueprint

__all__ = ["blueprint"]
