"""The way to write to somebody, where there is one."""

from urllib.parse import urlencode

from app.web import auth
from app.web.access import is_open

_SECTION = "messages"


def message_url(person_id: int) -> str:
    """Where a conversation with that person begins; empty for oneself, and while there are no messages for the reader."""
    if person_id == auth.signed_in().person_id or not is_open(_SECTION):
        return ""
    return f"/messages/new?{urlencode({'to': person_id})}"
