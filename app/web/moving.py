"""Changing a booking, wherever that is done: the form, what it would cost, and what is said to what stands against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext
from wtforms import HiddenField, ValidationError

from app.domain.actor import Permission
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import ChangedMeanwhile, MoveBooking, MoveQuote, OnlyItsEnd, TooLateToMove
from app.domain.booking.paying import ByCredit
from app.domain.booking.terms import (
    OVERRIDABLE,
    TITLE_LENGTH,
    AlreadyOver,
    Alternative,
    Malformed,
    NotBookable,
    OutOfReach,
)
from app.domain.booking.view import BookingView
from app.domain.credits.terms import CreditChanged
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.web import auth, sentences, wording
from app.web.database import session
from app.web.forms import (
    ChoiceField,
    ClockField,
    DayField,
    Form,
    TextField,
    WholeField,
    id_or_none,
    moment_of,
    only_text,
    options,
    parse_clock,
    parse_day,
)

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480)
_MONTH = 31 * 24 * 60
_MOST_PEOPLE = 5000
_MOST_MINOR = 10**15


Address = Callable[..., str]
"""Of `room`, `date`, `start` and `minutes`: the form with these filled in."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a form of a change goes."""

    change: str
    price: str


class ChangeForm(Form):
    """A booking as it is to be. Of one that runs room and start stand beside it, and are no questions."""

    resource_id = ChoiceField(_l("Room"), coerce=id_or_none)
    day = DayField(_l("Day"))
    at = ClockField(_l("From"))
    minutes = ChoiceField(_l("How long"), coerce=id_or_none)
    people = WholeField(_l("People"), least=1, most=_MOST_PEOPLE)
    title = TextField(_l("What is it for?"), longest=TITLE_LENGTH, required=False)
    sequence = HiddenField()
    """How often it had been changed when the page was made."""

    def __init__(self, view: BookingView, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._view, self._zone = view, ZoneInfo(view.zone)
        self._starts_at: datetime | None = None
        self.runs = view.runs(auth.now())
        catalogue = load_catalogue(session(), view.location_id, view.person_id, auth.now())
        staff = auth.signed_in().acts_for_others(view.location_id)
        self.resource_id.choices = options(
            (each.room.id, _room(each.room))
            for each in catalogue.rooms
            if staff or each.listed or each.room.id == view.resource_id
        )
        self.minutes.choices = options(
            (each, wording.minutes(each)) for each in _lengths(view, self.minutes.data)
        )
        if self.runs:
            for name in ("resource_id", "day", "at"):
                del self[name]

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that the day and time name one moment where the room is."""
        if not super().validate(extra_validators):
            return False
        self._starts_at = self._moment()
        return self._starts_at is not None

    def command(self) -> MoveBooking:
        """The wish, once the form is valid; or as it is filled in before anybody has sent it."""
        starts_at = self._starts_at or self._moment() or self._view.starts_at
        return MoveBooking(
            self._view.resource_id if self.runs else self["resource_id"].data,
            Span(starts_at, starts_at + timedelta(minutes=self.minutes.data)),
            self.people.data,
            self.title.data or "",
            seen_sequence=whole(self.sequence.data),
        )

    def _moment(self) -> datetime | None:
        """When it is to start; None, with a sentence at the time, where the clocks change."""
        was = self._view.starts_at.astimezone(self._zone)
        if self.runs or (self["day"].data, self["at"].data) == (was.date(), _to_the_minute(was)):
            # Also in an hour that comes twice
            return self._view.starts_at
        return moment_of(self["day"], self["at"], self._zone)


def _to_the_minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


def whole(text: object) -> int | None:
    """A number that a hidden field carries; None for anything that no page of ours sends."""
    typed = only_text([text])
    return (
        int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(_MOST_MINOR)) else None
    )


def change_form(view: BookingView) -> ChangeForm:
    """The form with the booking as it is, or as the address asks for: `room`, `date`, `start`, `minutes`."""
    starts = view.starts_at.astimezone(ZoneInfo(view.zone))
    data = {
        "resource_id": view.resource_id,
        "day": starts.date(),
        "at": _to_the_minute(starts),
        "minutes": Span(view.starts_at, view.ends_at).minutes,
        "people": view.people,
        "title": view.title,
        "sequence": str(view.sequence),
    }
    return ChangeForm(view, formdata=None, data=data | _asked())


def _length(text: str) -> int:
    minutes = whole(text)
    if minutes is None or not 0 < minutes <= _MONTH:
        raise ValueError(text)
    return minutes


_FROM_ADDRESS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "room": ("resource_id", id_or_none),
    "date": ("day", parse_day),
    "start": ("at", parse_clock),
    "minutes": ("minutes", _length),
}


def _asked() -> dict[str, Any]:
    found = {}
    for name, (field, read) in _FROM_ADDRESS.items():
        try:
            found[field] = read(request.args[name])
        except (KeyError, ValueError, ValidationError):
            continue
    return {name: value for name, value in found.items() if value is not None}


def _lengths(view: BookingView, asked: Any) -> list[int]:
    """Lengths to choose from, and the one that it has or is asked for."""
    has = Span(view.starts_at, view.ends_at).minutes
    also = {asked} if isinstance(asked, int) and 0 < asked <= _MONTH else set()
    return sorted({*LENGTHS, has} | also)


def _room(room: Any) -> str:
    return ngettext(
        "%(room)s, for %(num)s person", "%(room)s, for up to %(num)s people", room.capacity, room=room.name
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a change would come to, in words. Empty `lines` before anything is known."""

    lines: list[tuple[str, str]]
    total: tuple[str, str] | None
    said: str
    """What becomes of the difference, in a sentence."""
    due_minor: int | None
    """What would be left to bill: the form sends it along."""
    obstacles: list[str]
    confirm: str
    """The reasons that staff may pass over when they say so; empty where they may not."""
    near: list[tuple[str, str, str]]
    """(room, time, address of the form with both filled in) of what could be had instead."""
    problem: str = ""


_NOTHING = Change([], None, "", None, [], "", [])


def priced(view: BookingView, form: ChangeForm, address: Address) -> Change:
    """What the form's wish would come to; `address` makes the form's own with what is to be filled in.

    A form that is not valid says so at its fields. One that saw an older booking is told, and has seen it then: what was
    typed stays, and can be sent again.
    """
    if not form.validate():
        return _NOTHING
    try:
        return _in_words(view, _quote(view, form), address)
    except ChangedMeanwhile as refusal:
        form.sequence.data = str(view.sequence)
        return with_problem(shown(view, form, address), refused(refusal, view))
    except Malformed:
        return _NOTHING
    except _NO_PRICE as refusal:
        return problem_of(refused(refusal, view))


def shown(view: BookingView, form: ChangeForm, address: Address) -> Change:
    """What a form comes to that nobody has sent yet: its price as it is, or of what the address asked for."""
    try:
        return _in_words(view, _quote(view, form), address)
    except Malformed:
        return _NOTHING
    except _NO_PRICE as refusal:
        return problem_of(refused(refusal, view))


_NO_PRICE = (AlreadyOver, OutOfReach, OnlyItsEnd, TooLateToMove)


def _quote(view: BookingView, form: ChangeForm) -> MoveQuote:
    return quote_move(session(), auth.signed_in(), view.id, form.command(), auth.now())


def with_problem(change: Change, sentence: str) -> Change:
    """The same, with why it was not done."""
    return replace(change, problem=sentence)


def problem_of(sentence: str) -> Change:
    """No price, but why there is none."""
    return Change([], None, "", None, [], "", [], sentence)


def may_pass(quote_or_refusal: MoveQuote | NotBookable) -> str:
    """The reasons that staff may pass over here, joined; empty where there is one that nobody passes over, or for anybody
    else."""
    reasons = {each.reason for each in quote_or_refusal.obstacles}
    actor = auth.signed_in()
    passes = actor.on_behalf and actor.may(Permission.OVERRIDE) and reasons <= OVERRIDABLE
    return ",".join(sorted(reasons)) if passes else ""


def _in_words(view: BookingView, quote: MoveQuote, address: Address) -> Change:
    tz, currency = ZoneInfo(view.zone), quote.after.currency
    lines = [(_("Until now"), _money(quote.before)), (_("From now on"), _money(quote.after))]
    credit = quote.by_credit
    if credit.minutes:
        worth = "−" + wording.money(Money(credit.worth_minor, currency))
        lines.append((_("%(length)s of credit", length=wording.minutes(credit.minutes)), worth))
    if credit.money_minor:
        lines.append((pgettext("credit", "Credit"), "−" + wording.money(Money(credit.money_minor, currency))))
    return Change(
        lines,
        (_("Together"), wording.money(quote.due_after)),
        " ".join(filter(None, [_difference(view, quote), _back(quote.back, currency)])),
        quote.due_after.minor,
        [sentences.obstacle_sentence(each, tz) for each in quote.obstacles],
        may_pass(quote),
        [_alternative(each, tz, address) for each in quote.alternatives],
    )


def _money(price: Money) -> str:
    return wording.money(price) if price else pgettext("price", "Free")


def _difference(view: BookingView, quote: MoveQuote) -> str:
    much = quote.due_difference
    if much.minor > 0:
        price = wording.money(much)
        return (
            _("You pay %(price)s more.", price=price)
            if _is_own(view)
            else _("%(price)s more is billed.", price=price)
        )
    if much.minor < 0:
        price = wording.money(Money(-much.minor, much.currency))
        return (
            _("You pay %(price)s less.", price=price)
            if _is_own(view)
            else _("%(price)s less is billed.", price=price)
        )
    return "" if quote.back else _("It costs nothing more.")


def _is_own(view: BookingView) -> bool:
    return view.person_id == auth.signed_in().person_id


def _back(back: ByCredit, currency: str) -> str:
    parts = []
    if back.minutes:
        parts.append(_("%(length)s of credit comes back.", length=wording.minutes(back.minutes)))
    if back.money_minor:
        parts.append(
            _("%(price)s of credit comes back.", price=wording.money(Money(back.money_minor, currency)))
        )
    return " ".join(parts)


def _alternative(near: Alternative, tz: ZoneInfo, address: Address) -> tuple[str, str, str]:
    local = near.span.start.astimezone(tz)
    return (
        near.room.name,
        wording.clock(near.span, tz),
        address(
            room=near.room.id,
            date=local.date().isoformat(),
            start=clock_face(local),
            minutes=near.span.minutes,
        ),
    )


def change(view: BookingView, form: ChangeForm, seen_due: int | None, *, override: bool = False) -> None:
    """Do what the valid form asks for, at no more than the price that was seen. Commits. Raises as `move`."""
    wish = form.command()
    command = MoveBooking(
        wish.resource_id,
        wish.span,
        wish.people,
        wish.title,
        override=override,
        seen_sequence=wish.seen_sequence,
        seen_due=seen_due,
    )
    try:
        move(session(), auth.signed_in(), view.id, command, auth.clock())
    except Refusal:
        session().rollback()
        raise
    session().commit()


def refused(refusal: Refusal, view: BookingView) -> str:
    """Why a change was refused, as its form says it."""
    if isinstance(refusal, CreditChanged):
        return _("The price has changed meanwhile. Look at it again, and go on if it suits you.")
    return sentences.refusal(refusal, ZoneInfo(view.zone))


REFUSALS = (NotBookable, AlreadyOver, OutOfReach, ChangedMeanwhile, OnlyItsEnd, TooLateToMove, CreditChanged)
