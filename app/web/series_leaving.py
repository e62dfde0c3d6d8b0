"""Cancelling dates of a series: what those that are late cost stands before the button. For members and for staff alike."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.series_cancel import (
    CancelDate,
    CancelDates,
    Cancelled,
    CancelQuote,
    cancel_dates,
    quote_cancel_dates,
)
from app.domain.booking.series_view import SeriesView
from app.kernel.errors import NotFound, Refusal
from app.web import auth, series, wording
from app.web.database import session
from app.web.fee_words import how_kept
from app.web.forms import whole_or_none
from app.web.series_forms import CancelDatesForm, CancelForm


@dataclass(frozen=True, slots=True)
class Leaving:
    """What cancelling comes to, in words; nothing before anything is known."""

    fee: int
    """What all of it costs, in minor units: the form sends it along."""
    words: str
    rows: list[tuple[str, str]]
    """(day and time, what it costs) of each date that costs something."""
    button: str
    free: int
    """How many dates cost nothing."""
    wrong: bool = False


def nothing_shown(*, wrong: bool = False) -> Leaving:
    """Before anybody has asked for anything."""
    return Leaving(0, "", [], _("Cancel dates"), 0, wrong)


def answer_cancellation(view: SeriesView, form: CancelForm | CancelDatesForm) -> Cancelled | Leaving:
    """Cancel the range, where the page in hand said what that costs; else what it costs, to be looked at first.

    Commits what it cancelled. What is wrong stands at the form.
    """
    if not form.validate():
        return nothing_shown(wrong=True)
    # A page that says nothing of a fee has promised that there is none
    seen = whole_or_none(form.fee.data) or 0
    wish = CancelDates(
        view.id, form.range, form.reason.data or "", bool(form.keep_late.data), bool(form.waive.data), seen
    )
    try:
        found = quote_cancel_dates(session(), auth.signed_in(), wish, auth.now())
        if found.fee.total.minor > seen and not wish.waive:
            return _page(view, found)
        done = cancel_dates(session(), auth.signed_in(), wish, auth.clock())
    except NotFound:
        raise
    except Refusal as refusal:
        session().rollback()
        form.say("", series.explain(refusal, ZoneInfo(view.zone)))
        return _again(view, wish)
    session().commit()
    return done


def cancelled_words(done: Cancelled) -> str:
    """What was done, and what stays."""
    said = ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", done.dates)
    return f"{said} {series.late_words(done.late)}".strip()


def _again(view: SeriesView, wish: CancelDates) -> Leaving:
    """What it costs by now, with why it was not done."""
    found = quote_cancel_dates(session(), auth.signed_in(), wish, auth.now())
    return replace(_page(view, found) if found.fee else nothing_shown(), wrong=True)


def _page(view: SeriesView, found: CancelQuote) -> Leaving:
    tz, price = ZoneInfo(view.zone), wording.money(found.fee.total)
    costly = found.for_a_fee
    words = ngettext(
        "%(num)s date is late: cancelling it now costs %(price)s.",
        "%(num)s dates are late: cancelling them now costs %(price)s.",
        len(costly),
        price=price,
    )
    button = ngettext(
        "Cancel %(num)s date for %(price)s",
        "Cancel %(num)s dates for %(price)s",
        len(found.dates),
        price=price,
    )
    return Leaving(
        found.fee.total.minor,
        " ".join(filter(None, [words, how_kept(found.fee)])),
        [_row(each, tz) for each in costly],
        button,
        len(found.dates) - len(costly),
    )


def _row(each: CancelDate, tz: ZoneInfo) -> tuple[str, str]:
    day = wording.full_day(each.span.start.astimezone(tz).date())
    return f"{day}, {wording.clock(each.span, tz)}", wording.money(each.fee.total)
