"""Every no of the booking rules as a sentence that says why, and what works instead."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.approval import CannotStand, NotWaiting
from app.domain.booking.check_in import NotCheckInTime
from app.domain.booking.moving import ChangedMeanwhile, OnlyItsEnd, TooLateToMove
from app.domain.booking.terms import (
    AlreadyOver,
    FeeChanged,
    HoldLapsed,
    NotBegun,
    NotBookable,
    Obstacle,
    OutOfReach,
    Reason,
    ReasonNeeded,
    RefusedRoom,
    TooLateToCancel,
)
from app.domain.booking.waitlist import MOST_WAITED_FOR, WaitsForTooMuch
from app.domain.booking.when_paid import PaidAtOnce
from app.kernel.errors import Refusal
from app.web import wording
from app.web.attempts import Words, say
from app.web.language import formats_locale
from app.web.unit_words import unit_words

Facts = dict[str, Any]


def obstacle_sentence(obstacle: Obstacle, tz: ZoneInfo) -> str:
    """One reason, with its facts; times are told in the location's zone. Without a full stop, as rows are."""
    own = _of_the_rule(obstacle)
    if own:
        return own
    if obstacle.reason is Reason.OUTSIDE_HOURS:
        return _hours(obstacle.facts, tz)
    return _SENTENCES[obstacle.reason](cast("Facts", obstacle.facts))


def desk_sentence(obstacle: Obstacle, tz: ZoneInfo) -> str:
    """The same at the front desk itself, which nobody there has to ask."""
    if obstacle.reason is Reason.NO_PRICE:
        return _("No rate says what it costs then: agree on a price")
    return obstacle_sentence(obstacle, tz)


def _of_the_rule(obstacle: Obstacle) -> str:
    """What the operator's own rule says; empty where none decided or it says nothing."""
    rule = cast("Facts", obstacle.facts.get("rule") or {})
    return str(rule.get("sentence", "")).rstrip(".")


def obstacles_sentence(obstacles: Iterable[Obstacle], tz: ZoneInfo) -> str:
    """All reasons together, one sentence after the other."""
    # A rule's own sentence stands for every limit that the rule has set
    said = dict.fromkeys(obstacle_sentence(obstacle, tz) for obstacle in obstacles)
    return " ".join(sentence + "." for sentence in said)


def refusal_sentence(refused: RefusedRoom, tz: ZoneInfo) -> str:
    """Why a room in a list cannot be had as asked, and when it can; without a full stop, as rows are."""
    if all(obstacle.reason is Reason.TAKEN for obstacle in refused.obstacles):
        return _taken_sentence(refused, tz)
    return ". ".join(
        dict.fromkeys(
            obstacle_sentence(obstacle, tz)
            for obstacle in refused.obstacles
            if obstacle.reason is not Reason.TAKEN
        )
    )


def _taken_sentence(refused: RefusedRoom, tz: ZoneInfo) -> str:
    until, following = refused.taken_until, refused.next_free
    if until is None:
        return (
            _("Taken then")
            if following is None
            else _("Taken then, free at %(time)s", time=wording.clock_time(following.start, tz))
        )
    words = _taken_words(mine=refused.mine)
    if following is None:
        return words[0] % {"time": wording.clock_time(until, tz)}
    if following.start == until:
        return words[1] % {"time": wording.clock_time(until, tz)}
    return words[2] % {"time": wording.clock_time(until, tz), "next": wording.clock_time(following.start, tz)}


def _taken_words(*, mine: bool) -> tuple[str, str, str]:
    if mine:
        return (
            _("Yours until %(time)s"),
            _("Yours until %(time)s, then free"),
            _("Yours until %(time)s, free at %(next)s"),
        )
    return (
        _("Taken until %(time)s"),
        _("Taken until %(time)s, then free"),
        _("Taken until %(time)s, free at %(next)s"),
    )


def _too_many(facts: Facts) -> str:
    return ngettext("It holds %(num)s person", "It holds %(num)s people", facts["capacity"])


def _closed(facts: Facts) -> str:
    message = facts["message"]
    return _("Closed that day: %(message)s", message=message.rstrip(".")) if message else _("Closed that day")


def _hours(facts: Facts, tz: ZoneInfo) -> str:
    opens, closes = facts["opens"], facts["closes"]
    if opens is None:
        return _("Not open that day")
    return _(
        "Open %(opens)s – %(closes)s",
        opens=wording.clock_time(opens, tz),
        closes=wording.clock_time(closes, tz),
    )


def _plans(facts: Facts) -> str:
    plans = facts["plans"]
    return _("Comes with the %(plan)s plan", plan=_or(plans)) if plans else _("Not part of any plan yet")


def _teams(facts: Facts) -> str:
    """Never which: who shares a house need not know of each other."""
    plans = facts["plans"]
    if plans:
        return _("Kept for some teams, and comes with the %(plan)s plan", plan=_or(plans))
    return _("Kept for some teams")


def _days_ahead(facts: Facts) -> str:
    return ngettext(
        "Opens for booking %(num)s day ahead", "Opens for booking %(num)s days ahead", facts["days"]
    )


def _too_many_ahead(facts: Facts) -> str:
    return ngettext(
        "One person may have %(num)s booking ahead, and there is one already",
        "One person may have %(num)s bookings ahead, and there are as many already",
        facts["most"],
    )


def _too_much_time(facts: Facts) -> str:
    words = {
        "day": _("One person may have %(length)s of it a day, and %(left)s are left"),
        "week": _("One person may have %(length)s of it a week, and %(left)s are left"),
        "month": _("One person may have %(length)s of it a month, and %(left)s are left"),
    }
    left = wording.minutes(facts["left"]) if facts["left"] else _("none")
    return words[facts["period"]] % {"length": _length(facts), "left": left}


def _cooling_down(facts: Facts) -> str:
    if facts["any"]:
        return _("One leaves %(length)s between it and any other booking", length=_length(facts))
    return _("One leaves %(length)s between bookings of it", length=_length(facts))


def _or(words: Sequence[str]) -> str:
    return str(format_list(list(words), "or", formats_locale()))


def _extra_taken(facts: Facts) -> str:
    return _("Others have the %(name)s then: %(left)s can be had", name=facts["name"], left=facts["left"])


def _out_of_shift(facts: Facts) -> str:
    if not facts["shifts"]:
        return _("Booked in shifts, and there is none that day")
    return _("Booked in shifts: %(shifts)s", shifts=wording.walls(facts["shifts"]))


def _extra_too_late(facts: Facts) -> str:
    return ngettext(
        "The %(name)s has to be ordered %(num)s hour before",
        "The %(name)s has to be ordered %(num)s hours before",
        facts["hours"],
        name=facts["name"],
    )


def _extra_prepared(facts: Facts) -> str:
    return _("The %(name)s is prepared by now: ask the front desk", name=facts["name"])


def _needs_approval(facts: Facts) -> str:
    if "people" in facts:
        return ngettext(
            "The front desk approves it for %(num)s person: ask them for more",
            "The front desk approves it for %(num)s people: ask them for more",
            facts["people"],
        )
    return _("The front desk approves it: ask them")


def _length(facts: Facts) -> str:
    return wording.minutes(facts["minutes"])


_SENTENCES: dict[Reason, Callable[[Facts], str]] = {
    Reason.TAKEN: lambda _facts: _("Taken then"),
    Reason.UNIT_TAKEN: lambda facts: _("Somebody else has %(unit)s then", unit=unit_words([facts["unit"]])),
    Reason.IN_THE_PAST: lambda _facts: _("That time has passed"),
    Reason.CLOSED: _closed,
    Reason.TOO_SHORT: lambda facts: _("Booked for %(length)s or longer", length=_length(facts)),
    Reason.TOO_LONG: lambda facts: _("Booked for up to %(length)s", length=_length(facts)),
    Reason.OFF_GRID: lambda facts: _("Starts every %(length)s", length=_length(facts)),
    Reason.OUT_OF_SHIFT: _out_of_shift,
    Reason.TOO_SOON: lambda facts: _("Needs %(length)s of notice", length=_length(facts)),
    Reason.TOO_FAR_AHEAD: _days_ahead,
    Reason.TOO_MANY_PEOPLE: _too_many,
    Reason.NOT_FOR_CONTACTS: lambda _facts: _("Opens with a membership"),
    Reason.NOT_FOR_MEMBERS: lambda _facts: _("Kept for visitors without a membership"),
    Reason.PLAN_NEEDED: _plans,
    Reason.TEAM_NEEDED: _teams,
    Reason.TOO_MANY_AHEAD: _too_many_ahead,
    Reason.TOO_MUCH_TIME: _too_much_time,
    Reason.COOLING_DOWN: _cooling_down,
    Reason.RULED_OUT: lambda _facts: _("Not to be booked then"),
    Reason.NO_PRICE: lambda _facts: _("Ask the front desk for the price"),
    Reason.NEEDS_APPROVAL: _needs_approval,
    Reason.EXTRA_TAKEN: _extra_taken,
    Reason.EXTRA_TOO_LATE: _extra_too_late,
    Reason.EXTRA_PREPARED: _extra_prepared,
    Reason.STAFF_ONLY: lambda _facts: _("The front desk books it: ask them"),
    Reason.TEAM_BOOKS: lambda _facts: _("Others of your team book for you"),
}


def refusal(error: Refusal, tz: ZoneInfo) -> str:
    """A refusal of any booking verb as what the person reads. `tz` is the location's zone."""
    if isinstance(error, NotBookable):
        if all(obstacle.reason is Reason.TAKEN for obstacle in error.obstacles):
            return _("Somebody else has just taken it.")
        return obstacles_sentence(error.obstacles, tz)
    telling = _TELLING.get(type(error))
    if telling is not None:
        return telling(error, tz)
    plain = _PLAIN.get(type(error))
    if plain is None:
        raise error
    return plain()


def _too_late_to_cancel(error: TooLateToCancel, tz: ZoneInfo) -> str:
    return _(
        "It could be cancelled until %(time)s. The front desk can still help.",
        time=wording.clock_time(error.cutoff, tz),
    )


def _too_late_to_move(error: TooLateToMove, tz: ZoneInfo) -> str:
    return _(
        "Until %(time)s it could be moved anywhere. Now it can get longer, and the front desk can still help.",
        time=wording.clock_time(error.cutoff, tz),
    )


def _fee_changed(error: FeeChanged, _tz: ZoneInfo) -> str:
    return _("Cancelling costs %(price)s by now.", price=wording.money(error.fee))


def _not_check_in_time(error: NotCheckInTime, tz: ZoneInfo) -> str:
    return _("You can check in between %(when)s.", when=wording.clock(error.window, tz))


_TELLING: dict[type[Refusal], Callable[[Any, ZoneInfo], str]] = {
    TooLateToCancel: _too_late_to_cancel,
    TooLateToMove: _too_late_to_move,
    FeeChanged: _fee_changed,
    NotCheckInTime: _not_check_in_time,
}

_PLAIN: dict[type[Refusal], Callable[[], str]] = {
    HoldLapsed: lambda: _(
        "The time that it was held for you is over, so the room is free for everybody again."
    ),
    AlreadyOver: lambda: _("It is over or was cancelled before, so nothing was changed."),
    NotBegun: lambda: _("It has not begun yet, so it can only be cancelled."),
    ChangedMeanwhile: lambda: _(
        "Somebody else has changed this booking meanwhile. Above it is as it is now: change it if you still like."
    ),
    OnlyItsEnd: lambda: _("It has begun, so only its end can change."),
    PaidAtOnce: lambda: _(
        "What it costs more is paid at once. Look at the price again, and go on if it suits you."
    ),
    OutOfReach: lambda: _("That is longer or further away than anybody can book."),
    NotWaiting: lambda: _("It waits no more: somebody else has decided, or it was taken back."),
    CannotStand: lambda: _("Its room is out of use, or its person locked out. It can only be declined."),
    WaitsForTooMuch: lambda: _(
        "You wait for %(most)s rooms already. Leave one of the lines first.", most=MOST_WAITED_FOR
    ),
}


def cancelling(tz: ZoneInfo) -> Words:
    """Why a booking is not cancelled, and at which field of the form that asks for a reason."""
    return {
        TooLateToCancel: lambda error: ("", refusal(error, tz)),
        AlreadyOver: lambda error: ("", refusal(error, tz)),
        FeeChanged: lambda error: ("", refusal(error, tz)),
        ReasonNeeded: say("reason", lambda: _("Say why, so that the member knows.")),
    }
