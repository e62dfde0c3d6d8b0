"""Messages between people: the list, a conversation, a message in it, and who is there."""

from app.blueprints.messages import files, lines, listing, people, sharing, thread  # noqa: F401 - add their routes
from app.blueprints.messages.room import blueprint

__all__ = ["blueprint"]
