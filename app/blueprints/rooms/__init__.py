"""What hangs beside a room: the panel, and the code that leads to the room."""

from app.blueprints.rooms import code, panel
from app.blueprints.rooms.room import blueprint

__all__ = ["blueprint", "code", "panel"]
