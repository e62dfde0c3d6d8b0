"""Picture the main pages of the demo at three widths, in light and dark, into `test-results/shots`."""

import dataclasses
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.factory import create_app
from app.settings import from_environment
from tests.support.browser import launch
from tests.support.servers import serve_in_thread
from tools.terminal import step

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "test-results" / "shots"
PASSWORD = "portico-demo"  # noqa: S105 - the demo's, printed by `make run`
WIDTHS = (360, 768, 1440)
HEIGHT = 900
SCHEMES = ("light", "dark")
# Who looks at which pages; nobody is signed in at first.
TOURS = {
    None: ("/login", "/offline"),
    "member@northlight.test": ("/", "/bookings/search", "/bookings", "/bookings/mine", "/account"),
    "owner@northlight.test": ("/admin", "/admin/settings"),
}


@contextmanager
def _demo() -> Iterator[str]:
    """Serve a freshly founded demo and yield its address."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(PORTICO_DATA_DIR=folder, PORTICO_ENV="development")
        os.environ.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", "tools.prepare"], cwd=ROOT, check=True)
        settings = dataclasses.replace(from_environment(), environment="test")
        with serve_in_thread(create_app(settings)) as address:
            yield address


def _sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))


def _tour(browser: Browser, address: str, email: str | None, scheme: str) -> None:
    """Sign in once, then look at each page at each width."""
    context = browser.new_context(base_url=address, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    if email:
        _sign_in(page, email)
    for path in TOURS[email]:
        name = path.strip("/").replace("/", "-") or "home"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.goto(path, wait_until="networkidle")
            page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
    context.close()


def main() -> None:
    """Write one PNG for each page, width and scheme."""
    with _demo() as address, launch() as browser:
        for email in TOURS:
            for scheme in SCHEMES:
                with step(f"{email or 'nobody signed in'}, {scheme}"):
                    _tour(browser, address, email, scheme)
    print(f"The pictures are in {SHOTS.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
