"""What becomes of a series later: dates cancelled or paused, moved to another time, and added."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking.rules import LONGEST
from app.domain.booking.series_add import add_dates, preview_dates
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import MoveDates, move_dates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import AddDates, Preview, SeriesNotBookable
from app.domain.booking.series_view import SeriesView, show_series
from app.domain.booking.terms import REASON_LENGTH
from app.kernel.errors import NotFound, Refusal
from app.kernel.walltime import clock_face
from app.web import auth, series
from app.web.access import in_section, paid_up
from app.web.database import session
from app.web.forms import (
    ClockField,
    DayField,
    Form,
    SegmentField,
    TextField,
    WholeField,
    options,
    whole_or_none,
)
from app.web.htmx import go_to

Answer = Response | str | tuple[str, int]
_LONGEST = int(LONGEST.total_seconds() // 60)


class RangeForm(Form):
    """Which dates: all, from a day on, or those of a stretch."""

    which = SegmentField(_l("Which dates"))
    first = DayField(_l("From"), required=False)
    last = DayField(_l("Until"), required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.which.choices = options(
            (("all", _("All to come")), ("from", _("From a day on")), ("stretch", _("A stretch of days")))
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and that the days which are needed are there and in order."""
        valid = bool(super().validate(extra_validators))
        needed = {"from": ("first",), "stretch": ("first", "last")}.get(self.which.data, ())
        for name in needed:
            if valid and self[name].data is None and not self[name].errors:
                self.say(name, _("Choose a day."))
                valid = False
        if valid and len(needed) == 2 and self.first.data > self.last.data:
            self.say("last", _("It ends before it begins."))
            return False
        return valid

    @property
    def range(self) -> Range:
        match self.which.data:
            case "from":
                return Range(first=self.first.data)
            case "stretch":
                return Range(self.first.data, self.last.data)
        return Range()


class CancelForm(RangeForm):
    reason = TextField(_l("Why?"), longest=REASON_LENGTH, required=False)


class MoveForm(RangeForm):
    at = ClockField(_l("New time"))
    minutes = WholeField(_l("Minutes"), least=1, most=_LONGEST)

    @property
    def starts(self) -> int:
        at = self.at.data
        return int(at.hour * 60 + at.minute)


class UntilForm(Form):
    """Read from the address, too, so without a token of its own: whatever is sent is held to one by all of the portal."""

    until = DayField(_l("Until"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(meta={"csrf": False}, **kwargs)


@blueprint.get("/bookings/series/<int:series_id>/cancellation")
@in_section("bookings")
def new_series_cancellation(series_id: int) -> str:
    """Ask which dates before cancelling them."""
    view = _view(series_id)
    return _cancel_page(view, CancelForm(formdata=None, data=_range_of_address()))


@blueprint.post("/bookings/series/<int:series_id>/cancellation")
@in_section("bookings")
def create_series_cancellation(series_id: int) -> Answer:
    """Cancel what of the range can be. 422 with the sentence when nothing can."""
    view, form = _view(series_id), CancelForm()

    def cancel() -> str:
        wish = CancelDates(series_id, form.range, form.reason.data or "")
        done = cancel_dates(session(), auth.signed_in(), wish, auth.clock())
        said = ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", done.dates)
        return f"{said} {series.late_words(done.late)}".strip()

    return _tried(view, form, cancel) or (_cancel_page(view, form), 422)


@blueprint.get("/bookings/series/<int:series_id>/move")
@in_section("bookings")
def edit_series_time(series_id: int) -> str:
    """Another time for dates to come."""
    view = _view(series_id)
    return _move_page(view, MoveForm(formdata=None, data=_range_of_address() | _usual(view)))


@blueprint.post("/bookings/series/<int:series_id>/move")
@paid_up
@in_section("bookings")
def update_series_time(series_id: int) -> Answer:
    """Move them, all or none. 422 with the dates that cannot be, and a way to leave those where they are."""
    view, form = _view(series_id), MoveForm()
    blocked: list[series.DateRow] = []

    def move() -> str:
        left = series.chosen_dates(view.starts, view.minutes).days
        wish = MoveDates(series_id, form.range, form.starts, form.minutes.data, {}, left)
        try:
            done = move_dates(session(), auth.signed_in(), wish, auth.clock())
        except SeriesNotBookable as refusal:
            rows = series.date_rows(refusal.preview)
            blocked.extend(row for row in rows if not row.free)
            raise
        said = ngettext("%(num)s date has another time.", "%(num)s dates have another time.", done.dates)
        stays = series.late_words(done.late), series.elsewhere_words(done.elsewhere)
        return " ".join(filter(None, (said, *stays)))

    return _tried(view, form, move) or (_move_page(view, form, blocked), 422)


@blueprint.get("/bookings/series/<int:series_id>/dates")
@in_section("bookings")
def new_series_dates(series_id: int) -> Answer:
    """The dates that were left out, and with `until` those up to there, each with its state and its price."""
    view = _view(series_id)
    form = UntilForm(
        formdata=request.args if "until" in request.args else None, data={"until": view.last_day}
    )
    if not form.validate():
        return _dates_page(view, form), 422
    try:
        return _dates_page(view, form, _offered(view, form.until.data))
    except Refusal as refusal:
        form.say("until", series.explain(refusal, ZoneInfo(view.zone)))
        return _dates_page(view, form), 422


@blueprint.post("/bookings/series/<int:series_id>/dates")
@paid_up
@in_section("bookings")
def create_series_dates(series_id: int) -> Answer:
    """Book the chosen ones. 422 with every date as it is now when one cannot be had."""
    view, form = _view(series_id), UntilForm()
    if not form.validate():
        return _dates_page(view, form), 422
    picked = series.chosen_dates(view.starts, view.minutes)
    wish = AddDates(
        series_id,
        picked.days,
        max(form.until.data, view.last_day),
        picked.moved,
        seen_due=whole_or_none(request.form.get("due", "")),
    )
    try:
        if request.form.get("do") == "look":
            return _dates_page(view, form, preview_dates(session(), auth.signed_in(), wish, auth.now()))
        count = add_dates(session(), auth.signed_in(), wish, auth.clock())
    except SeriesNotBookable as refusal:
        session().rollback()
        form.say(
            "",
            series.not_bookable(),
        )
        return _dates_page(_view(series_id), form, refusal.preview), 422
    except NotFound:
        raise
    except Refusal as refusal:
        session().rollback()
        form.say("", series.explain(refusal, ZoneInfo(view.zone)))
        return _dates_page(_view(series_id), form, _offered(view, min(form.until.data, view.last_day))), 422
    session().commit()
    flash(ngettext("%(num)s date is booked.", "%(num)s dates are booked.", count))
    return go_to(url_for("bookings.show_series", series_id=series_id))


def _view(series_id: int) -> SeriesView:
    return show_series(session(), auth.signed_in(), series_id, auth.now())


def _offered(view: SeriesView, until: date) -> Preview:
    """What can be added, all that is free of it chosen."""
    wish = AddDates(view.id, until=max(until, view.last_day))
    return preview_dates(session(), auth.signed_in(), wish, auth.now())


def _tried(view: SeriesView, form: Form, act: Callable[[], str]) -> Response | None:
    """Do it and go back to the series with what was said; None where the form now says why not."""
    if not form.validate():
        return None
    try:
        said = act()
    except SeriesNotBookable:
        session().rollback()
        form.say(
            "",
            _(
                "Some dates cannot move there, so nothing was moved. Leave those where they are, or choose another time."
            ),
        )
        return None
    except NotFound:
        raise
    except Refusal as refusal:
        session().rollback()
        form.say("", series.explain(refusal, ZoneInfo(view.zone)))
        return None
    session().commit()
    flash(said)
    return go_to(url_for("bookings.show_series", series_id=view.id))


def _range_of_address() -> dict[str, Any]:
    """A link beside one date asks for that date and later ones."""
    try:
        first = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return {"which": "all"}
    return {"which": "from", "first": first}


def _usual(view: SeriesView) -> dict[str, Any]:
    tz = ZoneInfo(view.zone)
    ahead = view.ahead
    at = clock_face(ahead[0].span.start.astimezone(tz)) if ahead else series.usual_time(view)[:5]
    hours, minutes = at.split(":")
    return {"at": auth.now().replace(hour=int(hours), minute=int(minutes)).time(), "minutes": view.minutes}


def _cancel_page(view: SeriesView, form: CancelForm) -> str:
    return render_template("bookings/series/cancellation.html", view=view, form=form, **_around(view))


def _move_page(view: SeriesView, form: MoveForm, blocked: list[series.DateRow] | None = None) -> str:
    return render_template(
        "bookings/series/move.html", view=view, form=form, blocked=blocked or [], **_around(view)
    )


def _dates_page(view: SeriesView, form: UntilForm, preview: Preview | None = None) -> str:
    return render_template(
        "bookings/series/dates.html",
        view=view,
        form=form,
        rows=series.date_rows(preview) if preview else [],
        total=series.sum_of(preview) if preview and preview.occurrences else None,
        **_around(view),
    )


def _around(view: SeriesView) -> dict[str, Any]:
    return {
        "back": url_for("bookings.show_series", series_id=view.id),
        "changeable": view.changeable,
        "time": series.usual_time(view),
    }
