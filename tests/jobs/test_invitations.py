"""Mails about bookings bring the calendar's entry along: one mail an action, one entry through all of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any, cast

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.domain.booking.book import book
from app.domain.booking.cancel import cancel
from app.domain.booking.extend import extend
from app.domain.booking.hold import confirm, hold
from app.domain.booking.move import move
from app.domain.booking.moving import MoveBooking
from app.domain.booking.offering import offer_rooms
from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_cancel import CancelDates, cancel_dates
from app.domain.booking.series_move import move_dates
from app.domain.booking.series_moving import MoveDates
from app.domain.booking.series_rows import Range
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.shorten import end_early
from app.domain.booking.terms import BookRoom, RoomQuery
from app.domain.booking.waitlist import wait_for
from app.domain.calendars.invitations import wish_invitations
from app.domain.spaces.locations import edit_location
from app.domain.spaces.terms import LocationDetails
from app.integrations.smtp import compose
from app.jobs.deliver import Letter, MailTools, deliver_due
from app.kernel.spans import Span
from app.models import Booking, BookingSeries, BookingStatus, Choice, NoticePreference, Resource
from app.ports import MailMessage, MailServer
from app.tenancy import tenant_session
from app.web.mail import MailTemplates
from tests.support.calendar_store import CalendarStore, Seated
from tests.support.notices import SAMPLES
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = Span(NOW + timedelta(hours=1), NOW + timedelta(hours=2))


class Member:
    """Maya, who books Fern, and her mailbox."""

    def __init__(self, app: Flask, open_session: Callable[[], Session], tenant: TenantWorld) -> None:
        self.tenant, self.now = tenant, NOW
        self.actor = tenant.actor("member")
        self.box: list[MailMessage] = []
        self._open_session = open_session
        self._tools = MailTools(self, MailTemplates(app, app.extensions["portico_settings"]))

    def send(self, message: MailMessage) -> None:
        self.box.append(message)

    def does(self, verb: Callable[..., object], *about: object, **more: object) -> object:
        with tenant_session(self._open_session, self.tenant.id) as session:
            done = verb(session, self.actor, *about, lambda: self.now, **more)
            return getattr(done, "id", None)

    def find(self, *where: ColumnElement[bool]) -> int:
        with tenant_session(self._open_session, self.tenant.id) as session:
            return session.scalars(select(Booking.id).where(*where)).one()

    def books(self, title: str = "Sprint") -> int:
        return cast(int, self.does(book, BookRoom(self.tenant.rooms["Fern"], TEN, title=title)))

    def booked(self) -> list[tuple[datetime, datetime]]:
        """What she has, by its start."""
        with tenant_session(self._open_session, self.tenant.id) as session:
            stands = Booking.status == BookingStatus.CONFIRMED
            rows = session.execute(select(Booking.starts_at, Booking.ends_at).where(stands)).all()
            return sorted((start, end) for start, end in rows)

    def seated(self) -> list[Seated]:
        """The same with the room, and what it is for."""
        with tenant_session(self._open_session, self.tenant.id) as session:
            stands = Booking.status == BookingStatus.CONFIRMED
            rooms = and_(Resource.tenant_id == Booking.tenant_id, Resource.id == Booking.resource_id)
            columns = Booking.starts_at, Booking.ends_at, Resource.name, Booking.title
            rows = session.execute(select(*columns).join(Resource, rooms).where(stands)).all()
            return sorted((start, end, room, title or room) for start, end, room, title in rows)

    def series_id(self) -> int:
        with tenant_session(self._open_session, self.tenant.id) as session:
            return session.scalars(select(BookingSeries.id)).one()

    def goes_by(self, zone: str) -> None:
        """Leith Walk changes its zone."""
        location_id, manager = self.tenant.locations["Leith Walk"], self.tenant.actor("manager")
        details = LocationDetails("Leith Walk", "", zone)
        with tenant_session(self._open_session, self.tenant.id) as session:
            edit_location(session, manager, location_id, details, lambda: self.now, agreed=True)

    def mails(self) -> list[MailMessage]:
        """What came since the last look."""
        before = len(self.box)
        deliver_due(self._open_session, self.tenant.id, self._tools, lambda: self.now).result()
        return self.box[before:]


@pytest.fixture
def maya(app: Flask, open_session: Callable[[], Session], world: World) -> Member:
    return Member(app, open_session, world.northlight)


def _entry(mail: MailMessage) -> Any:
    """The entry that a mail program finds in what went over the wire."""
    wire = compose(mail, "us@example.test").as_bytes()
    read = message_from_bytes(wire, policy=policy.default)
    (part,) = [each for each in read.walk() if each.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    (event,) = calendar.walk("VEVENT")
    return event


def test_one_entry_goes_through_all_that_is_done(maya: Member) -> None:
    booking_id = maya.books()
    (first,) = maya.mails()
    maya.now = TEN.start + timedelta(minutes=10)
    maya.does(extend, booking_id, 30)
    (second,) = maya.mails()
    maya.does(extend, booking_id, 30)
    (third,) = maya.mails()
    maya.does(end_early, booking_id)
    (fourth,) = maya.mails()
    entries = [_entry(each) for each in (first, second, third, fourth)]
    assert len({str(each["UID"]) for each in entries}) == 1
    assert [each["SEQUENCE"] for each in entries] == [0, 1, 2, 3]
    ends = [each["DTEND"].dt.astimezone(UTC) for each in entries]
    assert ends == [TEN.end, TEN.end + timedelta(minutes=30), TEN.end + timedelta(hours=1), TEN.start + timedelta(minutes=11)]  # fmt: skip
    assert {each["DTSTART"].dt.astimezone(UTC) for each in entries} == {TEN.start}
    assert {str(each["STATUS"]) for each in entries} == {"CONFIRMED"}


def test_what_is_cancelled_leaves_the_calendar(maya: Member) -> None:
    booking_id = maya.books()
    (made,) = maya.mails()
    maya.does(cancel, booking_id)
    (gone,) = maya.mails()
    assert made.invitation
    assert made.invitation.method == "REQUEST"
    assert gone.invitation
    assert gone.invitation.method == "CANCEL"
    assert (_entry(gone)["UID"], _entry(gone)["SEQUENCE"]) == (_entry(made)["UID"], 1)
    assert str(_entry(gone)["STATUS"]) == "CANCELLED"


def _into(store: CalendarStore, mails: list[MailMessage]) -> None:
    for mail in mails:
        assert mail.invitation
        store.receive(mail.invitation.text)


def test_a_calendar_that_goes_by_the_mails_shows_what_is_booked(maya: Member) -> None:
    """A single one through everything that becomes of it, a series through all that becomes of its dates, until nothing is left."""
    store = CalendarStore()
    fern, day = maya.tenant.rooms["Fern"], date(2026, 3, 23)
    far = Span(TEN.start + timedelta(days=7), TEN.end + timedelta(days=7))
    booking_id = cast(int, maya.does(book, BookRoom(fern, far)))
    maya.does(book_series, BookSeries(fern, Pattern(day, Every.WEEK, count=4), 900, 60))
    _into(store, maya.mails())
    assert (store.shown(), len(store.shown())) == (maya.booked(), 5)
    second = maya.find(Booking.series_day == day + timedelta(weeks=1))
    third = maya.find(Booking.series_day == day + timedelta(weeks=2))
    maya.does(cancel, second)
    later = Span(*(datetime(2026, 4, 7, hour, tzinfo=UTC) for hour in (12, 13)))
    maya.does(move, third, MoveBooking(fern, later, 1, ""))
    _into(store, maya.mails())
    assert (store.shown(), len(store.shown())) == (maya.booked(), 4)
    maya.goes_by("Asia/Kathmandu")
    assert maya.booked() != store.shown()
    _into(store, maya.mails())
    assert (store.shown(), len(store.shown())) == (maya.booked(), 4)
    maya.does(cancel_dates, CancelDates(maya.series_id(), Range()))
    maya.does(cancel, booking_id)
    _into(store, maya.mails())
    assert store.shown() == maya.booked() == []


def test_a_date_of_a_series_in_another_room_is_there_in_the_calendar_and_the_others_where_they_are(
    maya: Member,
) -> None:
    """At its time, then for something else; then all others go there, and one of them on its own."""
    store = CalendarStore()
    fern, cedar, day = maya.tenant.rooms["Fern"], maya.tenant.rooms["Cedar"], date(2026, 3, 23)
    pattern = Pattern(day, Every.WEEK, count=4)
    maya.does(book_series, BookSeries(fern, pattern, 900, 60, title="Choir"))
    second = maya.find(Booking.series_day == day + timedelta(weeks=1))
    then = Span(*(datetime(2026, 3, 30, hour, tzinfo=UTC) for hour in (14, 15)))
    for title in ("Choir", "Concert"):
        maya.does(move, second, MoveBooking(cedar, then, 1, title))
        _into(store, maya.mails())
        assert store.seated() == maya.seated()
        assert [(room, what) for _start, _end, room, what in store.seated()] == [
            ("Fern", "Choir"),
            ("Cedar", title),
            ("Fern", "Choir"),
            ("Fern", "Choir"),
        ]
    maya.does(move_dates, MoveDates(maya.series_id(), Range(day + timedelta(weeks=2)), 900, 60, cedar))
    _into(store, maya.mails())
    assert store.seated() == maya.seated()
    assert [room for _start, _end, room, _what in store.seated()] == ["Fern", "Cedar", "Cedar", "Cedar"]


def test_a_date_at_another_location_takes_no_other_along_to_its_clock(maya: Member) -> None:
    """Porto goes by New York: the others stay at three in London, on both sides of the change of its clock."""
    store = CalendarStore()
    day = date(2026, 3, 23)
    maya.does(book_series, BookSeries(maya.tenant.rooms["Fern"], Pattern(day, Every.WEEK, count=3), 900, 60))
    second = maya.find(Booking.series_day == day + timedelta(weeks=1))
    then = Span(*(datetime(2026, 3, 30, hour, tzinfo=UTC) for hour in (14, 15)))
    maya.does(move, second, MoveBooking(maya.tenant.rooms["Tejo"], then, 1, ""))
    _into(store, maya.mails())
    assert store.seated() == maya.seated()
    assert [(start.hour, room) for start, _end, room, _what in store.seated()] == [
        (15, "Fern"),
        (14, "Tejo"),
        (14, "Fern"),
    ]


def test_a_hold_is_nothing_until_it_is_confirmed(maya: Member) -> None:
    held = maya.does(hold, BookRoom(maya.tenant.rooms["Fern"], TEN))
    assert maya.mails() == []
    maya.does(confirm, held)
    (mail,) = maya.mails()
    assert (_entry(mail)["SEQUENCE"], str(_entry(mail)["SUMMARY"])) == (0, "Fern")


def test_it_says_who_invites_and_where_to(maya: Member) -> None:
    maya.books()
    (mail,) = maya.mails()
    event = _entry(mail)
    assert str(event["ORGANIZER"]) == "mailto:portico@localhost"
    assert event["ORGANIZER"].params["CN"] == "Northlight"
    assert str(event["ATTENDEE"]) == "mailto:member@example.test"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Sprint", "Fern, Leith Walk")
    assert "us@example.test" not in str(event["ORGANIZER"])


def _first_letter(app: Flask, maya: Member) -> tuple[MailTemplates, Letter]:
    """Of what she books, and what writes it."""
    seen: list[Letter] = []
    templates = MailTemplates(app, app.extensions["portico_settings"])

    class Renderer:
        def render(self, letter: Letter) -> MailMessage:
            seen.append(letter)
            return templates.render(letter)

    maya._tools = replace(maya._tools, renderer=Renderer())
    maya.books()
    maya.mails()
    return templates, seen[0]


def test_the_tenants_own_address_invites_where_it_has_one(app: Flask, maya: Member) -> None:
    templates, letter = _first_letter(app, maya)
    server = MailServer(
        "smtp.example", 587, tls=False, username="", sealed_password=None, sender="desk@northlight.example"
    )
    mail = templates.render(replace(letter, server=server))
    assert str(_entry(replace(mail, server=None))["ORGANIZER"]) == "mailto:desk@northlight.example"


@pytest.mark.parametrize(
    "kind",
    [
        "booking.confirmed",
        "booking.changed",
        "booking.cancelled",
        "booking.released",
        "booking.offered",
        "guest.invited",
        "guest.changed",
    ],
)
def test_a_mail_names_the_unit_of_a_room_that_has_several(app: Flask, maya: Member, kind: str) -> None:
    templates, letter = _first_letter(app, maya)
    data = SAMPLES[kind] | {"unit_names": ["Window"]}
    assert ", Window" in templates.render(replace(letter, kind=kind, data=data, invites=False)).text


def test_who_does_not_want_them_gets_the_mail_alone(
    maya: Member, open_session: Callable[[], Session]
) -> None:
    with tenant_session(open_session, maya.tenant.id) as session:
        wish_invitations(session, maya.actor.person_id, wanted=False)
    maya.books()
    (mail,) = maya.mails()
    assert mail.invitation is None
    assert "calendar" not in compose(mail, "us@example.test").as_string()


def test_who_wants_no_mail_of_bookings_gets_none(maya: Member, open_session: Callable[[], Session]) -> None:
    with tenant_session(open_session, maya.tenant.id) as session:
        for kind in ("booking.confirmed", "booking.changed"):
            session.add(
                NoticePreference(person_id=maya.actor.person_id, kind=kind, channel="mail", choice=Choice.OFF)
            )
    booking_id = maya.books()
    maya.now = TEN.start
    maya.does(extend, booking_id, 30)
    assert maya.mails() == []
    maya.does(end_early, booking_id)
    assert maya.mails() == []


def test_what_is_only_offered_is_in_no_calendar(maya: Member) -> None:
    rowan = RoomQuery(maya.tenant.locations["Leith Walk"], TEN, people=12)
    maya.does(wait_for, rowan, 0)
    maya.does(lambda session, _actor, clock: offer_rooms(session, clock))
    (mail,) = maya.mails()
    assert mail.invitation is None
    assert "Rowan" in mail.subject
    offer = maya.find(Booking.status == BookingStatus.HELD)
    maya.does(confirm, offer)
    (mail,) = maya.mails()
    assert _entry(mail)["SEQUENCE"] == 0
