"""The directory: people and teams who let others find them, and who is in the house."""

from app.blueprints.directory import card, check_ins, people, teams
from app.blueprints.directory.room import blueprint

__all__ = ["blueprint", "card", "check_ins", "people", "teams"]
