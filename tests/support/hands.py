"""Ways of using the portal: by keys alone, by what a screen reader hears, and without scripts.

A journey says what is done once, in the words of the page; each hand does it in its way. Everything is found by its role and
its accessible name in what is in front: an open dialog, else the page's main part.
"""

import re
from datetime import date
from itertools import pairwise
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import DESKTOP

Role = Literal[
    "button", "checkbox", "combobox", "link", "radio", "searchbox", "slider", "spinbutton", "textbox"
]
Name = str | re.Pattern[str]
SHAPE = {**DESKTOP, "reduced_motion": "reduce", "service_workers": "block"}
"""What the browsers of these journeys are like."""


class Hand:
    """Somebody who looks at the page and presses what has a name."""

    scripts = True

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def front(self) -> Locator:
        """The open dialog, else the main part."""
        dialog = self.page.locator("dialog[open]")
        return dialog.last if dialog.count() else self.page.get_by_role("main")

    def find(self, name: Name, role: Role) -> Locator:
        return self.front.get_by_role(role, name=name, exact=isinstance(name, str))

    def press(self, name: Name, role: Role = "button") -> None:
        self.find(name, role).click()

    def follow(self, name: Name) -> None:
        self.press(name, "link")

    def unfold(self, name: str) -> None:
        self.front.locator("summary", has_text=name).click()

    def tick(self, name: Name, role: Role = "checkbox") -> None:
        """Choose it, or take it back."""
        self.front.locator("label").filter(has=self.page.get_by_role(role, name=name)).click()

    def write(self, name: Name, words: str, role: Role = "textbox") -> None:
        self.find(name, role).fill(words)

    def write_day(self, name: Name, day: date) -> None:
        self.find(name, "textbox").fill(day.isoformat())

    def pick(self, name: Name, option: str) -> None:
        self.find(name, "combobox").select_option(label=option)

    def without_scripts(self, name: Name) -> None:
        """Press the button that only those without scripts need."""

    def sees(self, words: Name) -> None:
        expect(self.front.get_by_text(words).first).to_be_visible()

    def hears(self, words: str) -> None:
        """Is told of what has just happened."""
        told = self.page.locator("[role=status], [role=alert], [aria-live=polite]").filter(has_text=words)
        expect(told.first).to_be_visible()

    def arrives(self, heading: Name, level: int = 1) -> None:
        """At a page, which its heading says."""
        exact = isinstance(heading, str)
        expect(self.page.get_by_role("heading", level=level, name=heading, exact=exact).first).to_be_visible()


class Plain(Hand):
    """Somebody whose browser runs no scripts."""

    scripts = False

    def without_scripts(self, name: Name) -> None:
        self.press(name)


_STOP = """(target) => {
  const it = document.activeElement, dialog = document.querySelector("dialog[open]");
  const drawn = (it, pseudo) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(it, pseudo);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const stroked = (it) => { const mark = it.querySelector("rect, .lane"); return mark && parseFloat(getComputedStyle(mark).strokeWidth) >= 2; };
  const around = it.closest("label") ?? it.parentElement;
  const shown = () => drawn(it) || drawn(it, "::before") || drawn(around) || drawn(around, "::after") || drawn(around.parentElement)
    || (it instanceof SVGElement && stroked(it));
  return {
    there: it === target,
    name: (it.ariaLabel || it.labels?.[0]?.innerText || it.textContent || it.name || it.localName).replace(/\\s+/g, " ").trim(),
    // The last stop of a day or a time is the browser's own button inside of it, which it draws a ring around by itself
    shown: it === document.body || ["date", "time"].includes(it.type) || shown(),
    kept: !dialog || it === document.body || dialog.contains(it),
  };
}"""
_MOST_STOPS = 120


class Keys(Hand):
    """Somebody without a pointer: Tab until it has the focus, which is seen at every stop, and stays in an open dialog."""

    def reach(self, name: Name, role: Role) -> None:
        self.tab_to(self.find(name, role), f"{role} {name}")

    def press(self, name: Name, role: Role = "button") -> None:
        self.reach(name, role)
        self.page.keyboard.press("Enter")

    def unfold(self, name: str) -> None:
        self.tab_to(self.front.locator("summary", has_text=name), name)
        self.page.keyboard.press("Enter")

    def tick(self, name: Name, role: Role = "checkbox") -> None:
        if role == "radio":
            self._choose(name)
            return
        self.tab_to(self.front.get_by_role(role, name=name), f"{role} {name}")
        self.page.keyboard.press("Space")

    def write(self, name: Name, words: str, role: Role = "textbox") -> None:
        self.reach(name, role)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(words)

    def pick(self, name: Name, option: str) -> None:
        self.reach(name, "combobox")
        self.page.keyboard.type(option)

    def focus_is_on(self, name: Name, role: Role) -> None:
        """Without any key: where a change has put it, or left it."""
        expect(self.find(name, role)).to_be_focused()

    def _choose(self, name: Name) -> None:
        """One of a group of which only the chosen one is a stop: arrow keys go on from there."""
        wanted = self.front.get_by_role("radio", name=name)
        group = self.front.get_by_role("group").filter(has=self.page.get_by_role("radio", name=name)).last
        self.tab_to(group.get_by_role("radio", checked=True), f"what is chosen beside {name}")
        for _stop in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"no arrow key leads to {name}")

    def tab_to(self, wanted: Locator, called: str) -> None:
        """To what no name tells from others of its kind; `called` is for who reads that it is no stop."""
        target, stops = wanted.element_handle(), []
        for _ in range(_MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(_STOP, target)
            stops.append(stop["name"])
            assert stop["shown"], f"nothing shows that {stop['name']!r} has the focus"
            assert stop["kept"], f"the focus has left the dialog to {stop['name']!r}"
            if stop["there"]:
                return
        raise AssertionError(f"no stop is {called}: {stops}")


# What a screen reader says by itself: what changes in a live region once the page is there, and nothing that came with it.
LISTEN = """addEventListener("DOMContentLoaded", () => {
  window.heard = [];
  const LIVE = "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]";
  const say = (region) => region && window.heard.push(region.textContent.replace(/\\s+/g, " "));
  new MutationObserver((changes) => changes.forEach(({ target, addedNodes }) => {
    const it = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    say(it?.closest(LIVE));
    for (const added of addedNodes) {
      if (added.nodeType === Node.ELEMENT_NODE) [added, ...added.querySelectorAll("*")].filter((each) => each.matches("[role=alert]")).forEach(say);
    }
  })).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
});"""
_NAMELESS = re.compile(
    r"^\s*- (?:button|link|textbox|combobox|checkbox|radio|slider|spinbutton|searchbox|dialog|table|navigation)(?::| \[|$)",
    re.MULTILINE,
)
_HEADING = re.compile(r"^\s*- heading .*\[level=(\d)\]", re.MULTILINE)


class Listener(Hand):
    """Somebody who hears the page: everything that can be used has a name, and headings lead through it in order."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.context.add_init_script(LISTEN)

    def press(self, name: Name, role: Role = "button") -> None:
        self.read()
        super().press(name, role)

    def hears(self, words: str) -> None:
        self.page.wait_for_function(
            "(words) => window.heard?.some((each) => each.includes(words))", arg=words
        )

    def arrives(self, heading: Name, level: int = 1) -> None:
        super().arrives(heading, level)
        self.read()

    def read(self) -> str:
        """What is in front, as it is heard; it must make sense."""
        front = self.front
        said = front.aria_snapshot()
        nameless = _NAMELESS.findall(said)
        assert not nameless, f"without a name: {nameless}\n{said}"
        levels = [int(level) for level in _HEADING.findall(said)]
        # What lies in a dialog goes on from the page beneath it
        begun = 1 if front.get_by_role("heading", level=1).count() else 2
        assert levels[:1] == [begun], f"begins with a heading of level {levels[:1]}\n{said}"
        assert levels.count(1) == 2 - begun, said
        steep = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert not steep, f"headings leave a level out: {levels}\n{said}"
        return said
