"""An answer that this process does not send: the visitor's open socket goes to the hub, which writes from now on.

The socket's place in our own process is taken by one that leads nowhere, so that a server that closes or writes to what it
believes to be its connection does that to nobody (docs/decisions/0017-live-hub.md).
"""

import os
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Response

from app.live.wire import Joining, pack, send

_SOCKETS = ("gunicorn.socket", "werkzeug.socket")
"""Where servers keep the connection of a request."""
_AGAIN_S = "5"
_OF_OTHER_ANSWERS = {"content-length", "content-encoding", "connection", "transfer-encoding"}


class Handover(Response):
    """Becomes the hub's when it is sent; where that cannot be, 503 says to come back."""

    def __init__(self, hub: Path, joining: Joining) -> None:
        """`joining` without its head: that is made when all headers are known."""
        super().__init__(mimetype="text/event-stream")
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"  # nginx would collect what is to be heard at once
        self._hub, self._joining = hub, joining

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Called by the server after everything else that has a say in the answer."""
        if environ["REQUEST_METHOD"] == "GET" and not self._give_away(environ):
            self.status_code = 503
            self.headers["Retry-After"] = _AGAIN_S
        return super().__call__(environ, start_response)

    def _give_away(self, environ: dict[str, Any]) -> bool:
        connection = next((environ[name] for name in _SOCKETS if name in environ), None)
        if connection is None or not _is_plain(connection, environ):
            return False
        descriptor = connection.fileno()
        given = send(self._hub, pack(replace(self._joining, head=self._head())), [descriptor])
        if given:
            _lead_nowhere(descriptor)
        return given

    def _head(self) -> str:
        lines = [f"{name}: {value}" for name, value in self.headers if name.lower() not in _OF_OTHER_ANSWERS]
        # Without a length or chunks the stream ends with its connection, which every proxy understands.
        return "\r\n".join(["HTTP/1.1 200 OK", *lines, "Connection: close", "", ""])


def _is_plain(connection: socket.socket, environ: dict[str, Any]) -> bool:
    """Whether the connection carries this request alone and as it is: neither encrypted here nor shared with others."""
    return environ["SERVER_PROTOCOL"].startswith("HTTP/1") and not isinstance(connection, ssl.SSLSocket)


def _lead_nowhere(descriptor: int) -> None:
    ours, others = socket.socketpair()
    others.close()
    with ours:
        os.dup2(ours.fileno(), descriptor, inheritable=False)
