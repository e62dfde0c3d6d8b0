"""Changing a booking, wherever that is done: what it would cost, and what is said to what stands against it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _

from app.domain.booking.move import move, quote_move
from app.domain.booking.moving import ChangedMeanwhile, MoveQuote, OnlyItsEnd, TooLateToMove
from app.domain.booking.paying import ByCredit
from app.domain.booking.terms import (
    AlreadyOver,
    Alternative,
    Malformed,
    NotBookable,
    OutOfReach,
    Reason,
)
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import PaidAtOnce, Policy
from app.domain.credits.terms import CreditChanged
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.web import auth, sentences, wording
from app.web.database import session
from app.web.forms import whole_or_none
from app.web.moving_form import ChangeForm
from app.web.passing_over import passable
from app.web.paying_now import bill_now, invoice_address, is_own, more_words, policy_of_change, said_now
from app.web.quote_words import credit_lines
from app.web.unit_words import room_of, unit_choices, unit_words

Address = Callable[..., str]
"""Of `room`, `date`, `start` and `minutes`: the form with these filled in."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a form of a change goes."""

    change: str
    price: str


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
    leaves: list[tuple[int, str, bool]]
    """(id, name, left out already) of what was ordered, cannot come along and may be left out."""
    problem: str = ""
    pays: str = ""
    """`now` where what it costs more is paid at once: the form sends it along."""
    at_once: str = ""
    """The same in a sentence, with what becomes of it where it is not paid."""
    units: list[tuple[str, str, bool]] = field(default_factory=list)
    """(value, name, chosen) of every unit that it could have, after "any"; empty where there is nothing to choose."""
    unit_taken: bool = False
    """Somebody else has the one that was chosen, as the form says at its field."""
    asks_price: bool = False
    """No rate says what it costs: staff say what is agreed."""

    @property
    def stands(self) -> bool:
        """Whether anything stands against it."""
        return bool(self.obstacles) or self.unit_taken


@dataclass(frozen=True, slots=True)
class Instead:
    """What a form that was sent leads to where nothing was changed."""

    view: BookingView
    change: Change
    wrong: bool
    """It was refused; else its price was not on the page, and is now."""


_NOTHING = Change([], None, "", None, [], "", [], [])


def priced(view: BookingView, form: ChangeForm, address: Address) -> Change:
    """What the form's wish would come to; `address` makes the form's own with what is to be filled in.

    A form that is not valid says so at its fields. One that saw an older booking is told, and has seen it then: what was
    typed stays, and can be sent again.
    """
    if not form.validate():
        return _NOTHING
    try:
        return shown(view, form, address)
    except ChangedMeanwhile as refusal:
        form.sequence.data = str(view.sequence)
        return with_problem(shown(view, form, address), refused(refusal, view))


def shown(view: BookingView, form: ChangeForm, address: Address) -> Change:
    """What a form comes to that nobody has sent yet: its price as it is, or of what the address asked for."""
    try:
        return _in_words(view, form, _quote(view, form), address)
    except Malformed:
        return _NOTHING
    except _NO_PRICE as refusal:
        return problem_of(refused(refusal, view))


_NO_PRICE = (AlreadyOver, OutOfReach, OnlyItsEnd, TooLateToMove)


def _quote(view: BookingView, form: ChangeForm) -> MoveQuote:
    return quote_move(session(), auth.signed_in(), view.id, form.command(), auth.now(), form.catalogue)


def with_problem(change: Change, sentence: str) -> Change:
    """The same, with why it was not done."""
    return replace(change, problem=sentence)


def problem_of(sentence: str) -> Change:
    """No price, but why there is none."""
    return Change([], None, "", None, [], "", [], [], sentence)


def _in_words(view: BookingView, form: ChangeForm, quote: MoveQuote, address: Address) -> Change:
    tz, currency = ZoneInfo(view.zone), quote.after.currency
    much, at_desk = quote.due_difference, "agreed_minor" in form
    words = sentences.desk_sentence if at_desk else sentences.obstacle_sentence
    policy = policy_of_change(view) if much.minor > 0 else Policy()
    taken = [each for each in quote.obstacles if each.reason is Reason.UNIT_TAKEN]
    against = [each for each in quote.obstacles if each not in taken]
    for each in taken:
        form.say("unit", words(each, tz) + ".")
    lines = [(_("Until now"), wording.price(quote.before)), (_("From now on"), wording.price(quote.after))]
    return Change(
        [*lines, *credit_lines(quote.by_credit, currency), *_extras_lines(quote)],
        (_("Together"), wording.money(quote.due_after)),
        " ".join(filter(None, [_unit(view, quote), _difference(view, quote), _back(quote.back, currency)])),
        quote.due_after.minor,
        [words(each, tz) for each in against],
        passable(quote.obstacles),
        [_alternative(each, tz, address) for each in quote.alternatives],
        [
            (each.offer_id, each.name, each.offer_id in form.without)
            for each in quote.late
            if each.may_be_left
        ],
        pays=policy.when.value,
        at_once=more_words(view, policy, much),
        asks_price=at_desk
        and (quote.agreed or any(each.reason is Reason.NO_PRICE for each in quote.obstacles)),
        units=_units(view, form, quote),
        unit_taken=bool(taken),
    )


def _units(view: BookingView, form: ChangeForm, quote: MoveQuote) -> list[tuple[str, str, bool]]:
    """Those that are free then; nothing to choose in another resource, and of what runs."""
    if not quote.free_units or "unit" not in form or form["resource_id"].data != view.resource_id:
        return []
    chosen = form["unit"].data
    has_chosen = chosen in [unit for unit, _name in quote.free_units]
    return unit_choices(quote.free_units, chosen, () if has_chosen else quote.unit_names)


def _unit(view: BookingView, quote: MoveQuote) -> str:
    """Which of several units it will be, where that is another than it is; empty otherwise."""
    if not quote.unit_names or quote.obstacles:
        return ""
    then = unit_words(quote.unit_names)
    if quote.moves:
        return (
            _(
                "You will be on %(unit)s: %(now)s is not free then.",
                unit=then,
                now=unit_words(view.unit_names),
            )
            if is_own(view)
            else _(
                "It will be on %(unit)s: %(now)s is not free then.",
                unit=then,
                now=unit_words(view.unit_names),
            )
        )
    return "" if quote.unit_names == view.unit_names else _("It will be on %(unit)s.", unit=then)


def _extras_lines(quote: MoveQuote) -> list[tuple[str, str]]:
    """Nothing where nothing was ordered that costs."""
    before, after = quote.extras_before, quote.extras_after
    if before == after:
        return [(_("Extras"), wording.money(after))] if after.minor else []
    return [
        (_("Extras until now"), wording.money(before)),
        (_("Extras from now on"), wording.money(after)),
    ]


def _difference(view: BookingView, quote: MoveQuote) -> str:
    much = quote.due_difference
    if much.minor > 0:
        price = wording.money(much)
        return (
            _("You pay %(price)s more.", price=price)
            if is_own(view)
            else _("%(price)s more is billed.", price=price)
        )
    if much.minor < 0:
        price = wording.money(Money(-much.minor, much.currency))
        return (
            _("You pay %(price)s less.", price=price)
            if is_own(view)
            else _("%(price)s less is billed.", price=price)
        )
    return "" if quote.back else _("It costs nothing more.")


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


def submitted(
    view: BookingView, form: ChangeForm, address: Address, look_again: Callable[[], BookingView]
) -> Instead | str:
    """Do what a form that was sent asks for, at the price that its page showed; when it is done, where the invoice is paid of what
    it costs more, empty where there is none. Commits.

    `look_again` reads the booking anew once somebody else was quicker.
    """
    wish, seen = priced(view, form, address), whole_or_none(request.form.get("due"))
    if wish.problem or wish.due_minor is None or wish.stands:
        return Instead(view, wish, wrong=True)
    if wish.due_minor != seen:
        return Instead(view, wish, wrong=False)
    try:
        return change(view, form, seen)
    except REFUSALS as refusal:
        view = look_again()
        wish = with_problem(priced(view, form, address), refused(refusal, view))
        return Instead(view, wish, wrong=True)


def changed_words(view: BookingView) -> str:
    """That it was changed, and to what."""
    tz = ZoneInfo(view.zone)
    return _(
        "Changed: %(room)s, %(day)s %(when)s.",
        room=room_of(view),
        day=wording.day_inside(view.starts_at.astimezone(tz).date(), auth.now().astimezone(tz).date()),
        when=wording.clock(Span(view.starts_at, view.ends_at), tz),
    )


def change(view: BookingView, form: ChangeForm, seen_due: int | None, *, override: bool = False) -> str:
    """Do what the valid form asks for, at no more than the price that was seen; where that is paid at once, empty where it is not.
    Commits. Raises as `move`."""
    own = is_own(view)
    command = replace(form.command(), override=override, seen_due=seen_due, only_later=own and not said_now())
    try:
        booking = move(session(), auth.signed_in(), view.id, command, auth.clock())
    except Refusal:
        session().rollback()
        raise
    session().commit()
    return invoice_address(bill_now(booking.pays)) if own else ""


def refused(refusal: Refusal, view: BookingView) -> str:
    """Why a change was refused, as its form says it."""
    if isinstance(refusal, CreditChanged):
        return _("The price has changed meanwhile. Look at it again, and go on if it suits you.")
    return sentences.refusal(refusal, ZoneInfo(view.zone))


REFUSALS = (
    NotBookable,
    AlreadyOver,
    OutOfReach,
    ChangedMeanwhile,
    OnlyItsEnd,
    TooLateToMove,
    CreditChanged,
    PaidAtOnce,
)
