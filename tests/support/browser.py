"""Chromium, driven by Playwright. A journey without Chromium fails with the sentence that says how to get it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from tools.chromium import HOW_TO_GET_IT, find_chromium

# Chromium's own errands (updates, sync) would leave the machine in the middle of a test.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
EVERY_WAY = (
    pytest.param(PHONE, id="on a phone"),
    pytest.param(DESKTOP, id="on a desktop"),
    pytest.param(PHONE | {"java_script_enabled": False}, id="without scripts"),
)
"""The shapes of a page that a journey is made in."""


def flags() -> list[str]:
    """What Chromium is started with; its sandbox refuses to run as root, which containers and build machines are."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


@contextmanager
def launch() -> Iterator[Browser]:
    """Start one browser; contexts in it are as apart as two people's machines."""
    program = find_chromium()
    if program is None:
        pytest.fail(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags())
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser holds against our pages: script errors, and things the content policy had to stop."""

    lines: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("pageerror", self._hear_error)
        page.on("console", self._hear_console)

    def _hear_error(self, error: Error) -> None:
        # The fade between two pages gave way, to a slow page or a quick next click: Chromium reports what no script did.
        if str(error).startswith(("Transition was aborted", "Transition was skipped")):
            return
        self.lines.append(f"script error: {error}")

    def _hear_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.lines.append(f"content policy: {message.text}")


@contextmanager
def new_page(browser: Browser, address: str, shape: dict[str, Any]) -> Iterator[Page]:
    """Yield a page of a new visitor; `address` is what relative addresses are relative to.

    Ends with an AssertionError when a page had a script error or broke the content policy.
    """
    context = browser.new_context(base_url=address, **{"locale": "en-GB", **shape})
    context.set_default_timeout(10_000)
    complaints = Complaints()
    context.on("page", complaints.watch)
    yield context.new_page()
    context.close()
    assert not complaints.lines, "\n".join(complaints.lines)


def listen(page: Page, path: str) -> None:
    """Open a page and wait until its stream is open; `same` is gone when another page takes its place."""
    with page.expect_response(lambda answer: "/live?" in answer.url and answer.status == 200):
        page.goto(path)
    page.evaluate("window.same = true")
