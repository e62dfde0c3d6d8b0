"""What a browser's own words about itself come to: enough for somebody to recognise their devices by."""

from dataclasses import dataclass

# The first that is found counts: nearly every browser also claims to be the ones before it in history.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone", True),
    ("iPad", "iPad", True),
    ("Android", "Android", True),
    ("Windows", "Windows", False),
    ("Mac OS X", "Mac", False),
    ("CrOS", "Chromebook", False),
    ("Linux", "Linux", False),
)


@dataclass(frozen=True, slots=True)
class Device:
    """Product names, which need no translation; empty when nothing was recognised."""

    browser: str
    system: str
    mobile: bool


def read_user_agent(text: str) -> Device:
    """Recognise browser and system in a User-Agent header."""
    browser = next((name for sign, name in _BROWSERS if sign in text), "")
    system, mobile = next(((name, mobile) for sign, name, mobile in _SYSTEMS if sign in text), ("", False))
    return Device(browser, system, mobile)
