"""The process: a socket on this machine's own address, and the rooms behind it."""

import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.stripe.errors import StripeError
from tests.doubles.stripe.gate import Answer, Gate, Request
from tests.doubles.stripe.pages import Page, Pages
from tests.doubles.stripe.switches import Switches
from tests.doubles.stripe.tides import turn_what_is_due
from tests.doubles.stripe.webhooks import Postman
from tests.doubles.stripe.world import World

MOST_BYTES = 1_000_000
TIDE_S = 1.0


class Store:
    """Where state outlives the process; with no file it does not."""

    def __init__(self, world: World, file: str | None) -> None:
        self.world, self.saved = world, ""
        self.database = sqlite3.connect(file, check_same_thread=False) if file else None
        if self.database is not None:
            self.database.execute(
                "CREATE TABLE IF NOT EXISTS world (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"
            )
            found = self.database.execute("SELECT body FROM world WHERE id = 1").fetchone()
            if found is not None:
                world.load(json.loads(found[0]))

    def save(self) -> None:
        """Write what changed. The caller holds the world's lock."""
        if self.database is None:
            return
        body = json.dumps(self.world.dump())
        if body != self.saved:
            self.database.execute("INSERT OR REPLACE INTO world (id, body) VALUES (1, ?)", (body,))
            self.database.commit()
            self.saved = body


class Stripe:
    """All rooms, and the threads that work by themselves."""

    def __init__(self, file: str | None = None) -> None:
        self.world = World()
        self.store = Store(self.world, file)
        self.gate = Gate(self.world)
        self.pages = Pages(self.world)
        self.postman = Postman(self.world)
        self.switches = Switches(self.world, self.gate, self.postman)

    def start(self) -> None:
        self.postman.start()
        threading.Thread(target=self._tides, name="tides", daemon=True).start()

    def _tides(self) -> None:
        while True:
            time.sleep(TIDE_S)
            self.settle()

    def settle(self) -> None:
        """Let happen what time brings, and keep it."""
        with self.world.lock:
            turn_what_is_due(self.world)
            self.store.save()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    stripe: Stripe

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.close_connection = True
            return self._json(413, {"error": {"message": "Too much.", "type": "invalid_request_error"}})
        body = self.rfile.read(length).decode(errors="replace")
        parts = urlsplit(self.path)
        self.stripe.settle()
        try:
            if parts.path.startswith("/v1/"):
                self._api(parts.path, parts.query, body)
            elif parts.path.startswith("/test/"):
                self._switch(parts.path, body)
            else:
                self._page(parts.path, body)
        finally:
            self.stripe.settle()
        return None

    def _api(self, path: str, query: str, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.stripe.gate.answer(Request(self.command, path, query, headers, body))
        if answer.hang_s is not None:
            return self._hang(answer)
        return self._json(answer.status, answer.body, answer.headers)

    def _hang(self, answer: Answer) -> None:
        time.sleep(answer.hang_s or 0)
        self.close_connection = True

    def _switch(self, path: str, body: str) -> None:
        try:
            self._json(200, self.stripe.switches.turn(self.command, path, json.loads(body or "{}")))
        except StripeError as error:
            self._json(error.status, error.body)
        except (KeyError, TypeError, ValueError) as problem:
            self._json(400, {"error": {"message": f"{type(problem).__name__}: {problem}", "type": "switch"}})

    def _page(self, path: str, body: str) -> None:
        with self.stripe.world.lock:
            page = self.stripe.pages.answer(self.command, path, dict(parse_qsl(body, keep_blank_values=True)))
        self._html(page)

    def _html(self, page: Page) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
        if page.location is not None:
            headers["Location"] = page.location
        self._send(page.status, headers, page.html.encode())

    def _json(self, status: int, data: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(data, indent=2).encode()
        self._send(status, {"Content-Type": "application/json", **(headers or {})}, body)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: `/test/calls` tells what was asked."""


class Server(ThreadingHTTPServer):
    daemon_threads = True


def make_server(stripe: Stripe, port: int) -> Server:
    """Bind to this machine's own address only, and tell the rooms where they are."""
    handler = type("StripeHandler", (Handler,), {"stripe": stripe})
    server = Server(("127.0.0.1", port), handler)
    stripe.world.origin = f"http://127.0.0.1:{server.server_port}"
    return server
