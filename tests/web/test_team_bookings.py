"""The bookings of a team: what its administrators see of them and do, at whose cost, and what stays with whoever has it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.booking.late_fees import Step, set_ladder
from app.domain.team.manage import retire_team
from app.kernel.clock import system_clock
from app.models import AuditEntry, Booking, BookingStatus, Notice, Team, TeamMember, UnbilledBooking
from tests.support.bookings import booked, span, statements
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

VERBS = ("cancellation", "edit", "edit/price", "extension", "ending")


pytestmark = pytest.mark.usefixtures("tuesday")


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def team_id(app: Flask, north: TenantWorld) -> int:
    """Maya administrates and pays, Colin books for others, Conny is in it."""
    team_id = make_team(app, north, "member", "colleague", "contact")
    _let(app, north, team_id, "colleague", may_book_for_team=True)
    return team_id


@pytest.fixture
def cedar(app: Flask, north: TenantWorld, team_id: int) -> int:
    """Conny has Cedar tomorrow from ten to eleven for £18: Colin booked it for her, so the team pays."""
    return booked(app, north, "colleague", "Cedar", span(10), "Talk", whose="contact")


def _let(app: Flask, tenant: TenantWorld, team_id: int, who: str, **changes: bool) -> None:
    (seat,) = rows(app, tenant, TeamMember, team_id=team_id, person_id=tenant.people[who])
    change(app, tenant, TeamMember, seat.id, **changes)


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


@pytest.fixture
def maya(app: Flask, north: TenantWorld, team_id: int) -> Visitor:
    return _visitor(app, north, "member")


def _booking(app: Flask, north: TenantWorld, booking_id: int) -> Booking:
    return rows(app, north, Booking, id=booking_id)[0]


def _send(visitor: Visitor, path: str, **data: str) -> TestResponse:
    return visitor.post(path, data, form="/account")


def _fields(north: TenantWorld, page: str, **wish: str) -> dict[str, str]:
    hidden = dict(re.findall(r'name="(sequence|due)"[^>]*value="(\d+)"', page))
    filled = {
        "resource_id": str(north.rooms["Cedar"]),
        "day": "2026-11-25",
        "at": "10:00",
        "minutes": "60",
        "people": "1",
        "title": "Talk",
    }
    return filled | hidden | wish


def _told(app: Flask, north: TenantWorld, kind: str) -> list[int | None]:
    return [each.person_id for each in rows(app, north, Notice, kind=kind)]


def test_what_one_books_for_another_is_the_teams_and_what_one_books_for_oneself_is_not(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    own = booked(app, north, "colleague", "Fern", span(9, days=2), "Job interview elsewhere")
    booked(app, north, "owner", "Fern", span(12, days=2))
    page = maya.get(f"/team/{team_id}/bookings").text
    assert "Conny Contact" in page
    assert f"/team/{team_id}/bookings/{cedar}" in page
    assert "Colin Colleague" not in page
    assert "Olive Owner" not in page
    assert "interview" in _visitor(app, north, "colleague").get("/bookings/mine").text, "it is there"
    here = f"/team/{team_id}/bookings/{own}"
    assert maya.get(here).status_code == 404
    for verb in VERBS:
        assert _send(maya, f"{here}/{verb}", reason="Mine now").status_code == 404, verb
    assert _booking(app, north, own).status is BookingStatus.CONFIRMED


def test_what_costs_nothing_is_the_teams_too(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor
) -> None:
    """Nothing is noted to be billed for it: then who booked it for whom says whose it is."""
    booth = booked(app, north, "colleague", "Lark", span(10), whose="contact")
    assert rows(app, north, UnbilledBooking, booking_id=booth) == []
    assert maya.get(f"/team/{team_id}/bookings/{booth}").status_code == 200


def test_of_two_teams_in_common_it_is_the_one_that_pays(
    app: Flask, north: TenantWorld, team_id: int, cedar: int
) -> None:
    second = make_team(app, north, "owner", "colleague", "contact", name="Wave")
    _let(app, north, second, "colleague", may_book_for_team=True)
    olive = _visitor(app, north, "owner")
    assert "Conny" not in olive.get(f"/team/{second}/bookings").text
    assert olive.get(f"/team/{second}/bookings/{cedar}").status_code == 404


def test_who_leaves_leaves_what_the_team_pays_for(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    person = f"/team/{team_id}/people/{north.people['contact']}/removal"
    assert _send(maya, person).status_code == 303
    assert maya.get(f"/team/{team_id}/bookings/{cedar}").status_code == 200
    assert _send(maya, f"/team/{team_id}/bookings/{cedar}/cancellation", reason="Left us").status_code == 303


def test_the_administrator_changes_it_at_the_teams_cost(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    here = f"/team/{team_id}/bookings/{cedar}"
    assert f'href="{here}/edit"' in maya.get(here).text
    page = maya.get(f"{here}/edit").text
    assert "Conny Contact" in page
    shown = _send(maya, f"{here}/edit", **_fields(north, page, minutes="120", title="Long talk"))
    assert shown.status_code == 200
    assert "£18.00 more is billed." in shown.text
    assert _booking(app, north, cedar).sequence == 0
    fields = _fields(north, shown.text, minutes="120", title="Long talk")
    part = maya.post(f"{here}/edit/price", fields, form=f"{here}/edit", headers={"HX-Request": "true"}).text
    assert part.startswith('<div class="stack" id="change-price"')
    done = _send(maya, f"{here}/edit", **fields)
    assert (done.status_code, done.location) == (303, here)
    booking = _booking(app, north, cedar)
    assert (booking.ends_at, booking.price_minor, booking.title) == (
        span(10, minutes=120).end,
        3600,
        "Long talk",
    )
    assert booking.person_id == north.people["contact"]
    (noted,) = rows(app, north, UnbilledBooking, booking_id=cedar)
    assert noted.team_id == team_id
    assert _told(app, north, "booking.changed") == [north.people["contact"]]
    (entry,) = rows(app, north, AuditEntry, action="booking.moved")
    assert (entry.actor_id, entry.for_id) == (north.people["member"], north.people["contact"])
    assert "Maya Member" in _visitor(app, north, "contact").get("/account/activity").text


def test_what_stands_against_a_change_is_said_and_the_form_kept(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    booked(app, north, "owner", "Cedar", span(12))
    here = f"/team/{team_id}/bookings/{cedar}/edit"
    refused = _send(maya, here, **_fields(north, maya.get(here).text, at="12:00", title="Kept words"))
    assert refused.status_code == 422
    assert "Taken then." in refused.text
    assert "Kept words" in refused.text
    assert re.search(rf'href="{re.escape(here)}\?[^"]+"', refused.text), "what is near leads back here"
    assert _booking(app, north, cedar).sequence == 0


def test_who_changes_says_what_they_saw(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    here = f"/team/{team_id}/bookings/{cedar}/edit"
    page = maya.get(here).text
    change(app, north, Booking, cedar, sequence=1)
    assert _send(maya, here, **_fields(north, page, at="11:00")).status_code == 422
    assert _booking(app, north, cedar).starts_at == span(10).start


def test_the_administrator_cancels_with_a_reason(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    here = f"/team/{team_id}/bookings/{cedar}/cancellation"
    assert "reads it in the mail" in maya.get(here).text
    assert _send(maya, here).status_code == 422, "a reason is asked"
    assert _send(maya, here, reason="The office is closed").status_code == 303
    assert _booking(app, north, cedar).status is BookingStatus.CANCELLED
    notice = rows(app, north, Notice, kind="booking.cancelled")[-1]
    assert (notice.person_id, notice.data["reason"]) == (north.people["contact"], "The office is closed")
    assert _send(maya, here, reason="Again").status_code == 422
    assert _send(maya, f"/bookings/{cedar}/cancellation", reason="The other way").status_code == 404
    assert maya.get(f"/team/{team_id}/bookings/{2**63}/cancellation").status_code == 404
    past = maya.get(f"/team/{team_id}/bookings?view=past").text
    assert "Cancelled" in past
    assert "The office is closed" in maya.get(f"/team/{team_id}/bookings/{cedar}").text


def test_what_cancelling_late_costs_is_said_before_and_is_the_teams(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor, tuesday: time_machine.Traveller
) -> None:
    with inside(app, north) as session:
        set_ladder(session, north.actor("owner"), None, [Step(24, 50)], system_clock)
        session.commit()
    late = booked(app, north, "colleague", "Cedar", span(13, days=0), whose="contact")
    tuesday.move_to(span(13, days=0).start - timedelta(minutes=30))
    maya = _visitor(app, north, "member")
    here = f"/team/{team_id}/bookings/{late}/cancellation"
    page = maya.get(here).text
    assert "£9.00" in page
    assert _send(maya, here, reason="Ill").status_code == 422, "the price was not seen"
    assert _send(maya, here, reason="Ill", fee="900").status_code == 303
    (noted,) = rows(app, north, UnbilledBooking, booking_id=late)
    assert noted.team_id == team_id


def test_after_the_cut_off_only_the_front_desk_cancels(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor, tuesday: time_machine.Traveller
) -> None:
    booking = booked(app, north, "colleague", "Cedar", span(13, days=0), whose="contact")
    tuesday.move_to(span(13, days=0).start - timedelta(minutes=30))
    maya = _visitor(app, north, "member")
    here = f"/team/{team_id}/bookings/{booking}/cancellation"
    assert "too late to cancel" in maya.get(here).text
    assert _send(maya, here, reason="Late").status_code == 422
    assert _booking(app, north, booking).status is BookingStatus.CONFIRMED


def test_what_runs_is_extended_and_ended(
    app: Flask, north: TenantWorld, team_id: int, maya: Visitor, tuesday: time_machine.Traveller
) -> None:
    now = booked(app, north, "colleague", "Cedar", span(9, 15, days=0), whose="contact")
    tuesday.move_to(span(9, 30, days=0).start)
    maya = _visitor(app, north, "member")
    here = f"/team/{team_id}/bookings/{now}"
    page = maya.get(here).text
    fields = dict(re.findall(r'name="(minutes|ends)" value="(\d+)"', page))
    assert fields["minutes"] == "30"
    for _ in range(2):
        assert _send(maya, f"{here}/extension", **fields).status_code == 303
    booking = _booking(app, north, now)
    assert booking.ends_at == span(10, 45, days=0).start, "sent twice it extends once"
    assert booking.price_minor == 2700
    (noted,) = rows(app, north, UnbilledBooking, booking_id=now)
    assert noted.team_id == team_id
    assert _send(maya, f"{here}/extension", minutes="x").status_code == 422
    assert _send(maya, f"{here}/ending").status_code == 303
    assert _booking(app, north, now).ends_at == span(9, 31, days=0).start
    kinds = [each.action for each in rows(app, north, AuditEntry, for_id=north.people["contact"])]
    assert kinds[-2:] == ["booking.extended", "booking.ended_early"]
    assert set(_told(app, north, "booking.changed")) == {north.people["contact"]}
    tuesday.move_to(span(9, 32, days=0).start)
    assert _send(maya, f"{here}/ending").status_code == 422


def test_what_has_yet_to_begin_is_not_ended(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    assert _send(maya, f"/team/{team_id}/bookings/{cedar}/ending").status_code == 422
    assert _booking(app, north, cedar).ends_at == span(10).end


def _strangers(app: Flask, world: World, team_id: int) -> Iterator[Visitor]:
    """In the team without administrating it; administrating another; administrating no more; and of another tenant."""
    north = world.northlight
    yield _visitor(app, north, "colleague")
    yield _visitor(app, north, "contact")
    make_team(app, north, "owner", name="Wave")
    yield _visitor(app, north, "owner")
    other = make_team(app, world.harbour, "member", "colleague")
    assert other
    yield _visitor(app, world.harbour, "member")
    _let(app, north, team_id, "colleague", administrator=True)
    _let(app, north, team_id, "member", administrator=False)
    yield _visitor(app, north, "member")


def test_nobody_else_reaches_it(app: Flask, world: World, team_id: int, cedar: int, maya: Visitor) -> None:
    here = f"/team/{team_id}/bookings/{cedar}"
    for path in ("", "/edit", "/cancellation"):
        assert maya.get(f"{here}{path}").status_code == 200, "it is there for who may"
    for visitor in _strangers(app, world, team_id):
        for path in ("", "/edit", "/cancellation"):
            assert visitor.get(f"{here}{path}").status_code == 404
        for verb in VERBS:
            answer = _send(
                visitor, f"{here}/{verb}", reason="No", **_fields(world.northlight, "", minutes="30")
            )
            assert answer.status_code == 404, verb
    booking = _booking(app, world.northlight, cedar)
    assert (booking.sequence, booking.status) == (0, BookingStatus.CONFIRMED)


def test_through_another_team_of_ones_own_it_is_not_there(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    second = make_team(app, north, "member", "colleague", name="Wave")
    assert maya.get(f"/team/{second}/bookings").status_code == 200
    assert maya.get(f"/team/{second}/bookings/{cedar}").status_code == 404
    assert _send(maya, f"/team/{second}/bookings/{cedar}/cancellation", reason="No").status_code == 404


def test_a_retired_team_gives_no_right(
    app: Flask, north: TenantWorld, team_id: int, cedar: int, maya: Visitor
) -> None:
    with inside(app, north) as session:
        retire_team(session, north.actor("desk"), team_id, system_clock)
        session.commit()
    assert rows(app, north, Team, id=team_id)[0].retired_at is not None
    assert maya.get(f"/team/{team_id}/bookings/{cedar}").status_code == 404
    assert _send(maya, f"/team/{team_id}/bookings/{cedar}/cancellation", reason="No").status_code == 404


def test_what_was_comes_a_page_at_a_time(
    app: Flask, north: TenantWorld, team_id: int, tuesday: time_machine.Traveller
) -> None:
    for day in range(1, 12):
        for room in ("Cedar", "Fern"):
            booked(app, north, "colleague", room, span(10, days=day), whose="contact")
    own = booked(app, north, "colleague", "Fern", span(14), "Private")
    tuesday.shift(timedelta(days=20))
    maya = _visitor(app, north, "member")
    here = f"/team/{team_id}/bookings?view=past"
    page = maya.get(here).text
    assert page.count("list-row") == 20
    assert "Private" not in page
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    rest = maya.get(older[1].replace("&amp;", "&")).text
    assert rest.count("list-row") == 2
    assert "list-row" not in maya.get(f"{here}&before={own}").text, "a mark that is not the team's"


def test_its_pages_ask_no_more_for_more(app: Flask, north: TenantWorld, team_id: int, cedar: int) -> None:
    maya = _visitor(app, north, "member")
    pages = [
        f"/team/{team_id}/bookings{rest}"
        for rest in ("", "?view=past", f"/{cedar}", f"/{cedar}/edit", f"/{cedar}/cancellation")
    ]

    def count(path: str) -> int:
        assert maya.get(path).status_code == 200
        with statements(app) as sent:
            maya.get(path)
        return len([each for each in sent if not each.startswith("BEGIN")])

    few = {path: count(path) for path in pages}
    for day in range(2, 7):
        booked(app, north, "colleague", "Cedar", span(10, days=day), whose="contact")
    assert {path: count(path) for path in pages} == few
    assert {path: many for path, many in few.items() if many > 8} == {}
