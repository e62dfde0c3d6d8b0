"""The pages where people meet, as a screen reader is given them, and from right to left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.meeting import Meeting

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

Enter = Callable[..., Page]

# --- what a screen reader is given -----------------------------------------------------------------------------------

PORTAL = """
- link "To the content"
- banner "Sections and account":
  - navigation "Sections"
- main
- status
"""
HEARD: dict[str, str] = {
    "directory": """
- heading "Directory" [level=1]
- navigation "Lists":
  - link "People"
  - link "Teams"
- search "Find people":
  - searchbox "Search by name, company, work or skill"
  - group "Filters":
    - checkbox "Here now, 1"
    - checkbox "Welding"
    - combobox "Home location"
- status: 3 people
- link "Colin Colleague , Here now Smith, Zinc Works"
- complementary "Beside the list":
  - region "Are you here?":
    - heading "Are you here?" [level=2]
    - combobox "Location"
    - button "I’m here"
""",
    "beside the directory": """
- heading "Directory" [level=1]
- complementary "Beside the list":
  - heading "Colin Colleague" [level=2]
  - link "Message"
  - link "Save contact"
  - article:
    - list "Skills":
      - listitem: Welding
""",
    "profile": """
- heading "Colin Colleague" [level=1]
- link "Message"
- link "Save contact"
- article:
  - paragraph: Colin Colleague
  - list "Skills":
    - listitem: Welding
  - link "colleague@example.test"
""",
    "messages": """
- heading "Messages" [level=1]
- link "New message"
- search:
  - searchbox "Search messages"
- navigation "Conversations":
  - link /Colin Colleague .* By the window 1 new/
  - 'link /Paper order .* Dora: A4 or A3\\? 1 new/'
- region "Conversation"
""",
    "conversation": """
- navigation "Conversations":
  - link /Colin Colleague/
- region "Colin Colleague":
  - heading "Colin Colleague" [level=1]
  - link "About this conversation"
  - region "Messages in this conversation":
    - log "Messages":
      - list:
        - listitem:
          - heading "Today" [level=2]
        - listitem:
          - text: /You, .* Are you at the desk\\?/
          - link /more about this message/
        - listitem:
          - text: /Colin Colleague, .* By the window/
          - link /more about this message/
  - button "Attach pictures or files"
  - textbox "Message Colin"
  - button "Send"
""",
    "about the group": """
- heading "Paper order" [level=1]
- region "People":
  - heading "People" [level=2]
  - button "Block Dora Desk"
  - button "Block Colin Colleague"
- region "Quiet":
  - button "Keep it quiet"
- region "Name of the group":
  - textbox "Name optional": Paper order
  - button "Save"
- region "Leave":
  - button "Leave the group"
- region "Add people":
  - searchbox "Search people"
  - button "Add"
""",
    "new conversation": """
- heading "New message" [level=1]
- searchbox "Search people"
- list:
  - listitem:
    - checkbox "Colin Colleague Smith, Zinc Works"
  - listitem:
    - checkbox "Dora Desk"
- button "Continue"
""",
    "inbox": """
- heading "Inbox" [level=1]
- button "Mark all read"
- heading "New" [level=2]
- list:
  - listitem:
    - 'link "New: Fern is booked"'
    - link "Show booking"
""",
    "notifications": """
- heading "Notifications" [level=1]
- navigation "My account":
  - link "Notifications"
- group "Bookings":
  - group "A room is booked for you":
    - combobox "By mail"
    - checkbox "On my devices" [checked]
- group "Messages":
  - group "Somebody writes to you":
    - combobox "By mail"
- group "Quiet hours":
  - textbox "From"
  - textbox "Until"
- group "The daily mail":
  - combobox "The daily mail comes at"
- group "Locked screen":
  - checkbox "Say no more than “Something new” on a locked screen"
- button "Save"
""",
}
QUEUE = """
- heading "People" [level=1]
- navigation "People":
  - link "Reports"
- article "Colin Colleague":
  - heading "Colin Colleague" [level=2]
  - paragraph: It is rude or hurtful
  - list:
    - listitem
    - listitem:
      - paragraph: By the window
  - button "Remove the message"
  - button "Leave it"
  - link "Write to Colin Colleague"
"""


def test_a_screen_reader_hears_landmarks_headings_and_names(meeting: Meeting, enter: Enter) -> None:
    maya = enter("member")
    assert HEARD.keys() <= meeting.pages.keys()
    # The inbox before the conversations: reading those reads what one was told of them.
    for name in sorted(HEARD, key=lambda each: each == "conversation"):
        maya.goto(meeting.pages[name])
        expect(maya.locator("body")).to_match_aria_snapshot(PORTAL)
        expect(maya.get_by_role("main")).to_match_aria_snapshot(HEARD[name])
    desk = enter("desk")
    desk.goto("/admin/community/reports")
    expect(desk.get_by_role("main")).to_match_aria_snapshot(QUEUE)
    with pytest.raises(AssertionError):
        expect(desk.get_by_role("main")).to_match_aria_snapshot(HEARD["inbox"], timeout=500)


def test_what_changes_by_itself_is_read_out(meeting: Meeting, enter: Enter) -> None:
    """Live regions: what was found, what was done, what is said, and who is writing."""
    maya = enter("member")
    maya.goto("/directory")
    maya.get_by_role("searchbox").fill("zinc")
    expect(maya.get_by_role("status").first).to_have_text("1 person")
    maya.goto(meeting.pages["about the group"])
    maya.get_by_role("button", name="Keep it quiet").click()
    expect(maya.get_by_role("status").filter(has_text="You are told nothing")).to_be_visible()
    maya.goto(meeting.pages["conversation"])
    expect(maya.get_by_role("log", name="Messages")).to_be_visible()
    assert maya.locator("[data-typing]").get_attribute("aria-live") == "polite"


# --- from right to left ----------------------------------------------------------------------------------------------

_SIDEWAYS = "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_it_stands_from_right_to_left(meeting: Meeting, enter: Enter, width: int) -> None:
    maya = enter("member", {"viewport": {"width": width, "height": 900}, "service_workers": "block"})
    desk = enter("desk", {"viewport": {"width": width, "height": 900}, "service_workers": "block"})
    pages = [(maya, each) for each in meeting.pages.values()] + [(desk, "/admin/community/reports")]
    found = []
    for page, address in pages:
        page.goto(address)
        page.evaluate("document.documentElement.dir = 'rtl'")
        if sideways := page.evaluate(_SIDEWAYS):
            found.append(f"{address} scrolls {sideways} px sideways")
        stray = page.evaluate(_STRAY)
        found += [f"{address}: {each}" for each in stray]
    assert found == []
    page = maya
    page.goto(meeting.pages["conversation"])
    own, other = page.locator(".line.mine .bubble"), page.locator(".line:not(.mine) .bubble")
    sides = []
    for direction in ("ltr", "rtl"):
        page.evaluate("(it) => { document.documentElement.dir = it; }", direction)
        mine, theirs = own.bounding_box(), other.bounding_box()
        assert mine
        assert theirs
        sides.append(mine["x"] + mine["width"] / 2 > theirs["x"] + theirs["width"] / 2)
    assert sides == [True, False]


# What sticks out of the window on either side, but for what nobody is meant to see.
_STRAY = """() => [...document.querySelectorAll("main *")].filter((it) => {
  const { left, right, width, height } = it.getBoundingClientRect();
  const hidden = width <= 1 || height <= 1 || it.closest(".unseen, [hidden], .no-js") || getComputedStyle(it).visibility === "hidden";
  const scrolls = (from) => from && (/(auto|scroll|hidden|clip)/.test(getComputedStyle(from).overflowX) || scrolls(from.parentElement));
  return !hidden && (left < -1 || right > document.scrollingElement.clientWidth + 1) && !scrolls(it.parentElement);
}).slice(0, 3).map((it) => `${it.localName}.${it.getAttribute("class")} sticks out`)"""
