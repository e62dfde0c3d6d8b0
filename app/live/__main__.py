"""`python -m app.live`: hold the open streams of this server's visitors, until SIGTERM."""

import logging
import sys
from functools import partial
from importlib import import_module

from app.live import relay
from app.live.server import AlreadyRunning, Server
from app.settings import Settings, SettingsError, from_environment


def main() -> int:
    """Return 0 when ended on request, 1 after one sentence on what is in the way."""
    logging.basicConfig(format="%(asctime)s live %(levelname)s %(message)s", level=logging.INFO)
    try:
        settings = from_environment()
    except SettingsError as error:
        return _say(str(error))
    try:
        server = Server(settings.live_socket)
    except AlreadyRunning:
        return _say(f"Another hub serves {settings.live_socket} already.")
    except OSError as error:
        return _say(f"The socket {settings.live_socket} cannot be opened ({error}): set PORTICO_RUN_DIR.")
    _follow_others(settings)
    server.run()
    return 0


def _follow_others(settings: Settings) -> None:
    """Hear what other servers say, where there may be some."""
    # Chosen when it is known which one: each of these libraries takes as much memory as a thousand listeners.
    if settings.redis_url:
        module, url = "redis_relay", settings.redis_url
    elif settings.postgres:
        module, url = "postgres_relay", settings.database_url.replace("postgresql+psycopg:", "postgresql:")
    else:
        return
    listen = import_module(f"app.live.{module}").listen
    relay.start(partial(listen, url), settings.live_socket)


def _say(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
