"""Signing in and out, and the way back in for who forgot the password."""

from app.blueprints.auth import forgotten  # noqa: F401 - adds its routes
from app.blueprints.auth.routes import blueprint

__all__ = ["blueprint"]
