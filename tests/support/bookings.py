"""Booking through the portal's own pages, and counting what that asks of the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.domain.booking.book import book
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.terms import BookRoom
from app.kernel.spans import Span
from app.tenancy import tenant_session
from app.web.database import db
from app.web.slots import slot_value
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
"""A Tuesday morning in London, where it is winter: local time is UTC."""
SEARCH = "/bookings/search?date=2026-11-25&start=10:00&minutes=60"


def span(hour: int, minute: int = 0, minutes: int = 60, *, days: int = 1) -> Span:
    """A span at that London time, so many days after NOW."""
    start = (NOW + timedelta(days=days)).replace(hour=hour, minute=minute)
    return Span(start, start + timedelta(minutes=minutes))


def booked(
    app: Flask, tenant: TenantWorld, who: str, room: str, when: Span, title: str = "", *, whose: str = ""
) -> int:
    """Book a room by the rules, behind the pages' back, for who does it or for a colleague; returns the booking's id."""
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        command = BookRoom(
            tenant.rooms[room], when, title=title, for_person_id=tenant.people[whose] if whose else None
        )
        return book(session, tenant.actor(who), command, lambda: datetime.now(UTC)).id


def repeated(app: Flask, tenant: TenantWorld, who: str, times: int = 3) -> int:
    """Fern for somebody every week at five, by the rules; returns the series' id."""
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        pattern = Pattern((NOW + timedelta(days=2)).date(), Every.WEEK, count=times)
        wish = BookSeries(tenant.rooms["Fern"], pattern, 17 * 60, 60)
        return book_series(session, tenant.actor(who), wish, lambda: datetime.now(UTC)).series.id


def hold(visitor: Visitor, room: str, when: Span, **more: str) -> TestResponse:
    """Press a room's button on the search page."""
    slot = slot_value(visitor.tenant.rooms[room], when)
    return visitor.post("/bookings/holds", {"slot": slot, "people": "1", **more}, form=SEARCH)


def id_in(answer: TestResponse) -> int:
    """The booking that a redirect leads to."""
    found = re.search(r"/bookings/(\d+)", answer.headers["Location"])
    assert found
    return int(found[1])


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that are sent to the database; setting the tenant of a transaction is none of a page's."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "set_config" not in statement:
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
