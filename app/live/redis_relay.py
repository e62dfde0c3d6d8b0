"""Events of all servers, through Redis."""

import socket
from collections.abc import Iterator

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.live.wire import CHANNEL

_PATIENCE_S = 10.0
# A server that vanished says nothing: its silence is noticed within half a minute, where the system can do that.
_KEEPALIVE = {
    getattr(socket, name): seconds
    for name, seconds in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
    if hasattr(socket, name)
}


def listen(url: str) -> Iterator[bytes | None]:
    """As `relay.Listen`."""
    # It would connect anew in silence, and what was said meanwhile would be missing without anybody knowing.
    never = Retry(NoBackoff(), 0)
    options = {"socket_connect_timeout": 5, "socket_keepalive": True, "socket_keepalive_options": _KEEPALIVE}
    with Redis.from_url(url, retry=never, **options) as redis, redis.pubsub() as channel:
        channel.subscribe(CHANNEL)
        while True:
            message = channel.get_message(timeout=_PATIENCE_S)
            if message and message["type"] == "subscribe":
                yield None
            elif message and message["type"] == "message":
                yield message["data"]
