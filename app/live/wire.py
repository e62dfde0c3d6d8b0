"""What is said to the hub over its socket: one connection for one message, and with a listener comes their own socket.

A connection each, because a queue of datagrams holds ten on some systems and a kept connection does not survive a fork.
"""

import json
import socket
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CHANNEL = "portico_live"
"""What events are published under where several servers share a broker."""
END = "end"
"""The event that closes the streams of its topics."""
_TOPICS_AT_ONCE = 400
"""PostgreSQL carries 8000 bytes in one notification."""


@dataclass(frozen=True, slots=True)
class Event:
    """Listeners of one tenant to any of these topics are to hear a word."""

    tenant_id: int
    what: str
    topics: Sequence[str]


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody whose socket comes along wants to listen."""

    tenant_id: int
    person: str
    """The topic of the person; so many may listen at a time."""
    session: str
    """The topic of the signed-in browser; a stream does not outlive it."""
    topics: Sequence[str]
    head: str
    """The answer's head, ready to be written."""
    last_id: str
    """The last event that was heard; empty on a new page."""
    age_s: float
    """How long ago the page was asked for; counts without `last_id`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were lost on the way here: everybody asks again."""


Message = Event | Joining | Gap
_KINDS: dict[str, type[Event | Joining | Gap]] = {kind.__name__: kind for kind in (Event, Joining, Gap)}


def pack(message: Message) -> bytes:
    return json.dumps({"kind": type(message).__name__, **asdict(message)}).encode()


def unpack(data: bytes) -> Message:
    """Raises ValueError for what is no message."""
    try:
        fields: dict[str, Any] = json.loads(data)
        return _KINDS[fields.pop("kind")](**fields)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("no message of ours") from error


def events(tenant_id: int, what: str, topics: Collection[str]) -> Iterator[bytes]:
    """One event, packed, in as many messages as its topics need."""
    all_of_them = sorted(topics)
    for start in range(0, len(all_of_them), _TOPICS_AT_ONCE):
        yield pack(Event(tenant_id, what, all_of_them[start : start + _TOPICS_AT_ONCE]))


def send(path: Path, data: bytes, handed: Sequence[int] = ()) -> bool:
    """Say it to the hub at `path` and hand over open descriptors; False when nobody is there. Never waits."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(0)
        try:
            line.connect(str(path))
            return socket.send_fds(line, [data], handed) == len(data)
        except OSError:
            return False
