"""Repeating bookings at the front desk: made for a member, and looked at."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.bookings import blueprint, person_of_address
from app.domain.actor import Permission
from app.domain.booking.series_book import preview_series
from app.domain.booking.series_terms import Preview, SeriesClaim, SeriesNotBookable
from app.domain.booking.series_view import SeriesView, show_series
from app.domain.booking.strikes import forgive_strikes
from app.domain.booking.terms import NotPermitted
from app.domain.reach import location_in_reach, reaches_person
from app.kernel.errors import NotFound, Refusal
from app.models import Person
from app.web import auth, series, wording
from app.web.access import staff
from app.web.auth import signed_in
from app.web.database import session
from app.web.htmx import go_to
from app.web.passing_over import passable, was_confirmed
from app.web.series_asking import Asked, answer_wish, asked_of, look_at, names_room, page_facts, wish_of
from app.web.series_forms import CancelDatesForm
from app.web.series_leaving import Leaving, nothing_shown
from app.web.series_words import rule_words


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
        confirm = passable(refusal.obstacles)
        # What the button that passes over them is to book is what its sum is of
        summed = look_at(signed_in(), asked, form, override=True) if confirm else None
        return _wish_page(person, asked, form, refusal.preview, wrong=True, confirm=confirm, summed=summed)
    except Refusal as refusal:
        session().rollback()
        return _refused(person, asked, form, refusal)
    if isinstance(found, Preview):
        return _wish_page(person, asked, form, found)
    session().commit()
    said = ngettext("Booked on %(num)s date.", "Booked on %(num)s dates.", found.dates)
    return done(series_url(found.series.id), said)


def _answer(asked: Asked, form: series.RepeatForm) -> Preview | SeriesClaim:
    try:
        return answer_wish(signed_in(), asked, form)
    except SeriesNotBookable as refusal:
        if not was_confirmed(passable(refusal.obstacles)):
            raise
        session().rollback()
        return answer_wish(signed_in(), asked, form, override=True)


@blueprint.get("/bookings/series/<int:series_id>")
@staff(Permission.BOOKINGS, on_behalf=True)
def show_series_dates(series_id: int) -> Response:
    return series_page(series_view(series_id), CancelDatesForm(formdata=None), nothing_shown())


@blueprint.post("/bookings/series/<int:series_id>/strikes/removal")
@staff(Permission.BOOKINGS, on_behalf=True)
def destroy_series_strikes(series_id: int) -> Response:
    """What nobody came to until now counts no more."""
    forgive_strikes(session(), signed_in(), series_id, auth.clock())
    session().commit()
    return done(series_url(series_id), _("Forgiven: it begins anew."))


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
    summed: Preview | None = None,
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
        **page_facts(asked, form, preview, summed),
    )


def series_url(series_id: int) -> str:
    """The page of a series."""
    return url_for("admin.bookings.show_series_dates", series_id=series_id)


def series_view(series_id: int) -> SeriesView:
    """Raises NotFound, out of reach too."""
    return show_series(session(), signed_in(), series_id, auth.now())


def series_page(view: SeriesView, form: CancelDatesForm, leaving: Leaving) -> Response:
    """The page of a series, with what was just asked or refused of cancelling dates."""
    rows = series.series_rows(view, url_for("admin.bookings.show", booking_id=0).removesuffix("0"))
    return page(
        "admin/bookings/series.html",
        wrong=leaving.wrong,
        view=view,
        form=form,
        leaving=leaving,
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
