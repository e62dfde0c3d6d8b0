"""Events of all servers, through PostgreSQL."""

from collections.abc import Iterator

import psycopg
from psycopg.conninfo import make_conninfo

from app.live.wire import CHANNEL

# A server that vanished says nothing: its silence is noticed within half a minute.
_PARAMETERS: dict[str, str | int] = {
    "application_name": "portico live",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def listen(url: str) -> Iterator[bytes | None]:
    """As `relay.Listen`; `url` as libpq takes it."""
    with psycopg.connect(make_conninfo(url, **_PARAMETERS), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield None
        for notification in connection.notifies():
            yield notification.payload.encode()
