"""A team's administrator invites a stranger, who joins by the mail and is booked for at the checkout."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.models import Booking, Person, TeamMember
from tests.support.mail import mailed
from tests.support.rows import change, rows
from tests.support.sign_in import sign_in_browser
from tests.support.teams import make_team
from tests.support.world import World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


def test_a_stranger_joins_and_is_booked_for(app: Flask, page: Page, live_server: str, world: World) -> None:
    here = world.northlight
    team_id = make_team(app, here, "member")
    own = rows(app, here, TeamMember)[0]
    change(app, here, TeamMember, own.id, may_book_for_team=True)
    sign_in_browser(app, page.context, live_server, here, "member")
    page.goto("/account")
    page.get_by_role("link", name="Teams").click()
    page.get_by_role("link", name=re.compile("Tidewater")).click()
    page.get_by_label("E-mail").fill("ines")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("looks like")
    page.get_by_label("E-mail").fill("ines@elsewhere.test")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("An invitation to ines@elsewhere.test is on its way.")).to_be_visible()

    page.context.clear_cookies()
    page.goto(mailed(app, here, "/team/invitation/"))
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Last name").fill("Okafor")
    page.get_by_label("Password").fill("a few words in a row")
    page.get_by_role("button", name="Join the team").click()
    expect(page.get_by_text("You are in Tidewater now.")).to_be_visible()
    ines = rows(app, here, Person, email_key="ines@elsewhere.test")[0]
    assert rows(app, here, TeamMember, person_id=ines.id, team_id=team_id)

    page.context.clear_cookies()
    sign_in_browser(app, page.context, live_server, here, "member")
    page.goto(f"/bookings/search?date={TOMORROW}&start=10:00")
    page.get_by_role("button", name="Book Fern").click()
    sheet = page.get_by_role("dialog", name="Fern")
    sheet.get_by_label("Who is it for?").select_option(label="Ines Okafor")
    with page.expect_response("**/bookings/holds"):
        sheet.get_by_role("button", name="Set").click()
    expect(sheet.get_by_label("Who is it for?")).to_have_value(str(ines.id))
    sheet.get_by_role("button", name="Book for £18.00").click()
    expect(page.get_by_text(re.compile("Fern is booked for Ines Okafor"))).to_be_visible()
    made = rows(app, here, Booking, person_id=ines.id)[0]
    assert made.booked_by_id == here.people["member"]
