"""Adding dates to a series that is there: those that were left out, and later ones. For members and for staff alike."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import ngettext

from app.domain.booking.series_add import add_dates, preview_dates
from app.domain.booking.series_terms import AddDates, Preview, SeriesNotBookable
from app.domain.booking.series_view import SeriesView
from app.kernel.errors import NotFound, Refusal
from app.web import auth, series
from app.web.database import session
from app.web.forms import whole_or_none
from app.web.passing_over import passable, was_confirmed
from app.web.series_forms import UntilForm


@dataclass(frozen=True, slots=True)
class Adding:
    """The dates to choose from, and what they come to."""

    preview: Preview | None
    summed: Preview | None = None
    """What all of it comes to past the limits of `confirm`; None where that is the preview."""
    confirm: str = ""
    """The limits that staff may pass over, by name."""
    wrong: bool = False

    def facts(self) -> dict[str, Any]:
        """What its page is drawn from."""
        shown = self.summed or self.preview
        return {
            "rows": series.date_rows(self.preview) if self.preview else [],
            "total": series.sum_of(shown) if shown and shown.occurrences else None,
            "confirm": self.confirm,
        }


def asked_dates(view: SeriesView) -> tuple[UntilForm, Adding]:
    """The dates that were left out, and with `until` in the address those up to there; all that is free of it chosen."""
    asked = request.args if "until" in request.args else None
    form = UntilForm(formdata=asked, data={"until": view.last_day})
    if not form.validate():
        return form, Adding(None, wrong=True)
    try:
        return form, Adding(_offered(view, form.until.data))
    except NotFound:
        raise
    except Refusal as refusal:
        form.say("until", series.explain(refusal, ZoneInfo(view.zone)))
        return form, Adding(None, wrong=True)


def answer_dates(view: SeriesView) -> tuple[UntilForm, Adding | int]:
    """Book the chosen ones, or with `do=look` only look at them again; how many, once they are booked. Commits them."""
    form = UntilForm()
    if not form.validate():
        return form, Adding(None, wrong=True)
    wish = _wish(view, form)
    try:
        return form, _answer(wish)
    except SeriesNotBookable as refusal:
        session().rollback()
        form.say("", series.not_bookable())
        return form, _refused(wish, refusal)
    except NotFound:
        raise
    except Refusal as refusal:
        session().rollback()
        form.say("", series.explain(refusal, ZoneInfo(view.zone)))
        return form, Adding(_offered(view, min(form.until.data, view.last_day)), wrong=True)


def added_words(count: int) -> str:
    """What was done."""
    return ngettext("%(num)s date is booked.", "%(num)s dates are booked.", count)


def _answer(wish: AddDates) -> Adding | int:
    actor = auth.signed_in()
    if request.form.get("do") == "look":
        return Adding(preview_dates(session(), actor, wish, auth.now()))
    try:
        count = add_dates(session(), actor, wish, auth.clock())
    except SeriesNotBookable as refusal:
        if not was_confirmed(passable(refusal.obstacles)):
            raise
        session().rollback()
        count = add_dates(session(), actor, replace(wish, override=True), auth.clock())
    session().commit()
    return count


def _refused(wish: AddDates, refusal: SeriesNotBookable) -> Adding:
    """Every date as it is now; with limits that may be passed over, what all that is chosen comes to then."""
    confirm = passable(refusal.obstacles)
    summed = None
    if confirm:
        summed = preview_dates(session(), auth.signed_in(), replace(wish, override=True), auth.now())
    return Adding(refusal.preview, summed, confirm, wrong=True)


def _wish(view: SeriesView, form: UntilForm) -> AddDates:
    picked = series.chosen_dates(view.starts, view.minutes)
    return AddDates(
        view.id,
        picked.days,
        max(form.until.data, view.last_day),
        picked.moved,
        seen_due=whole_or_none(request.form.get("due", "")),
    )


def _offered(view: SeriesView, until: date) -> Preview:
    wish = AddDates(view.id, until=max(until, view.last_day))
    return preview_dates(session(), auth.signed_in(), wish, auth.now())
