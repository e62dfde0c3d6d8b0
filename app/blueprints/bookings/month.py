"""A month of my bookings: a calendar, with the list of its days below it on a phone, and a table that says the same."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine as bookings_of
from app.domain.booking.view import BookingView
from app.domain.booking.week import DAYS, monday_of
from app.kernel.spans import Span
from app.web import auth, booked, wording
from app.web.access import in_section
from app.web.booked import Booked
from app.web.database import session

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
_ONE = timedelta(days=1)
_FIRST, _LAST = 2000, 2099


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A cell of the calendar. `href` leads to the rooms of that day and is empty for days that are over."""

    number: int
    label: str
    href: str
    inside: bool
    """Whether it is of this month, and no filling of its first or last week."""
    today: bool
    rows: list[Booked]


@blueprint.get("/bookings/month")
@in_section("bookings")
def show_month() -> Any:
    """The month of `month=2026-11`, with `view=table` as a table. 422 for one that does not exist; this one is shown then."""
    today = auth.today()
    text = request.args.get("month", "")
    asked = _month_of(text)
    wrong = _("That month does not exist. This is the present one.") if text and asked is None else ""
    first = asked or today.replace(day=1)
    days = _days(first)
    found = bookings_of.within(session(), auth.signed_in(), _window(days), auth.now())
    rows = dict(zip((view.id for view in found), booked.booked_rows(found), strict=True))
    by_day = _by_day(found, rows)
    table = request.args.get("view") == "table"
    own = [(day, row) for day in days if day.month == first.month for row in by_day.get(day, ())]
    page = render_template(
        "bookings/month_table.html" if table else "bookings/month.html",
        wrong=wrong,
        month_words=wording.full_month(first),
        weekdays=[(wording.weekday(day), wording.short_weekday(day)) for day in days[:DAYS]],
        weeks=[_week(days[at : at + DAYS], first, today, by_day) for at in range(0, len(days), DAYS)],
        agenda=[
            (wording.long_day(day), [row for _day, row in group])
            for day, group in groupby(own, key=lambda each: each[0])
        ],
        count=ngettext("%(num)s booking", "%(num)s bookings", len({row.id for _day, row in own})),
        **_links(first, today, table=table),
    )
    return page, 422 if wrong else 200


def _month_of(text: str) -> date | None:
    """The first day of `2026-11`."""
    match = _MONTH.fullmatch(text)
    return date(int(match[1]), int(match[2]), 1) if match else None


def _following(first: date) -> date:
    return (first + 31 * _ONE).replace(day=1)


def _days(first: date) -> list[date]:
    """Whole weeks from the Monday before the first of the month on, until the month is over."""
    begins, over = monday_of(first), _following(first)
    weeks = -(-(over - begins).days // DAYS)
    return [begins + n * _ONE for n in range(weeks * DAYS)]


def _window(days: list[date]) -> Span:
    """The same in UTC with a day to spare, because each booking stands on the days of its own place."""
    start, end = (datetime.combine(day, time(), UTC) for day in (days[0] - _ONE, days[-1] + 2 * _ONE))
    return Span(start, end)


def _by_day(views: list[BookingView], rows: dict[int, Booked]) -> dict[date, list[Booked]]:
    """Bookings by each local day that they reach into."""
    found: dict[date, list[Booked]] = {}
    for view in views:
        tz = ZoneInfo(view.zone)
        day = view.starts_at.astimezone(tz).date()
        last = (view.ends_at - timedelta(minutes=1)).astimezone(tz).date()
        while day <= last:
            found.setdefault(day, []).append(rows[view.id])
            day += _ONE
    return found


def _week(days: list[date], first: date, today: date, by_day: dict[date, list[Booked]]) -> list[MonthDay]:
    address = url_for("bookings.show_day", date="")
    return [
        MonthDay(
            day.day,
            wording.long_day(day),
            f"{address}{day.isoformat()}" if day >= today else "",
            day.month == first.month,
            day == today,
            by_day.get(day, []),
        )
        for day in days
    ]


def _links(first: date, today: date, *, table: bool) -> dict[str, Any]:
    """Addresses of the months before and after, of this one, and of the other view."""

    def href(month: date, *, table: bool) -> str:
        return url_for(
            "bookings.show_month",
            month=f"{month:%Y-%m}" if month != today.replace(day=1) else None,
            view="table" if table else None,
        )

    before, after = (first - _ONE).replace(day=1), _following(first)
    return {
        "steps": {
            "before": href(before, table=table) if before.year >= _FIRST else "",
            "after": href(after, table=table) if after.year <= _LAST else "",
        },
        "views": [
            (_("Month"), href(first, table=False), not table, "calendar"),
            (_("Table"), href(first, table=True), table, "table"),
        ],
    }
