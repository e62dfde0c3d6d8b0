"""The pages where people meet without scripts: edit, answer, search, report, delete, quiet, block, leave, decide."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE
from tests.support.meeting import WIDE, Meeting

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

Enter = Callable[..., Page]


@pytest.mark.parametrize("shape", [PHONE, WIDE], ids=["phone", "desktop"])
def test_everything_goes_without_scripts(meeting: Meeting, enter: Enter, shape: dict[str, Any]) -> None:
    """Edit, answer with a sign, search, report, delete, quiet, block, unblock, leave."""
    maya = enter("member", shape, java_script_enabled=False)
    maya.goto(meeting.pages["conversation"])
    theirs, own = maya.locator(f"#m{meeting.theirs}"), maya.locator(f"#m{meeting.own}")
    theirs.get_by_role("link", name="more about this message").click()
    maya.get_by_role("button", name="Thanks").click()
    expect(theirs).to_contain_text("Thanks")
    own.get_by_role("link", name="more about this message").click()
    maya.get_by_role("textbox").fill("Are you there?")
    maya.get_by_role("button", name="Save").click()
    expect(own).to_contain_text("Are you there?")
    own.get_by_role("link", name="more about this message").click()
    maya.get_by_role("button", name="Delete for everybody").click()
    expect(own).to_contain_text("Message deleted")
    theirs.get_by_role("link", name="more about this message").click()
    maya.get_by_role("link", name="Report to the front desk").click()
    maya.get_by_role("button", name="Report").click()
    expect(maya.get_by_text("The front desk will look at it.")).to_be_visible()
    maya.goto("/messages")
    maya.get_by_role("searchbox").fill("window")
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("navigation", name="Found").get_by_role("link")).to_have_count(1)
    maya.goto(meeting.pages["about the group"])
    maya.get_by_role("button", name="Keep it quiet").click()
    expect(maya.get_by_role("button", name="Tell me again")).to_be_visible()
    maya.get_by_role("button", name="Tell me again").click()
    expect(maya.get_by_role("button", name="Keep it quiet")).to_be_visible()
    maya.get_by_role("button", name="Block Colin Colleague").click()
    maya.goto(meeting.pages["conversation"])
    expect(maya.get_by_text("You block Colin, who is not told.")).to_be_visible()
    maya.get_by_role("link", name="Unblock").click()
    maya.get_by_role("button", name="Unblock Colin Colleague").click()
    maya.goto(meeting.pages["conversation"])
    expect(maya.get_by_role("textbox", name="Message Colin")).to_be_visible()
    maya.goto(meeting.pages["about the group"])
    maya.get_by_role("button", name="Leave the group").click()
    expect(maya.get_by_role("main")).to_contain_text("You have left.")


def test_staff_decide_without_scripts(meeting: Meeting, enter: Enter) -> None:
    desk = enter("desk", java_script_enabled=False)
    desk.goto("/admin/community/reports")
    desk.get_by_role("button", name="Leave it").click()
    expect(desk.get_by_text("Nothing is reported")).to_be_visible()
