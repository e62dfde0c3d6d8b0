"""Booking a room again and again: how often, each date with its price, yes; and the series by itself."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.blueprints.bookings.room import blueprint
from app.domain.booking.series_book import preview_series
from app.domain.booking.series_terms import Preview, SeriesNotBookable
from app.domain.booking.series_view import show_series as find_series
from app.domain.booking.terms import NotPermitted
from app.domain.booking.when_paid import Policy
from app.kernel.errors import NotFound, Refusal
from app.web import auth, series, wording
from app.web.access import in_section, paid_up, require_bookings_at
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import go_to
from app.web.paying_now import agrees, bill_now, invoice_address, policy_of
from app.web.series_asking import Asked, answer_wish, asked_of, names_room, page_facts, wish_of
from app.web.series_words import rule_words

Answer = Response | str | tuple[str, int]


@blueprint.get("/bookings/series/new")
@in_section("bookings")
def new_series() -> Answer:
    """How it is to repeat; once that is said, every date with its state and its price. Without a room, on to the search."""
    if not names_room(request.args):
        return go_to(url_for("bookings.show_search"))
    asked = _asked(request.args)
    if "every" not in request.args:
        return _page(asked, series.RepeatForm(asked.times[0], None))
    form = series.RepeatForm(asked.times[0], request.args)
    if not form.validate():
        return _page(asked, form), 422
    try:
        preview = preview_series(session(), auth.signed_in(), wish_of(asked, form), auth.now())
    except Refusal as refusal:
        return _refused(asked, form, refusal)
    return _page(asked, form, preview)


@blueprint.post("/bookings/series")
@paid_up
@in_section("bookings")
def create_series() -> Answer:
    """Book the chosen dates, or look at them again. 422 with every date as it is now when one cannot be had."""
    asked, actor = _asked(request.form), auth.signed_in()
    form = series.RepeatForm(asked.times[0], request.form)
    policy = policy_of(asked.for_person_id or actor.person_id)
    if not form.validate() or not _agrees(form, policy):
        return _page(asked, form), 422
    try:
        found = answer_wish(actor, asked, form)
    except SeriesNotBookable as refusal:
        session().rollback()
        form.say("", series.not_bookable())
        return _page(asked, form, refusal.preview), 422
    except Refusal as refusal:
        session().rollback()
        return _refused(asked, form, refusal)
    if isinstance(found, Preview):
        return _page(asked, form, found)
    session().commit()
    flash(
        ngettext(
            "%(room)s is booked on %(num)s date.",
            "%(room)s is booked on %(num)s dates.",
            found.dates,
            room=asked.room.name,
        )
    )
    if found.series.person_id != actor.person_id:
        return go_to(url_for("bookings.index_mine"))
    series_page = url_for("bookings.show_series", series_id=found.series.id)
    return go_to(invoice_address(bill_now(policy.when)) or series_page)


@blueprint.get("/bookings/series/<int:series_id>")
@in_section("bookings")
def show_series(series_id: int) -> str:
    """One's own series: its rule, its dates, and what can be done about them. 404 for another person's."""
    view = find_series(session(), auth.signed_in(), series_id, auth.now())
    rows = series.series_rows(view, url_for("bookings.show", booking_id=0).removesuffix("0"))
    return render_template(
        "bookings/series/show.html",
        view=view,
        rule=rule_words(view.rule),
        time=series.usual_time(view),
        strikes=series.strike_words(view),
        until=wording.full_day(view.last_day),
        coming=[row for row in rows if not row.over],
        past=[row for row in rows if row.over and not row.left_out],
        ahead=len(view.ahead),
    )


def _agrees(form: series.RepeatForm, policy: Policy) -> bool:
    """Whether the page had said that it is to be paid at once, where it is."""
    if agrees(policy):
        return True
    form.say("", _("It is to be paid at once now. Look at the dates again, and book if it suits you."))
    return False


def _asked(values: MultiDict[str, str]) -> Asked:
    asked = asked_of(values, id_of(values.get("for", "")))
    require_bookings_at(asked.room.location_id)
    return asked


def _refused(asked: Asked, form: series.RepeatForm, refusal: Refusal) -> Answer:
    if isinstance(refusal, NotPermitted | NotFound):
        raise NotFound from refusal
    form.say("", series.explain(refusal, asked.zone))
    return _page(asked, form), 422


def _page(asked: Asked, form: series.RepeatForm, preview: Preview | None = None) -> str:
    kept: list[tuple[str, Any]] = [("slot", asked.text), ("people", asked.people)]
    if asked.for_person_id:
        kept.append(("for", asked.for_person_id))
    return render_template(
        "bookings/series/new.html",
        kept=kept,
        back=url_for("bookings.show_search"),
        **page_facts(
            asked, form, preview, policy=policy_of(asked.for_person_id or auth.signed_in().person_id)
        ),
    )
