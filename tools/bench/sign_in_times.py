"""Whether the time of an answer tells who has an account: signing in and asking for a link, with known and unknown e-mails.

`python -m tools.bench.sign_in_times [ROUNDS]` asks both in turns, in an order drawn anew each time, and prints medians and
Welch's t, the difference of the means in units of its own error: below 2 the noise hides it, at 300 rounds too.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient

from app.demo import fill_demo
from app.factory import create_app
from app.settings import Settings
from app.web.database import db

ROUNDS = 300
_WARM_UP = 10
_UNLIMITED = "1000000 per minute"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Question:
    """A form that is sent with a known and with an unknown e-mail; times in milliseconds."""

    name: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    known: list[float] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)


def _app(folder: Path) -> Flask:
    app = create_app(
        Settings(
            environment="test",
            secret_key="only-for-this-measurement-and-long-enough",  # noqa: S106 (of a server that lives a minute)
            database_url=f"sqlite:///{folder / 'portico.db'}",
            data_dir=folder,
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        fill_demo(db.session.session_factory, app.extensions["portico_files"], datetime.now(UTC))
    app.config["LIMITS"] = dict.fromkeys(app.config["LIMITS"], _UNLIMITED)
    return app


def _milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _ask(client: FlaskClient, token: str, question: Question, number: int, *, known: bool) -> float:
    email = "member@northlight.test" if known else f"nobody{number % 10}@northlight.test"
    data = {"csrf_token": token, "email": email, **question.fields}
    # Not read to its end within the time: what is done once an answer has left, its visitor cannot see.
    answers = []
    spent = _milliseconds(lambda: answers.append(client.post(question.path, data=data, buffered=False)))
    answers[0].close()
    return spent


def _measure(client: FlaskClient, question: Question, rounds: int) -> None:
    found = _TOKEN.search(client.get(question.path).text)
    if found is None:
        raise RuntimeError(f"{question.path} shows no form")
    for number in range(rounds + _WARM_UP):
        for known in random.sample((True, False), 2):
            # What the question before has set off is over when this answer is here.
            client.get(question.path)
            spent = _ask(client, found[1], question, number, known=known)
            if number >= _WARM_UP:
                (question.known if known else question.unknown).append(spent)


def welch(first: list[float], second: list[float]) -> float:
    """The difference of the means in units of its standard error."""
    error = statistics.variance(first) / len(first) + statistics.variance(second) / len(second)
    return float((statistics.fmean(first) - statistics.fmean(second)) / error**0.5)


def main(arguments: list[str]) -> int:
    """Measure, and print a line for each question."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    questions = [
        Question("sign in, wrong password", "/login", {"password": "not the password"}),
        Question("forgotten password", "/password/forgotten"),
        Question("sign in by mail", "/login/link"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        client = _app(Path(folder)).test_client()
        for question in questions:
            _measure(client, question, rounds)
    print(f"{rounds} rounds, milliseconds: median of known, median of unknown, Welch's t of the difference")
    for question in questions:
        known, unknown = question.known, question.unknown
        print(
            f"{question.name:26} {statistics.median(known):8.3f} {statistics.median(unknown):8.3f} "
            f"{welch(known, unknown):+6.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
