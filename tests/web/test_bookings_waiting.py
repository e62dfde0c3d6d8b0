"""The waiting list on the pages: offered where nothing is free, kept under my bookings, taken with one tap."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.booking.offering import offer_rooms
from app.models import Notice, PayWhen, Resource, WaitlistEntry
from app.tenancy import tenant_session
from app.web.database import db
from app.web.notice_words.bookings import offered
from tests.support.bookings import NOW, SEARCH, booked, span
from tests.support.notices import SAMPLES
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

TYPED = {"date": "2026-11-25", "start": "10:00", "minutes": "60", "people": "2", "tolerance": "30"}
WAITS = "/bookings/waits"
MINE = "/bookings/mine"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(app: Flask, world: World) -> TenantWorld:
    """Fern is the one room for two, and the front desk has it."""
    tenant = world.northlight
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        others = Resource.id != tenant.rooms["Fern"]
        session.execute(
            update(Resource).where(others).values(capacity=1),
            execution_options={"synchronize_session": False},
        )
    return tenant


@pytest.fixture
def taken(app: Flask, north: TenantWorld) -> int:
    return booked(app, north, "desk", "Fern", span(10))


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    return visitor


def _run(app: Flask, tenant: TenantWorld) -> None:
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        offer_rooms(session, lambda: datetime.now(UTC))


def _offered(app: Flask, tenant: TenantWorld, taken: int, member: Visitor) -> None:
    """They wait for what is taken, and it is given up."""
    member.post(WAITS, TYPED, form=f"{SEARCH}&people=2")
    desk = Visitor(app, tenant)
    desk.sign_in("desk")
    desk.post(f"/bookings/{taken}/cancellation", {"reason": "Rain"}, form=SEARCH)
    _run(app, tenant)


def _entries(app: Flask, tenant: TenantWorld) -> list[WaitlistEntry]:
    with app.app_context(), tenant_session(db.session.session_factory, tenant.id) as session:
        return list(session.scalars(select(WaitlistEntry)))


def test_it_is_offered_only_where_nothing_is_free(member: Visitor, app: Flask, north: TenantWorld) -> None:
    assert "Wait for a room" not in member.get(f"{SEARCH}&people=2").text
    booked(app, north, "desk", "Fern", span(10))
    assert "Wait for a room" in member.get(f"{SEARCH}&people=2").text


def test_waiting_being_offered_and_taking_it(
    app: Flask, north: TenantWorld, taken: int, member: Visitor
) -> None:
    answer = member.post(WAITS, TYPED, form=f"{SEARCH}&people=2")
    assert (answer.status_code, answer.headers["Location"]) == (303, MINE)
    page = member.get(MINE).text
    assert "You are in line" in page
    assert "first in line" in page
    desk = Visitor(app, north)
    desk.sign_in("desk")
    assert desk.post(f"/bookings/{taken}/cancellation", {"reason": "Rain"}, form=SEARCH).status_code == 303
    _run(app, north)
    page = member.get(MINE).text
    assert "Free for you" in page
    assert "Held for you until 09:37" in page
    found = re.search(r"/bookings/(\d+)/checkout", page)
    assert found
    assert page.count(f"/bookings/{found[1]}") == 1  # once, in the line and not among the bookings
    checkout = member.get(found[0]).text
    assert "Held for you until 09:37" in checkout
    done = member.post(f"/bookings/{found[1]}/confirmation", {"people": "2"}, form=found[0])
    assert done.headers["Location"] == MINE
    _run(app, north)
    page = member.get(MINE).text
    assert "Fern is yours" in page
    assert "Waiting for" not in page


def test_the_notice_books_it_with_one_tap(
    app: Flask, north: TenantWorld, taken: int, member: Visitor
) -> None:
    _offered(app, north, taken, member)
    inbox = member.get("/inbox").text
    assert "£18.00. Held for you until 09:37" in inbox
    form = re.search(r'<form[^>]*action="(/bookings/\d+/confirmation)".*?</form>', inbox, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(people|due)" value="(\d+)"', form[0]))
    assert fields == {"people": "2", "due": "1800"}
    cheaper = member.post(form[1], fields | {"due": "1799"}, form="/inbox")
    assert cheaper.status_code == 422  # it costs more than was seen: the price is shown first
    assert member.post(form[1], fields, form="/inbox").headers["Location"] == MINE
    assert "Fern is yours" in member.get(MINE).text


def test_what_is_paid_at_once_is_taken_in_the_checkout(
    app: Flask, north: TenantWorld, taken: int, member: Visitor
) -> None:
    with inside(app, north) as session:
        choice = BillingChoice(members_pay=PayWhen.NOW, pay_within_minutes=30)
        choose_billing(session, north.actor("owner"), choice, lambda: NOW)
        session.commit()
    _offered(app, north, taken, member)
    inbox = member.get("/inbox").text
    link = re.search(r'href="(/inbox/\d+\?action=take)"[^>]*>\s*Take it and pay', inbox)
    assert link
    assert "/confirmation" not in inbox
    checkout = member.get(link[1]).headers["Location"]
    page = member.get(checkout).text
    fields = dict(re.findall(r'name="(people|due|pays)"[^>]*value="(\w+)"', page))
    assert fields["pays"] == "now"
    confirmation = checkout.replace("checkout", "confirmation")
    assert member.post(confirmation, fields, form=checkout).status_code == 303
    assert "Fern is yours" in member.get(MINE).text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_costs_nothing_is_taken_with_one_tap_wherever_one_pays_at_once(app: Flask) -> None:
    data = {**SAMPLES["booking.offered"], "price_minor": 0, "pays": "now"}
    with app.test_request_context():
        (take,) = offered(Notice(kind="booking.offered", data=data, times=1)).actions
    assert (take.posts, take.fields["pays"]) == (True, "now")


def test_leaving_the_line(app: Flask, north: TenantWorld, taken: int, member: Visitor) -> None:
    member.post(WAITS, TYPED, form=f"{SEARCH}&people=2")
    (entry,) = _entries(app, north)
    member.post(f"{WAITS}/{entry.id}/end", {}, form=MINE)
    page = member.get(MINE).text
    assert "You wait for that no more." in page
    assert "Nothing booked" in page


@pytest.mark.parametrize(
    ("typed", "leads_to", "says"),
    [
        ({"people": "500"}, "/bookings/search?", ""),
        ({"date": "2026-11-24", "start": "08:00"}, "/bookings/search?", ""),
        ({"date": "nonsense"}, "/bookings/search?", "That day does not exist"),
        ({"tolerance": "17"}, "/bookings/search?", "Nobody can wait for that."),
        ({"tolerance": "x"}, "/bookings/search?", "Nobody can wait for that."),
        ({"minutes": "99999"}, "/bookings/search?", "A length from"),
    ],
)
def test_nonsense_leads_back_to_the_question(
    typed: dict[str, str],
    leads_to: str,
    says: str,
    app: Flask,
    north: TenantWorld,
    taken: int,
    member: Visitor,
) -> None:
    answer = member.post(WAITS, TYPED | typed, form=f"{SEARCH}&people=2")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(leads_to)
    assert says in member.get(answer.headers["Location"]).text
    assert _entries(app, north) == []


def test_five_lines_are_enough(app: Flask, taken: int, member: Visitor) -> None:
    for hour in range(10, 15):
        member.post(WAITS, TYPED | {"start": f"{hour}:00"}, form=f"{SEARCH}&people=2")
    member.post(WAITS, TYPED | {"start": "16:00"}, form=f"{SEARCH}&people=2")
    assert "You wait for 5 rooms already" in member.get(MINE).text


def test_another_house_has_its_own_line(app: Flask, world: World, taken: int, member: Visitor) -> None:
    member.post(WAITS, TYPED, form=f"{SEARCH}&people=2")
    (entry,) = _entries(app, world.northlight)
    other = Visitor(app, world.harbour)
    other.sign_in("member")
    assert other.post(f"{WAITS}/{entry.id}/end", {}, form=MINE).status_code == 404
    (entry,) = _entries(app, world.northlight)
    assert entry.ended_at is None
