"""Addresses that people give of themselves: https only, and those of known networks in their one spelling."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LONGEST_LINK = 300
_HOST = re.compile(r"(?!-)[\w-]{1,63}(\.[\w-]{1,63})+", re.UNICODE)
_HANDLE = re.compile(r"[\w.-]{1,100}")
_MASTODON = re.compile(r"@?([\w.-]{1,60})@([\w.-]{3,200})")
_PATH = re.compile(r"(/[^\s/\"<>\\^`{|}]{1,100}){1,3}")
_UNFIT = re.compile(r"[\s\"<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Network:
    """A place where people have a page. `label` is its own name, `hosts` are all that lead there."""

    label: str
    hosts: frozenset[str]
    page: Callable[[str], str]
    """The address of a name there."""


def _at(host: str, path: str, *others: str, label: str) -> Network:
    return Network(label, frozenset({host, *others}), lambda name: f"https://{host}{path}{name}")


NETWORKS: dict[str, Network] = {
    "linkedin": _at("www.linkedin.com", "/in/", "linkedin.com", label="LinkedIn"),
    "github": _at("github.com", "/", "www.github.com", label="GitHub"),
    "instagram": _at("www.instagram.com", "/", "instagram.com", label="Instagram"),
    "bluesky": _at("bsky.app", "/profile/", label="Bluesky"),
    "youtube": _at("www.youtube.com", "/@", "youtube.com", "m.youtube.com", label="YouTube"),
    "mastodon": Network("Mastodon", frozenset(), lambda name: name),
}


def website_address(typed: str) -> str | None:
    """The https address that was meant: `okafor.example` means `https://okafor.example`. None for anything else."""
    parts = _split(typed)
    return None if parts is None else parts.geturl()


def network_address(network: str, typed: str) -> str | None:
    """The page at a known network, given by address or by name. None for another place or for no name."""
    if network == "mastodon":
        return _mastodon(typed)
    place = NETWORKS[network]
    name = typed.removeprefix("@")
    parts = _split(typed)
    if parts is not None and (host := _known(parts, place)):
        return host + parts.path.rstrip("/") if _PATH.fullmatch(parts.path.rstrip("/")) else None
    if "/" in name or ":" in name or not _HANDLE.fullmatch(name):
        return None
    return place.page(name)


def _known(parts: SplitResult, place: Network) -> str | None:
    """Where the network itself lives, for any of its hosts: LinkedIn has one for each country."""
    host = parts.hostname or ""
    if host in place.hosts or (host.endswith(".linkedin.com") and "linkedin.com" in place.hosts):
        return "https://" + (urlsplit(place.page("x")).hostname or host)
    return None


def _mastodon(typed: str) -> str | None:
    """Anybody may run a server, so the name has its host: `@ines@social.example`, or the address of that page."""
    if named := _MASTODON.fullmatch(typed):
        typed = f"https://{named[2]}/@{named[1]}"
    parts = _split(typed)
    if parts is None or not re.fullmatch(r"/@[\w.-]{1,60}(@[\w.-]+)?/?", parts.path):
        return None
    return f"https://{parts.netloc}{parts.path.rstrip('/')}"


def _split(typed: str) -> SplitResult | None:
    """The parts of an https address with a dotted host and nothing that could fool a reader: no name before an @,
    no port, nothing to be escaped."""
    if "://" not in typed:
        # `javascript:` and `mailto:` are no hosts either; a port would be taken for one of them.
        typed = f"https://{typed}"
    if len(typed) > LONGEST_LINK or _UNFIT.search(typed):
        return None
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if (
        parts.scheme != "https"
        or parts.username is not None
        or port is not None
        or parts.netloc.endswith(":")
    ):
        return None
    if not _HOST.fullmatch(host) or host.rpartition(".")[2].isdigit():
        return None
    return parts._replace(netloc=host)
