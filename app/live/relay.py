"""What several servers tell each other, brought to the hub of this one over its own socket."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.live.wire import Gap, pack, send

Listen = Callable[[], Iterator[bytes | None]]
"""Yields None once it has begun to hear, then every message; ends or raises when the line is cut."""

_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 15.0

_log = logging.getLogger(__name__)


def start(listen: Listen, path: Path) -> None:
    """Pass on what `listen` hears, for as long as this process lives."""
    threading.Thread(target=_relay, args=(listen, path), name="relay", daemon=True).start()


def _relay(listen: Listen, path: Path) -> None:
    pause = _PAUSE_S
    while True:
        try:
            for message in listen():
                pause = _PAUSE_S
                if message is None:
                    _log.info("on the line to the other servers")
                # What was said before we heard is lost to us.
                send(path, message or pack(Gap()))
        except Exception as error:  # noqa: BLE001 - whatever cut the line, it is to be there again
            _log.warning("the line to the other servers is cut: %s", error)
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that not all come at once
        pause = min(pause * 2, _LONGEST_PAUSE_S)
