"""The stream that tells open pages what to ask again."""

from app.blueprints.live.routes import blueprint

__all__ = ["blueprint"]
