"""Find the Chromium that the browser journeys drive. Standard library only: the set-up uses it before any install."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HOW_TO_GET_IT = (
    "The browser journeys need Chromium and none was found. Install it (Debian: apt-get install chromium; "
    "macOS: Chromium or Google Chrome in /Applications), or set CHROMIUM to the path of its program."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome program: CHROMIUM first, then PATH, then macOS applications."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    for command in COMMANDS:
        if path := shutil.which(command):
            return path
    return next((app for app in MAC_APPS if Path(app).is_file()), None)
