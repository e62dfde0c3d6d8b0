"""What a page costs on the wire, counted by Chromium, and the four scores that Lighthouse gives it on a phone."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import FLAGS, PHONE
from tools.bench.processes import ROOT
from tools.chromium import HOW_TO_GET_IT, find_chromium
from tools.terminal import StepFailed

_NO_START = "NO_NAVSTART"
"""What Lighthouse says when Chromium's record of a page lacks its beginning: an accident, and another try is in order."""
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


@dataclass
class Fetched:
    """One visit: kB are 1000 bytes, as they came in, headers included. What the service worker fetches for later, when
    there is no network, is not in it."""

    requests: int = 0
    html_kb: float = 0.0
    other_kb: float = 0.0
    hosts: set[str] = field(default_factory=set)

    @property
    def kb(self) -> float:
        return self.html_kb + self.other_kb


def visits(browser: Browser, address: str, path: str, cookie: str = "") -> tuple[Fetched, Fetched]:
    """A first visit with nothing cached, and a second one, by a phone."""
    context = browser.new_context(base_url=address, locale="en-GB", service_workers="block", **PHONE)
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
    first, second = _visit(context, path), _visit(context, path)
    context.close()
    return first, second


def _visit(context: BrowserContext, path: str) -> Fetched:
    page, fetched = context.new_page(), Fetched()
    documents: set[str] = set()
    devtools = context.new_cdp_session(page)

    def begin(event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("data:"):
            return
        fetched.hosts.add(urlsplit(url).hostname or "")
        if event.get("type") == "Document":
            documents.add(event["requestId"])

    def end(event: dict[str, Any]) -> None:
        kilobytes = event["encodedDataLength"] / 1000
        if not kilobytes:
            return  # from the browser's own cache
        fetched.requests += 1
        if event["requestId"] in documents:
            fetched.html_kb += kilobytes
        else:
            fetched.other_kb += kilobytes

    devtools.on("Network.requestWillBeSent", begin)
    devtools.on("Network.loadingFinished", end)
    devtools.send("Network.enable")
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{path} was not answered")
    page.close()
    return fetched


def find_lighthouse() -> tuple[str, str, Path]:
    """(Chromium, Node, Lighthouse's program). Raises StepFailed with the sentence that helps."""
    chromium = find_chromium()
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    program = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
    if chromium is None:
        raise StepFailed(HOW_TO_GET_IT)
    if node is None or not program.is_file():
        raise StepFailed("Lighthouse is missing: run `make setup` first.")
    return chromium, node, program


def scores(url: str, cookie: str, folder: Path) -> dict[str, int]:
    """Lighthouse's scores for a page on its simulated phone, 0 to 100. Raises StepFailed without Chromium or Node."""
    chromium, node, program = find_lighthouse()
    report, headers = folder / "lighthouse.json", folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    flags = ["--headless=new", *FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    command = [
        node,
        str(program),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(_CATEGORIES)}",
        f"--chrome-flags={' '.join(flags)}",
        f"--extra-headers={headers}",
        "--no-enable-error-reporting",
    ]
    done = _run(command, chromium)
    if _NO_START in done.stdout + done.stderr:
        done = _run(command, chromium)
    if done.returncode != 0:
        raise StepFailed(
            "Lighthouse could not measure a page; its last words are above.", done.stdout + done.stderr
        )
    found = json.loads(report.read_text())["categories"]
    return {name: round(found[name]["score"] * 100) for name in _CATEGORIES}


def _run(command: list[str], chromium: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True, check=False
    )
