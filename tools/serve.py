"""Run web, worker and hub side by side: all start, and when one ends the others are ended too.

For a developer's machine and for a first look. docs/operating.md tells how a server runs the same three programs.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "5000")
START_WITHIN_S = 30.0
END_WITHIN_S = 10.0
PAUSE_S = 0.05
WELCOME = """
  Portico is up.

    Northlight   http://localhost:{port}            (the default tenant)
    Harbour      http://harbour.localhost:{port}

    Sign in as   member@northlight.test, contact@…, desk@…, owner@…   (or @harbour.test)
    Password     portico-demo
    Mail         http://localhost:{port}/outbox     (what the portal would have sent)
{cards}
  Ctrl-C ends it.
"""

CARDS = """    Pay with     4242 4242 4242 4242, any day to come, any three digits   (a double of Stripe: no money moves)
"""
SPACES = ("northlight", "harbour")


def _port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError:
            return False
    return True


def _programs() -> dict[str, list[str]]:
    web = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{PORT}", "--log-level", "warning"]
    # Loaded once and shared by the web processes; the control socket would be one file for all checkouts.
    web += ["--worker-class", "gthread", "--threads", "8", "--preload", "--no-control-socket"]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    return {"web": web, "worker": worker, "live": [sys.executable, "-m", "app.live"]}


def _wants_double() -> bool:
    """Whether cards are taken by a double: a first look, and nobody said where Stripe is."""
    look = os.environ.get("PORTICO_ENV", "development") == "development"
    return look and not {"PORTICO_STRIPE_ADDRESS", "PORTICO_STRIPE_KEY"} & os.environ.keys()


def _start_stripe() -> subprocess.Popen[str]:
    """Start a Stripe that moves no money, and have everything that is started from here find it."""
    data = Path(os.environ.get("PORTICO_DATA_DIR", "instance")).absolute()
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.doubles.stripe", "--state", str(data / "stripe-double.db")]
    for slug in SPACES:
        command += ["--key", f"sk_test_{slug}_demo"]
    double = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    os.environ["PORTICO_STRIPE_ADDRESS"] = double.stdout.readline().strip() if double.stdout else ""
    return double


def _end(running: Mapping[str, subprocess.Popen[str]]) -> None:
    for each in running.values():
        each.terminate()


def _answers() -> bool:
    connection = HTTPConnection(HOST, int(PORT), timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Family:
    """Child processes that live and end together."""

    def __init__(
        self,
        programs: Mapping[str, list[str]],
        running: Mapping[str, subprocess.Popen[str]] = MappingProxyType({}),
    ) -> None:
        """Start the programs; `running` is what was started before."""
        self.asked_to_end = False
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, self._hear)
        environment = {"WEB_CONCURRENCY": "2", **os.environ}
        # In sessions of their own: Ctrl-C reaches this process alone, which passes it on once.
        self.children: dict[str, subprocess.Popen[Any]] = dict(running)
        self.children |= {
            name: subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
            for name, command in programs.items()
        }

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked_to_end = True

    def first_to_end(self) -> str | None:
        """The name of a child that has ended, or None while all live."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def goes_on(self) -> bool:
        """Whether all live and nobody asked them to end."""
        return not self.asked_to_end and self.first_to_end() is None

    def end(self) -> None:
        """Ask each child to finish what it is doing, and end those that take too long."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + END_WITHIN_S
        for child in self.children.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _watch(family: Family) -> None:
    """Return when the family is to end; say welcome as soon as the portal answers."""
    deadline = time.monotonic() + START_WITHIN_S
    while family.goes_on() and not _answers():
        if time.monotonic() > deadline:
            print(f"✗ The portal did not answer within {START_WITHIN_S:.0f} seconds.", file=sys.stderr)
            return
        time.sleep(PAUSE_S)
    if family.goes_on():
        print(WELCOME.format(port=PORT, cards=CARDS if "stripe" in family.children else ""), flush=True)
    while family.goes_on():
        time.sleep(PAUSE_S)


def main() -> int:
    """Return 0 when ended on request, 1 when something kept the portal from running."""
    if not _port_is_free():
        print(f"✗ Port {PORT} is in use. Choose another one: PORT=5001 make run", file=sys.stderr)
        return 1
    running = {"stripe": _start_stripe()} if _wants_double() else {}
    try:
        prepared = (
            subprocess.run([sys.executable, "-m", "tools.prepare"], cwd=ROOT, check=False).returncode == 0
        )
        family = Family(_programs(), running) if prepared else None
    except BaseException:
        _end(running)
        raise
    if family is None:
        _end(running)
        return 1
    try:
        _watch(family)
    finally:
        ended = family.first_to_end()
        family.end()
    if family.asked_to_end:
        return 0
    if ended:
        print(f"✗ The {ended} process ended by itself; its last lines are above.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
