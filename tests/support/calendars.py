"""A calendar of elsewhere whose words a test sets, and calendar files to read."""

from app.domain.booking.minutes import minute_of
from app.domain.calendars.outside import calendar_of, due, follow, note_reading
from app.domain.calendars.reading import Reading
from app.integrations.secret_box import KeyRing
from app.kernel.spans import Span
from app.models import OutsideCalendar
from tests.domain.booking.conftest import Desk

BOX = KeyRing(("a-word-of-the-tests-that-is-long-enough",))
ADDRESS = "https://calendars.example/secret.ics"


class Elsewhere:
    """A calendar that Fern follows; what it says is set by the test."""

    def __init__(self, front: Desk) -> None:
        self._front = front

    def follow(self, room: str = "Fern", address: str = ADDRESS) -> None:
        front = self._front
        follow(
            front.session, front.world.actor("manager"), front.world.rooms[room], address, BOX, front.clock
        )
        front.session.commit()

    def says(self, *busy: Span, unchanged: bool = False) -> None:
        """Have it read, now."""
        front = self._front
        (asked,) = due(front.session, BOX, front.clock(), 10)
        front.session.commit()
        reading = Reading([(minute_of(each.start), minute_of(each.end)) for each in busy], [], 0)
        note_reading(front.session, asked, None if unchanged else reading, "tag", front.clock)
        front.session.commit()

    def row(self, room: str = "Fern") -> OutsideCalendar:
        found = calendar_of(self._front.session, self._front.world.rooms[room])
        assert found is not None
        return found


def calendar_file(*events: str, zones: str = "") -> bytes:
    """A calendar of these events, each as its lines."""
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()
