"""Reading calendars of elsewhere over real sockets: what comes in time and in size, and what does not come in at all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.terms import BookRoom, RoomTaken
from app.domain.calendars.outside import calendar_of, follow
from app.integrations.calendars import WebCalendars
from app.integrations.guarded import GuardedClient, Rules
from app.jobs.calendars import CalendarTools, read_calendars
from app.kernel.spans import Span
from app.models import Occupancy, OutsideCalendar
from app.ports import CalendarAnswer, CalendarSource
from app.tenancy import tenant_session
from tests.support.calendars import BOX, calendar_file
from tests.support.staff import Desk
from tests.support.world import World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
EVENT = "UID:1\nDTSTART:20261125T100000Z\nDTEND:20261125T110000Z"
EVERY_DAY = "UID:2\nDTSTART:20260101T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    etag: str = ""
    location: str = ""
    asked_with: list[str | None] = field(default_factory=list)


@pytest.fixture
def answer() -> Answer:
    return Answer(calendar_file(EVENT))


@pytest.fixture
def address(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.headers.get("If-None-Match")
            answer.asked_with.append(sent)
            known = bool(answer.etag) and sent == answer.etag
            self.send_response(304 if known else answer.status)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            if not known:
                self.wfile.write(answer.body)

        def log_message(self, *_about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/secret.ics"
    server.shutdown()
    thread.join()
    server.server_close()


class Reader:
    """Reads what is due for Northlight, whose Fern follows the calendar."""

    def __init__(self, open_session: Callable[[], Session], world: World, address: str) -> None:
        self.now, self.tenant = NOW, world.northlight
        self.rules = Rules(admits_loopback=True, seconds=2.0, size=200_000)
        self._open_session = open_session
        with self.session() as session:
            follow(
                session, self.tenant.actor("manager"), self.tenant.rooms["Fern"], address, BOX, lambda: NOW
            )

    def session(self) -> AbstractContextManager[Session]:
        return tenant_session(self._open_session, self.tenant.id)

    def reads(self, around: Callable[[CalendarSource], CalendarSource] = lambda it: it) -> OutsideCalendar:
        tools = CalendarTools(around(WebCalendars(GuardedClient(self.rules))), BOX)
        read_calendars(self._open_session, self.tenant.id, tools, lambda: self.now)
        with self.session() as session:
            found = calendar_of(session, self.tenant.rooms["Fern"])
            assert found is not None
            session.expunge_all()
            return found

    def blocked(self) -> list[datetime]:
        with self.session() as session:
            return list(session.scalars(select(Occupancy.blocks_from).order_by(Occupancy.blocks_from)))


@pytest.fixture
def reader(open_session: Callable[[], Session], world: World, address: str) -> Reader:
    return Reader(open_session, world, address)


def test_what_is_there_blocks_here(reader: Reader) -> None:
    row = reader.reads()
    assert (row.fault, row.read_at, row.left_out) == ("", NOW, 0)
    assert reader.blocked() == [datetime(2026, 11, 25, 10, tzinfo=UTC)]


def test_what_repeats_blocks_for_two_years_and_rolls_on(reader: Reader, answer: Answer) -> None:
    """As far ahead as a date of a series may be, that day included."""
    answer.body, answer.etag = calendar_file(EVERY_DAY), '"1"'
    reader.reads()
    assert len(reader.blocked()) == 732
    assert reader.blocked()[-1] == datetime(2028, 11, 24, 12, tzinfo=UTC)
    reader.now += timedelta(days=1)
    reader.reads()
    assert len(reader.blocked()) == 732
    assert reader.blocked()[0] == datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_busy_time_in_five_months_blocks(reader: Reader, answer: Answer) -> None:
    answer.body = calendar_file("UID:3\nDTSTART:20270423T090000Z\nDTEND:20270423T120000Z")
    reader.reads()
    front, span = reader.tenant, Span(*(datetime(2027, 4, 23, hour, tzinfo=UTC) for hour in (9, 10)))
    with reader.session() as session, pytest.raises(RoomTaken):
        book(session, front.actor("member"), BookRoom(front.rooms["Fern"], span), lambda: NOW)


def test_the_page_says_until_when_a_calendar_of_very_many_dates_blocks(
    app: Flask, world: World, reader: Reader, answer: Answer
) -> None:
    answer.body = calendar_file(
        *(f"UID:{n}\nDTSTART:20261125T{n:02}0000Z\nDURATION:PT5M\nRRULE:FREQ=DAILY" for n in range(20))
    )
    until = reader.reads().known_until
    assert until is not None
    assert max(reader.blocked()) < until
    text = Desk(app, world.northlight, "manager").get(
        f"/admin/resources/{world.northlight.rooms['Fern']}/calendar"
    )
    assert "It holds so many dates that only those until" in text.text
    answer.body = calendar_file(EVENT)
    reader.now += timedelta(minutes=15)
    assert reader.reads().known_until is None


def test_what_has_not_changed_is_not_sent_again(reader: Reader, answer: Answer) -> None:
    answer.etag = '"1"'
    reader.reads()
    reader.reads()
    assert answer.asked_with == [None], "it is not due yet"
    reader.now += timedelta(minutes=15)
    assert reader.reads().read_at == reader.now
    assert answer.asked_with == [None, '"1"']
    assert len(reader.blocked()) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": 404}, "bad_status"),
        ({"status": 304}, "bad_status"),
        ({"status": 302, "location": "https://elsewhere.example/"}, "redirected"),
        ({"status": 302, "location": "http://169.254.169.254/latest"}, "redirected"),
        ({"body": b"<!doctype html>"}, "no_calendar"),
        ({"body": calendar_file(*[EVENT] * 10_000)}, "too_large"),
        ({"body": calendar_file(*["UID:1"] * 10_000)}, "too_large"),
        ({"body": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000}, "too_many"),
    ],
)
def test_what_goes_wrong_is_kept_and_what_was_read_goes_on_blocking(
    reader: Reader, answer: Answer, change: dict[str, object], fault: str
) -> None:
    reader.reads()
    for name, value in change.items():
        setattr(answer, name, value)
    reader.now += timedelta(minutes=15)
    row = reader.reads()
    assert (row.fault, row.read_at, row.tried_at) == (fault, NOW, reader.now)
    assert len(reader.blocked()) == 1


def test_a_private_address_is_never_asked(reader: Reader, answer: Answer) -> None:
    """In service nothing of the server's own network is admitted; the same address is fetched where the rules admit it."""
    reader.rules = Rules(seconds=2.0)
    row = reader.reads()
    assert row.fault in {"private_address", "not_https"}
    assert (answer.asked_with, reader.blocked()) == ([], [])


class OneFails:
    """Falls over the first that is asked for; the others are read."""

    def __init__(self, source: CalendarSource) -> None:
        self._source, self._failed = source, False

    def ask(self, address: str, etag: str) -> CalendarAnswer:
        if not self._failed:
            self._failed = True
            raise OverflowError("date value out of range")
        return self._source.ask(address, etag)


def test_one_that_fails_keeps_no_other_from_being_read(
    app: Flask, world: World, reader: Reader, address: str
) -> None:
    tenant, cedar = world.northlight, world.northlight.rooms["Cedar"]
    with reader.session() as session:
        follow(session, tenant.actor("manager"), cedar, address, BOX, lambda: NOW)
    row = reader.reads(OneFails)
    assert (row.fault, row.read_at, row.next_at) == ("failed", None, NOW + timedelta(minutes=15))
    with reader.session() as session:
        assert session.scalars(select(Occupancy.resource_id)).all() == [cedar]
    page = Desk(app, tenant, "manager").get(f"/admin/resources/{tenant.rooms['Fern']}/calendar").text
    assert "It could not be read. The server’s log says why." in page


def test_the_page_says_how_it_stands(
    app: Flask, world: World, reader: Reader, answer: Answer, address: str
) -> None:
    desk = Desk(app, world.northlight, "manager")
    page = f"/admin/resources/{world.northlight.rooms['Fern']}/calendar"
    assert "It has not been read yet." in desk.get(page).text
    answer.body = calendar_file(
        "UID:1\nDTSTART;TZID=No/Where:20261125T100000\nDURATION:PT1H", "UID:2\nDTSTART:x"
    )
    reader.reads()
    text = desk.get(page).text
    assert "No/Where" in text
    assert "1 event could not be understood in full." in text
    assert "127.0.0.1" in text
    assert "secret.ics" not in text
    answer.status = 500
    reader.now += timedelta(minutes=15)
    reader.reads()
    assert "it answers 500" in desk.get(page).text
    assert desk.send(f"{page}/outside", {"address": "nonsense"}).status_code == 422
    assert "Enter an address that begins with" in desk.send(f"{page}/outside", {"address": "nonsense"}).text
    assert desk.send(f"{page}/outside", {"address": address}).status_code == 303
    assert desk.send(f"{page}/outside/reading").status_code == 303
    assert desk.send(f"{page}/outside/removal").status_code == 303
    assert reader.blocked() == []
