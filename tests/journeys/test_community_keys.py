"""The pages where people meet by keys alone: everything is reached, shows that it has the focus, and gives it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.meeting import Meeting

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

Enter = Callable[..., Page]

_FOCUS_SHOWS = """() => {
  const drawn = (it, pseudo) => { const { outlineStyle, outlineWidth } = getComputedStyle(it, pseudo);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1; };
  const it = document.activeElement;
  // The last stop of a time field is the browser's own button inside of it, which it draws a ring around by itself.
  if (it === document.body || it.type === "time") return true;
  const around = it.closest("label") ?? it.parentElement;
  return drawn(it) || drawn(it, "::before") || drawn(around) || drawn(around, "::after") || drawn(around.parentElement);
}"""
_NAME = """() => { const it = document.activeElement;
  return (it.ariaLabel || it.labels?.[0]?.innerText || it.innerText || it.name || it.localName).replace(/\\s+/g, " ").trim(); }"""


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus, which must be seen at every stop on the way."""
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(_NAME))
        assert page.evaluate(_FOCUS_SHOWS), f"nothing shows that {stops[-1]!r} has the focus"
        if re.search(name, stops[-1]):
            return
    raise AssertionError(f"no stop is {name!r} of {stops}")


def test_a_group_is_begun_left_and_somebody_blocked_by_keys(meeting: Meeting, enter: Enter) -> None:
    maya = enter("member")
    maya.goto("/messages/new")
    _tab_to(maya, "Search people")
    _tab_to(maya, "Colin Colleague Smith")
    maya.keyboard.press("Space")
    _tab_to(maya, "Dora Desk")
    maya.keyboard.press("Space")
    _tab_to(maya, "Name of the group")
    maya.keyboard.type("Window seats")
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("heading", level=1, name="Window seats")).to_be_visible()
    _tab_to(maya, "^Message Window seats")
    maya.keyboard.type("Who is in?")
    maya.keyboard.press("Enter")
    expect(maya.locator(".line.mine", has_text="Who is in?")).to_have_attribute("id", re.compile(r"m\d+"))
    maya.goto(f"{maya.url}/details")
    _tab_to(maya, "^Block Colin")
    maya.keyboard.press("Enter")
    question = maya.get_by_role("dialog", name="Block Colin Colleague?")
    expect(question.get_by_role("button", name="Leave it")).to_be_focused()
    maya.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(maya.get_by_role("button", name="Block Colin Colleague")).to_be_focused()
    maya.keyboard.press("Enter")
    _tab_to(maya, "^Block$")
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("status").filter(has_text="Blocked. They are not told.")).to_be_visible()
    maya.goto(meeting.pages["about the group"])
    expect(maya.get_by_role("button", name="Unblock Colin Colleague")).to_be_visible()
    _tab_to(maya, "^Leave the group")
    maya.keyboard.press("Enter")
    _tab_to(maya, "^Leave$")
    maya.keyboard.press("Enter")
    expect(maya.get_by_role("main")).to_contain_text("You have left.")


def test_a_message_is_changed_in_the_sheet_and_the_focus_comes_back(meeting: Meeting, enter: Enter) -> None:
    maya = enter("member")
    maya.goto(meeting.pages["conversation"])
    more = maya.locator(f"#m{meeting.own}").get_by_role("link", name="more about this message")
    more.focus()
    maya.keyboard.press("Enter")
    sheet = maya.get_by_role("dialog")
    expect(sheet).to_be_visible()
    maya.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(more).to_be_focused()
    maya.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    _tab_to(maya, "^body$")
    maya.keyboard.press("Control+A")
    maya.keyboard.type("Are you there?")
    _tab_to(maya, "^Save$")
    maya.keyboard.press("Enter")
    expect(maya.locator(f"#m{meeting.own}")).to_contain_text("Are you there?")
    expect(maya.locator(f"#m{meeting.own}")).to_contain_text("Edited")


def test_wishes_are_chosen_and_a_report_decided_by_keys(meeting: Meeting, enter: Enter) -> None:
    maya, desk = enter("member"), enter("desk")
    maya.goto("/account/notifications")
    _tab_to(maya, "By mail")
    maya.keyboard.press("ArrowDown")
    _tab_to(maya, "On my devices")
    maya.keyboard.press("Space")
    _tab_to(maya, "^Save$")
    maya.keyboard.press("Enter")
    expect(maya.locator("#toasts")).to_contain_text("Saved.")
    first = maya.get_by_role("group", name="A room is booked for you", exact=True)
    expect(first.get_by_label("By mail")).to_have_value("digest")
    expect(first.get_by_label("On my devices")).not_to_be_checked()
    desk.goto("/admin/community/reports")
    _tab_to(desk, "^Remove the message")
    desk.keyboard.press("Enter")
    question = desk.get_by_role("dialog", name="Remove this message?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Remove the message")).to_be_focused()
    desk.keyboard.press("Enter")
    _tab_to(desk, "^Remove$")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Nothing is reported")).to_be_visible()
