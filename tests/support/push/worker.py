"""The service worker as DevTools reaches it: messages are delivered to it as a push service would."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, Worker

# Who asks a browser what it shows while it is about to show something makes it forget that: so nobody asks before.
_COUNTING = """() => {
  const show = self.registration.showNotification;
  self.banners = 0;
  self.registration.showNotification = async (...told) => {
    await show.apply(self.registration, told);
    self.banners += 1;
  };
}"""


def count_banners(worker: Worker) -> None:
    """Let the worker count what it shows, so that a test need not ask the browser."""
    worker.evaluate(_COUNTING)


def until(page: Page, question: Callable[[], object]) -> None:
    """Wait until a question is answered with yes, while the page goes on."""
    deadline = time.monotonic() + 15
    while not question():
        assert time.monotonic() < deadline, "it never came true"
        # Meanwhile the browser may call what the test exposes to it
        page.wait_for_timeout(50)


def deliver(page: Page, worker: Worker, data: str) -> None:
    """As the push service of the browser would, once it has decrypted the message; ends when its banner is shown."""
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(each["registrationId"] for each in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    until(page, lambda: page.evaluate("1") and known)
    origin = page.evaluate("location.origin") + "/"
    before = worker.evaluate("() => self.banners")
    devtools.send(
        "ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": known[0], "data": data}
    )
    until(page, lambda: worker.evaluate("() => self.banners") > before)
