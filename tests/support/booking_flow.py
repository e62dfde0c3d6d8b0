"""All that happens to bookings, from the search to the front desk, said once for every way of using the portal."""

import re
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import expect

from app.domain.booking.cancel import cancel
from app.domain.booking.offering import offer_rooms
from app.kernel.spans import Span
from app.models import BookingExtraOffer, CancellationStep, ExtraPricing, Resource
from tests.support.booking_rows import book
from tests.support.bookings import booked
from tests.support.hands import Hand
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import World

_DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400">
<path d="M10 10h580v380H10z" fill="none" stroke="#333" stroke-width="4"/></svg>"""
_MARKS = {"Fern": ("20", "30"), "Cedar": ("50", "30"), "Rowan": ("80", "60")}
_ZONE = ZoneInfo("Europe/London")
_WEEK = 7 * 24 * 60


class House:
    """Northlight with rooms that staff approve and that are cancelled late, an extra, and days that are wholly ahead."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.tenant = app, world.northlight
        self.day = (datetime.now(_ZONE) + timedelta(days=3)).date()
        with inside(app, self.tenant) as session:
            session.add(BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.PERSON))
            session.add(CancellationStep(resource_type_id=None, hours=200, percent=50))
            kept = {"location_id": self.tenant.locations["Leith Walk"], "capacity": 2}
            kept["resource_type_id"] = self.tenant.types["Meeting room"]
            for room in (
                Resource(name="Hazel", position=10, needs_approval=True, **kept),
                Resource(name="Larch", position=11, cancel_cutoff_minutes=_WEEK, **kept),
            ):
                session.add(room)
                session.flush()
                self.tenant.rooms[room.name] = room.id

    @property
    def day_words(self) -> str:
        """As the week of a room heads its days: `Thursday 3 December`."""
        return f"{self.day:%A} {self.day.day} {self.day:%B}"

    def taken(self, room: str, hour: int, who: str = "colleague") -> int:
        """An hour of that day is somebody's; returns the booking's id."""
        start = datetime.combine(self.day, time(hour), _ZONE).astimezone(UTC)
        return booked(self.app, self.tenant, who, room, Span(start, start + timedelta(hours=1)))

    def begun(self, room: str) -> int:
        """Maya's hour has just begun; returns the booking's id."""
        return book(self.app, self.tenant, "member", room, -0.1)

    def given_up(self, booking_id: int) -> None:
        """The front desk cancels it, and who waits is offered it."""
        with inside(self.app, self.tenant) as session:
            cancel(
                session,
                self.tenant.actor("desk"),
                booking_id,
                lambda: datetime.now(UTC),
                reason="Rain",
                waive=True,
            )
            session.commit()
            offer_rooms(session, lambda: datetime.now(UTC))

    def drawn(self) -> None:
        """The place has a floor plan with three rooms on it."""
        manager = Visitor(self.app, self.tenant)
        manager.sign_in("manager")
        page = f"/admin/locations/{self.tenant.locations['Leith Walk']}/floor-plan"
        manager.post(page, {"picture": (BytesIO(_DRAWING), "plan.svg")}, form=page)
        spots = {
            f"{axis}-{self.tenant.rooms[name]}": spot[at]
            for name, spot in _MARKS.items()
            for at, axis in enumerate("xy")
        }
        assert manager.post(f"{page}/marks", spots, form=page).status_code == 303

    def asked(self, hour: int, people: int) -> str:
        """What the search's address says when it is asked for an hour of that day."""
        return f"date={self.day}&start={hour:02}:00&minutes=60&people={people}"


def find_a_room(hand: Hand, house: House, asked: str = "") -> None:
    """Day, time, people and a filter: one room answers. The address may have `asked` for the day already."""
    hand.page.goto(f"/bookings/search{asked}")
    if not asked:
        hand.write_day("Day", house.day)
    hand.pick("From", "10:00")
    hand.write("People", "4", "spinbutton")
    hand.tick("Screen")
    hand.without_scripts("Search")
    hand.arrives("1 room free", 2)
    expect(hand.front.locator(".room h3")).to_have_text(["Cedar"])


def look_at_the_day(hand: Hand, house: House) -> None:
    """The day of all rooms as a table, and from a free stretch of it back to the search for that."""
    hand.follow("Table")
    row = hand.page.get_by_role("row", name=re.compile("^Fern"))
    expect(row).to_contain_text("08:00 – 20:00")
    hand.follow(re.compile("^Fern, 08:00 – 20:00"))
    expect(hand.page.get_by_label("From")).to_have_value("08:00")
    hand.arrives("Book")


def check_out(hand: Hand) -> None:
    """With lunch for two, whose price is told before it is booked, and why the room costs what it does."""
    hand.arrives("Cedar", 2 if hand.scripts else 1)
    hand.unfold("Extras")
    hand.write(re.compile("^Lunch"), "2", "spinbutton")
    hand.press("Update the price")
    expect(hand.front.get_by_role("button", name="Book for £36.00")).to_be_visible()
    hand.unfold("Why this price?")
    hand.sees("So the room costs £18.00.")
    hand.write(re.compile("^What is it for"), "Planning")


def book_it(hand: Hand) -> None:
    hand.press("Book for £36.00")
    hand.arrives("My bookings")
    hand.hears("Cedar is yours")


def make_it_longer(hand: Hand) -> None:
    """Found under my bookings, and changed for what the page said it costs more."""
    hand.follow(re.compile("Cedar.*Planning"))
    hand.arrives("Cedar")
    hand.follow("Change booking")
    hand.arrives("Change Cedar")
    hand.pick("How long", "2 h")
    hand.without_scripts("Show price")
    hand.sees("You pay £18.00 more.")


def change_it(hand: Hand) -> None:
    hand.press("Change booking")
    hand.arrives("Cedar")
    hand.hears("Changed: Cedar")


def invite(hand: Hand) -> None:
    hand.follow("Add guests")
    hand.arrives("Guests")
    hand.write("Name", "Gale Guest")
    hand.press("Add guest")
    hand.hears("Gale Guest is expected.")
    hand.follow("Back to the booking")
    hand.arrives("Cedar")
    expect(hand.front.get_by_role("link", name=re.compile("1 guest.*Gale Guest"))).to_be_visible()


def come_and_go(hand: Hand, booking_id: int) -> None:
    """Check in to what has begun, and leave before its end."""
    hand.page.goto(f"/bookings/{booking_id}")
    hand.press("Check in")
    hand.arrives("Lark")
    hand.hears("You are checked in to Lark.")
    hand.follow("End early")
    hand.arrives("End Lark early?")
    hand.press("End early")
    hand.hears("You’ve ended Lark early.")


def repeat(hand: Hand, house: House) -> None:
    """Three weeks, of which the second is left out; then the third is cancelled and whatever would come after."""
    weeks = [house.day + timedelta(weeks=number) for number in range(3)]
    hand.page.goto(f"/bookings/search?{house.asked(10, 1)}")
    hand.press("Book Fern")
    hand.arrives("Fern", 2 if hand.scripts else 1)
    hand.follow("Repeat")
    hand.arrives("Repeat Fern")
    hand.write("or how many times", "3", "spinbutton")
    hand.press("Show dates")
    hand.sees("3 dates")
    hand.tick(re.compile(f"^{weeks[1]:%a} {weeks[1].day} {weeks[1]:%b}"))
    hand.press("Book the chosen dates")
    hand.arrives("Fern")
    hand.sees("2 dates")
    hand.follow(re.compile(f"^{weeks[2]:%a} {weeks[2].day} {weeks[2]:%b}"))
    hand.follow("Cancel this and later dates")
    hand.arrives("Cancel dates of Fern?")
    expect(hand.front.get_by_role("radio", name="From a day on")).to_be_checked()
    hand.press("Cancel dates")
    hand.arrives("Fern")
    hand.sees("1 date")


def wait_for_a_room(hand: Hand, house: House) -> None:
    """Nothing is free for so many: get in line."""
    hand.page.goto(f"/bookings/search?{house.asked(16, 12)}")
    hand.arrives("No room is free then", 2)
    hand.pick("When it may be", "Up to 30 minutes earlier or later")
    hand.press("Wait for it")
    hand.arrives("My bookings")
    hand.hears("You are in line.")


def take_the_offer(hand: Hand) -> None:
    hand.page.goto("/bookings/mine")
    hand.sees("Free for you")
    hand.follow("Take it")
    hand.arrives("Rowan")
    hand.press("Book for £18.00")
    hand.arrives("My bookings")
    hand.hears("Rowan is yours")


def ask_for_a_room(hand: Hand, house: House) -> None:
    hand.page.goto(f"/bookings/search?{house.asked(11, 2)}")
    hand.press("Book Hazel")
    hand.arrives("Hazel", 2 if hand.scripts else 1)
    hand.sees("The front desk approves this room.")
    hand.press("Ask for it for £18.00")
    hand.arrives("My bookings")
    hand.hears("You have asked for Hazel")
    hand.sees("Waits for approval")


def approve_it(hand: Hand) -> None:
    hand.page.goto("/admin/bookings/requests")
    hand.press(re.compile("^Approve Hazel for .*Maya Member"))
    hand.arrives("Hazel")
    hand.hears("Approved.")


def cancel_late(hand: Hand) -> None:
    """What it costs by now is said before it is done."""
    hand.page.goto("/bookings/mine")
    hand.follow(re.compile("^Larch"))
    hand.follow("Cancel booking")
    hand.arrives("Cancel Larch?")
    hand.sees("Cancelling now costs 50 %: £9.00.")
    hand.press("Cancel for £9.00")
    hand.arrives("My bookings")
    hand.hears("Larch is cancelled.")


def find_at_the_desk(hand: Hand, house: House) -> None:
    """Who comes that day, by name, and from there the timeline."""
    hand.page.goto(f"/admin/bookings?date={house.day}")
    hand.write("Search by person, room or title", "maya", "searchbox")
    hand.without_scripts("Search")
    expect(hand.page).to_have_url(re.compile("q=maya"))
    expect(hand.page.get_by_role("rowheader", name="Maya Member")).to_be_visible()
    hand.follow("Timeline")
    hand.arrives("Timeline")


def welcome_at_the_desk(hand: Hand) -> None:
    hand.page.goto("/admin/bookings/day")
    hand.press(re.compile("^Check in Maya Member, Lark"))
    hand.arrives("Timeline")
    hand.hears("Maya Member is checked in to Lark.")


def choose_on_the_plan(hand: Hand, house: House) -> None:
    """From the list beside the floor plan, which says the same as its marks."""
    hand.page.goto(f"/bookings/floor?{house.asked(10, 4)}")
    plan = hand.page.get_by_role("region", name="Floor plan")
    expect(plan.get_by_role("button", name="Cedar, free: book it")).to_be_visible()
    expect(plan.get_by_role("link", name="Fern, Taken")).to_be_visible()
    hand.press("Book Cedar")
    hand.arrives("Cedar", 2 if hand.scripts else 1)
    expect(hand.front.get_by_role("button", name="Book for £18.00")).to_be_visible()
