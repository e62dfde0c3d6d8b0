"""Repeating bookings at the front desk: made for a member, looked at, and cancelled with a reason."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint, person_of_address
from app.domain.actor import Permission
from app.domain.booking.series_book import preview_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import Preview, SeriesClaim, SeriesNotBookable
from app.domain.booking.series_view import SeriesView, show_series
from app.domain.booking.strikes import forgive_strikes
from app.domain.booking.terms import REASON_LENGTH, NotPermitted, Obstacle
from app.domain.reach import location_in_reach, reaches_person
from app.kernel.errors import NotFound, Refusal
from app.models import Person
from app.web import auth, series, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import DayField, Form, TextField
from app.web.htmx import go_to
from app.web.passing_over import confirmed, may_pass_over, passable
from app.web.series_asking import Asked, answer_wish, asked_of, names_room, page_facts, wish_of
from app.web.series_words import rule_words


class CancelDatesForm(Form):
    """From a day to another; an open end ends the series there."""

    first = DayField(_l("From"), required=False)
    last = DayField(_l("Until"), required=False)
    reason = TextField(_l("Reason"), longest=REASON_LENGTH)


@blueprint.get("/bookings/series/new")
@staff(Permission.BOOKINGS, on_behalf=True)
def new_series() -> Response:
    if not names_room(request.args) or "person" not in request.args:
        return go_to(url_for("admin.bookings.new"))
    person, asked = person_of_address(), _asked()
    if "every" not in request.args:
        return _wish_page(person, asked, series.RepeatForm(asked.times[0], None))
    form = series.RepeatForm(asked.times[0], request.args)
    if not form.validate():
        return _wish_page(person, asked, form, wrong=True)
    try:
        found = preview_series(session(), signed_in(), wish_of(asked, form), auth.now())
    except Refusal as refusal:
        return _refused(person, asked, form, refusal)
    return _wish_page(person, asked, form, found)


@blueprint.post("/bookings/series")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_series() -> Response:
    """Book the chosen dates; past the limits that were shown only with the button that says so, and past no others. 422 with
    every date when one cannot be had."""
    person, asked = person_of_address(), _asked()
    form = series.RepeatForm(asked.times[0], request.form)
    if not form.validate():
        return _wish_page(person, asked, form, wrong=True)
    try:
        found = _answer(asked, form)
    except SeriesNotBookable as refusal:
        session().rollback()
        form.say("", series.not_bookable())
        return _wish_page(
            person,
            asked,
            form,
            refusal.preview,
            wrong=True,
            confirm=passable(_obstacles(refusal)),
        )
    except Refusal as refusal:
        session().rollback()
        return _refused(person, asked, form, refusal)
    if isinstance(found, Preview):
        return _wish_page(person, asked, form, found)
    session().commit()
    said = ngettext("Booked on %(num)s date.", "Booked on %(num)s dates.", found.dates)
    return done(_url(found.series.id), said)


def _answer(asked: Asked, form: series.RepeatForm) -> Preview | SeriesClaim:
    try:
        return answer_wish(signed_in(), asked, form)
    except SeriesNotBookable as refusal:
        against = _obstacles(refusal)
        if not may_pass_over(against) or not {each.reason.value for each in against} <= confirmed():
            raise
        session().rollback()
        return answer_wish(signed_in(), asked, form, override=True)


def _obstacles(refusal: SeriesNotBookable) -> tuple[Obstacle, ...]:
    """All that stands against any of the chosen dates."""
    return tuple(each for one in refusal.against for each in one.obstacles)


@blueprint.get("/bookings/series/<int:series_id>")
@staff(Permission.BOOKINGS, on_behalf=True)
def show_series_dates(series_id: int) -> Response:
    return _page(_view(series_id), CancelDatesForm(formdata=None))


@blueprint.post("/bookings/series/<int:series_id>/cancellation")
@staff(Permission.BOOKINGS, on_behalf=True)
def create_series_cancellation(series_id: int) -> Response:
    """Cancel what of a range is still to come, with a reason. 422 with the form when nothing is."""
    view, form = _view(series_id), CancelDatesForm()
    counted: list[int] = []

    def cancel() -> None:
        ranged = Range(form.first.data, form.last.data)
        wish = CancelDates(series_id, ranged, form.reason.data)
        counted.append(cancel_dates(session(), signed_in(), wish, clock()).dates)

    words = {Refusal: lambda refusal: ("", series.explain(refusal, ZoneInfo(view.zone)))}
    if not attempt(form, cancel, words):
        return _page(_view(series_id), form, wrong=True)
    said = ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", counted[0])
    return done(_url(series_id), said)


@blueprint.post("/bookings/series/<int:series_id>/strikes/removal")
@staff(Permission.BOOKINGS, on_behalf=True)
def destroy_series_strikes(series_id: int) -> Response:
    """What nobody came to until now counts no more."""
    forgive_strikes(session(), signed_in(), series_id, clock())
    session().commit()
    return done(_url(series_id), _("Forgiven: it begins anew."))


def _asked() -> Asked:
    """What the address names: whom it is for and where. Raises NotFound, out of reach too."""
    asked = asked_of(request.values, person_of_address().id)
    location_in_reach(session(), signed_in(), asked.room.location_id)
    return asked


def _refused(person: Person, asked: Asked, form: series.RepeatForm, refusal: Refusal) -> Response:
    if isinstance(refusal, NotPermitted | NotFound):
        raise NotFound from refusal
    form.say("", series.explain(refusal, asked.zone))
    return _wish_page(person, asked, form, wrong=True)


def _wish_page(
    person: Person,
    asked: Asked,
    form: series.RepeatForm,
    preview: Preview | None = None,
    *,
    wrong: bool = False,
    confirm: str = "",
) -> Response:
    kept: list[tuple[str, Any]] = [("slot", asked.text), ("people", asked.people), ("person", person.id)]
    return page(
        "admin/bookings/new_series.html",
        wrong=wrong,
        person=person,
        kept=kept,
        confirm=confirm,
        looks=url_for("admin.bookings.new_series"),
        books=url_for("admin.bookings.create_series", person=person.id),
        back=url_for("admin.bookings.new", person=person.id, location=asked.room.location_id),
        **page_facts(asked, form, preview),
    )


def _url(series_id: int) -> str:
    return url_for("admin.bookings.show_series_dates", series_id=series_id)


def _view(series_id: int) -> SeriesView:
    return show_series(session(), signed_in(), series_id, auth.now())


def _page(view: SeriesView, form: CancelDatesForm, *, wrong: bool = False) -> Response:
    rows = series.series_rows(view, url_for("admin.bookings.show", booking_id=0).removesuffix("0"))
    return page(
        "admin/bookings/series.html",
        wrong=wrong,
        view=view,
        form=form,
        known=signed_in().may(Permission.PEOPLE) and reaches_person(session(), signed_in(), view.person_id),
        rule=rule_words(view.rule),
        time=series.usual_time(view),
        strikes=series.strike_words(view),
        until=wording.full_day(view.last_day),
        coming=[row for row in rows if not row.over],
        past=[row for row in rows if row.over and not row.left_out],
        ahead=len(view.ahead),
        day=auth.now().astimezone(ZoneInfo(view.zone)).date(),
    )
