"""What the house tells its people, for those it was told."""

from app.blueprints.announcements.routes import blueprint

__all__ = ["blueprint"]
