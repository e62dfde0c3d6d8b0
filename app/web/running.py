"""The booking in progress: where one is, and how much of it is left."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.domain.booking.view import BookingView
from app.web.booked import Booked
from app.web.language import format_minutes


@dataclass(frozen=True, slots=True)
class Running:
    """`passed` of `minutes` are over; `left` says the rest in words."""

    booked: Booked
    left: str
    passed: int
    minutes: int
    ends_iso: str


def running(view: BookingView, words: Booked, now: datetime) -> Running:
    """A booking that runs at `now`. What is begun counts as left: nobody is hurried by a rounded minute."""
    minutes = int((view.ends_at - view.starts_at).total_seconds()) // 60
    passed = int((now - view.starts_at).total_seconds()) // 60
    return Running(words, _("%(length)s left", length=format_minutes(minutes - passed)), passed, minutes,
                   f"{view.ends_at:%Y-%m-%dT%H:%M:%SZ}")
