"""Moving dates of a series: what every one of them would be and cost, and the button that says the sum. For members and staff."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from app.domain.booking.series_move import move_dates
from app.domain.booking.series_move_quote import preview_move
from app.domain.booking.series_moving import MoveDate, MoveDates, MovedDates, MovePreview, Stays
from app.domain.booking.series_terms import SeriesNotBookable
from app.domain.booking.series_view import SeriesView
from app.domain.booking.terms import Obstacle
from app.domain.booking.when_paid import Policy
from app.domain.credits.terms import CreditChanged
from app.kernel.errors import NotFound, Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.models import PayWhen
from app.web import auth, series, wording
from app.web.database import session
from app.web.forms import whole_or_none
from app.web.passing_over import passable, was_confirmed
from app.web.paying_now import at_once_words, said_now
from app.web.series_forms import MoveForm, range_of_address


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One date: where it is, where it would go, and what that costs."""

    day: str
    """`2026-12-07`: of the rule."""
    title: str
    now: str
    then: str
    """Empty where it stays for good."""
    state: str
    good: bool
    """Nothing stands against it."""
    on: str
    at: str
    """Where it would go, as the fields hold it."""
    chosen: bool
    choosable: bool


@dataclass(frozen=True, slots=True)
class Moving:
    """What a move comes to, in words; no rows before anything is known."""

    rows: list[MoveRow]
    lines: list[tuple[str, str]]
    total: tuple[str, str] | None
    more: int
    """What is billed in addition, in minor units: the form sends it along."""
    button: str
    """Empty where nothing would move."""
    obstacles: str
    """What staff may pass over, in a sentence."""
    confirm: str
    """The same by name, as the button says it; empty where there is nothing of the kind."""
    ranged: str
    shown: int
    """The range and the usual time that the rows were asked for with."""
    pays: str = ""
    """`now` where some of it is paid at once: the form sends it along."""
    at_once: str = ""
    """The same in a sentence."""
    wrong: bool = False


def move_form(view: SeriesView) -> MoveForm:
    """The form with the series as it is, or as the address asks for: `from`, a day."""
    tz, ahead = ZoneInfo(view.zone), view.ahead
    starts = series.times_of(ahead[0].span, tz)[1] if ahead else view.starts
    data = {
        "resource_id": view.resource_id,
        "at": time(starts // 60, starts % 60),
        "minutes": view.minutes,
    }
    return MoveForm(view, formdata=None, data=data | range_of_address())


def answer_move(view: SeriesView, form: MoveForm, policy: Policy | None = None) -> MovedDates | Moving:
    """Move what is chosen, where the page in hand said what that costs; else what it comes to, to be looked at first.

    Commits what it moved. What is wrong stands at the form. `policy` says when whoever asks pays for their own.
    """
    if not form.validate():
        return nothing_shown(wrong=True)
    wish = _wish(view, form)
    wish = replace(wish, only_later=policy is not None and not said_now())
    try:
        return _answer(form, wish, policy)
    except NotFound:
        raise
    except Refusal as refusal:
        session().rollback()
        return _refused(view, form, wish, policy, refusal)


def _answer(form: MoveForm, wish: MoveDates, policy: Policy | None) -> MovedDates | Moving:
    found = _preview(wish)
    against: dict[date, tuple[Obstacle, ...]] = {}
    # What staff have not chosen yet is not passed over: it is shown, and left out.
    confirm = passable(found.against) if wish.chosen is not None else ""
    if confirm:
        against = {each.day: each.obstacles for each in found.dates}
        wish = replace(wish, override=True)
        found = _preview(wish)
    page = _page(form, found, against, confirm, policy)
    if wish.chosen is None or request.form.get("do") == "look":
        return page
    if found.against or (confirm and not was_confirmed(confirm)):
        form.say("", _cannot_move())
        return replace(page, wrong=True)
    seen = _seen(request.form.get("more", "")), whole_or_none(form.sequence.data)
    if found.moving and seen[0] != found.more_minor:
        return page
    moved = move_dates(
        session(), auth.signed_in(), replace(wish, seen_more=seen[0], seen_sequence=seen[1]), auth.clock()
    )
    session().commit()
    return moved


def _refused(
    view: SeriesView, form: MoveForm, wish: MoveDates, policy: Policy | None, refusal: Refusal
) -> Moving:
    """The dates as they are by now, where they can be shown, with why it was not done."""
    tz = ZoneInfo(view.zone)
    match refusal:
        case SeriesNotBookable():
            form.say("", _cannot_move())
        case CreditChanged():
            form.say("", _("The price has changed meanwhile. Look at it again, and go on if it suits you."))
        case _:
            form.say("", series.explain(refusal, tz))
    try:
        found = _preview(wish)
    except Refusal:
        return nothing_shown(wrong=True)
    return replace(_page(form, found, {}, "", policy), wrong=True)


def _cannot_move() -> str:
    return _(
        "Some dates cannot move there, so nothing was moved. Leave those where they are, or choose another time."
    )


def moved_words(done: MovedDates) -> str:
    """What was done, and what stays."""
    said = ngettext("%(num)s date is changed.", "%(num)s dates are changed.", done.dates)
    stays = series.late_words(done.late), series.elsewhere_words(done.elsewhere)
    return " ".join(filter(None, (said, *stays)))


def _wish(view: SeriesView, form: MoveForm) -> MoveDates:
    """What the form asks for; which dates, only where the page in hand showed those of its range."""
    shown = whole_or_none(request.form.get("shown", ""))
    picked = series.chosen_dates(form.starts, form.minutes.data, shown)
    asked = request.form.get("ranged") == form.ranged_words
    return MoveDates(
        view.id,
        form.range,
        form.starts,
        form.minutes.data,
        form.resource_id.data,
        picked.moved if asked else {},
        picked.days if asked else None,
    )


def _preview(wish: MoveDates) -> MovePreview:
    return preview_move(session(), auth.signed_in(), wish, auth.now())


def _seen(text: str) -> int | None:
    """An amount in minor units that may be less than nothing."""
    found = whole_or_none(text.removeprefix("-"))
    return -found if found is not None and text.startswith("-") else found


def nothing_shown(*, wrong: bool = False) -> Moving:
    """Before anybody has asked for anything, and where the form is not one that can be answered."""
    return Moving([], [], None, 0, "", "", "", "", 0, wrong=wrong)


def _page(
    form: MoveForm,
    found: MovePreview,
    against: Mapping[date, tuple[Obstacle, ...]],
    confirm: str,
    policy: Policy | None,
) -> Moving:
    at_once = 0 if policy is None else found.at_once_minor(policy.when)
    tz, more = ZoneInfo(found.zone), found.more_minor
    form.sequence.data = str(found.sequence)
    passed = {each.reason: each for obstacles in against.values() for each in obstacles}
    return Moving(
        [_row(each, against.get(each.day, ()), tz, found.currency) for each in found.dates],
        _lines(found),
        (_("Difference"), wording.money(Money(more, found.currency))) if found.moving else None,
        more,
        _button(len(found.moving), Money(more, found.currency)),
        series.obstacles_words(tuple(passed.values()), tz) if confirm else "",
        confirm,
        form.ranged_words,
        form.starts,
        PayWhen.NOW.value if at_once else "",
        at_once_words(Money(at_once, found.currency)) if at_once else "",
    )


def _lines(found: MovePreview) -> list[tuple[str, str]]:
    if not found.moving:
        return []
    dearer = found.after_minor - found.before_minor
    credit = found.more_minor - dearer
    lines = [
        (_("Until now"), wording.money(Money(found.before_minor, found.currency))),
        (_("From now on"), wording.money(Money(found.after_minor, found.currency))),
    ]
    if credit:
        lines.append((pgettext("credit", "Credit"), wording.money(Money(credit, found.currency))))
    return lines


def _button(dates: int, more: Money) -> str:
    if not dates:
        return ""
    if more.minor > 0:
        return ngettext(
            "Change %(num)s date for %(price)s more",
            "Change %(num)s dates for %(price)s more",
            dates,
            price=wording.money(more),
        )
    if more.minor < 0:
        return ngettext(
            "Change %(num)s date for %(price)s less",
            "Change %(num)s dates for %(price)s less",
            dates,
            price=wording.money(Money(-more.minor, more.currency)),
        )
    return ngettext("Change %(num)s date", "Change %(num)s dates", dates)


def _row(each: MoveDate, passed: tuple[Obstacle, ...], tz: ZoneInfo, currency: str) -> MoveRow:
    was, then = each.was.start.astimezone(tz), each.span.start.astimezone(tz)
    return MoveRow(
        day=each.day.isoformat(),
        title=wording.full_day(was.date()),
        now=_("Now %(time)s: %(price)s", **_at(each.was, each.before.price_minor, tz, currency)),
        then=_then(each, tz, currency, other_day=was.date() != then.date()) if each.moves else "",
        state=_state(each, passed, tz),
        good=each.stays is not None or not (each.obstacles or passed),
        on=then.date().isoformat(),
        at=clock_face(then),
        chosen=each.moves or each.stays is Stays.AS_WISHED,
        choosable=each.stays is not Stays.LATE,
    )


def _at(span: Span, minor: int, tz: ZoneInfo, currency: str) -> dict[str, str]:
    return {"time": wording.clock(span, tz), "price": wording.price(Money(minor, currency))}


def _then(each: MoveDate, tz: ZoneInfo, currency: str, *, other_day: bool) -> str:
    facts = _at(each.span, each.after.price_minor, tz, currency)
    if other_day:
        day = wording.full_day(each.span.start.astimezone(tz).date())
        return _("Then %(day)s, %(time)s: %(price)s", day=day, **facts)
    return _("Then %(time)s: %(price)s", **facts)


def _state(each: MoveDate, passed: tuple[Obstacle, ...], tz: ZoneInfo) -> str:
    match each.stays:
        case Stays.AS_WISHED:
            return _("It is so already")
        case Stays.LEFT:
            return _("Stays where it is")
        case Stays.ELSEWHERE:
            return _("Is in another room, and stays there unless you choose it")
        case Stays.LATE:
            return _("Stays: it is too late to change it here")
    against = each.obstacles or passed
    return series.obstacles_words(against, tz) if against else pgettext("room", "Free")
