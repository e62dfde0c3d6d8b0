"""Telling people: a notice, and its deliveries by the ways that each person wants. One file a verb."""

from app.domain.notices.letters import came_back, dead_letters
from app.domain.notices.reading import mark_about_read
from app.domain.notices.telling import mail_again, post, tell, tell_address, tell_all, tell_each

__all__ = [
    "came_back",
    "dead_letters",
    "mail_again",
    "mark_about_read",
    "post",
    "tell",
    "tell_address",
    "tell_all",
    "tell_each",
]
