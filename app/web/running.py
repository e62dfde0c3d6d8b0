"""The booking in progress: where one is, how much of it is left, and what longer would cost."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from app.domain.booking.extend import Extension
from app.domain.booking.minutes import minute_of
from app.domain.booking.view import BookingView
from app.models import PayWhen
from app.web import wording
from app.web.booked import Booked
from app.web.paying_now import policy_of_change
from app.web.unit_words import unit_words


@dataclass(frozen=True, slots=True)
class Offer:
    """The button that extends. `label` is what it shows, `sentence` what it says to who does not see the panel."""

    minutes: int
    label: str
    sentence: str
    pays: str = ""
    """`now` where its price is paid at once: the form sends it along."""


@dataclass(frozen=True, slots=True)
class Running:
    """`passed` of `minutes` are over; `left` says the rest in words."""

    booked: Booked
    left: str
    passed: int
    minutes: int
    ends: int
    """In minutes since 1970: goes with the form, so that one sent twice extends once."""
    offer: Offer | None
    extension: str
    ending: str
    """The addresses of the two."""
    check_in: str
    """Where one says that one came; empty when it is not the time, or was said."""
    problem: str
    """Why what was just asked was refused; empty when nothing was."""


def running(
    view: BookingView, words: Booked, now: datetime, extension: Extension | None = None, problem: str = ""
) -> Running:
    """A booking that runs at `now`. What is begun counts as left: nobody is hurried by a rounded minute."""
    passed, minutes = progress(view, now)
    return Running(
        words,
        time_left(view, now),
        passed,
        minutes,
        minute_of(view.ends_at),
        _own_offer(view, extension) if extension else None,
        url_for("bookings.create_extension", booking_id=view.id),
        url_for("bookings.create_ending", booking_id=view.id),
        check_in_address(view),
        problem,
    )


def check_in_address(view: BookingView) -> str:
    """Where one checks in to a booking; empty when it is not the time, or one has."""
    return url_for("bookings.create_check_in", booking_id=view.id) if view.can_check_in else ""


def progress(view: BookingView, now: datetime) -> tuple[int, int]:
    """How many whole minutes of a booking are over, and how many it has."""
    minutes = int((view.ends_at - view.starts_at).total_seconds()) // 60
    return min(int((now - view.starts_at).total_seconds()) // 60, minutes), minutes


def time_left(view: BookingView, now: datetime) -> str:
    """`35 min left`."""
    passed, minutes = progress(view, now)
    if passed == minutes:
        return _("It is over")
    return _("%(length)s left", length=wording.minutes(minutes - passed))


def _own_offer(view: BookingView, extension: Extension) -> Offer:
    at_once = (
        bool(extension.difference) and policy_of_change(view, for_team=extension.for_team).when is PayWhen.NOW
    )
    return offer_of(extension, ZoneInfo(view.zone), at_once=at_once)


def offer_of(extension: Extension, tz: ZoneInfo, *, at_once: bool = False) -> Offer:
    """What the button that extends says; `at_once` where its price is to be paid then."""
    length, more = wording.minutes(extension.minutes), extension.difference
    label = (
        _("%(length)s, %(price)s", length=length, price=wording.money(more))
        if more
        else _("%(length)s, free", length=length)
    )
    if extension.moves_to:
        label = _("%(offer)s, on %(unit)s", offer=label, unit=unit_words(extension.moves_to))
    if at_once:
        label = _("%(offer)s, paid at once", offer=label)
    until = wording.clock_time(extension.until, tz)
    sentence = _("Extend by %(offer)s, until %(time)s", offer=label, time=until)
    return Offer(extension.minutes, label, sentence, PayWhen.NOW.value if at_once else "")
