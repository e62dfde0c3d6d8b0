"""To which push services we write. An endpoint is an address that a browser gave us, so anybody could have made it up."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from app.integrations.guarded import IpAddress, admitted
from app.integrations.guarded import Rules as GuardRules
from app.ports import PushFault, PushRefused


@dataclass(frozen=True, slots=True)
class Rules:
    """`known` holds host names; one that begins with `*.` stands for every name under it."""

    known: tuple[str, ...]
    admits_loopback: bool = False
    """Push services on this very machine, and without TLS: in development and tests only."""


def check(endpoint: str, rules: Rules) -> None:
    """Raises PushRefused for an endpoint that nothing is sent to."""
    parts = _split(endpoint)
    host = (parts.hostname or "").rstrip(".")
    address = _address(host)
    if rules.admits_loopback and address is not None and address.is_loopback:
        return
    if parts.scheme != "https":
        raise PushRefused(PushFault.NOT_HTTPS, host)
    if address is not None and not admitted(address, GuardRules()):
        raise PushRefused(PushFault.PRIVATE_ADDRESS, host)
    if not any(_matches(host, known) for known in rules.known):
        raise PushRefused(PushFault.UNKNOWN_SERVICE, host)


def _split(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
        _port = parts.port
    except ValueError as error:
        raise PushRefused(PushFault.NO_ADDRESS) from error
    # A control character or a space may mean something else to whoever reads the address next
    if not valid or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise PushRefused(PushFault.NO_ADDRESS)
    return parts


def _address(host: str) -> IpAddress | None:
    """The address that a host name spells, or that every machine has for it."""
    if host == "localhost" or host.endswith(".localhost"):
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _matches(host: str, known: str) -> bool:
    return host.endswith(known[1:]) if known.startswith("*.") else host == known
