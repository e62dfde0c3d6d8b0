"""Calendars of elsewhere, by the guarded client: an address that somebody typed."""

from app.integrations.guarded import GuardedClient
from app.ports.calendars import CalendarAnswer

SIZE, SECONDS = 3 * 1024 * 1024, 20.0
"""Bytes and seconds that one may take."""
_NOT_MODIFIED = 304


class WebCalendars:
    """The CalendarSource port."""

    def __init__(self, web: GuardedClient) -> None:
        self._web = web

    def ask(self, address: str, etag: str) -> CalendarAnswer:
        headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"}
        if etag:
            headers["If-None-Match"] = etag
        answer = self._web.fetch(address, headers=headers)
        unchanged = answer.status == _NOT_MODIFIED
        return CalendarAnswer(
            answer.status, None if unchanged else answer.body, answer.headers.get("etag", "")
        )
