"""How many SQL statements a page costs: counted where they reach the driver."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.web.database import db
from tools.bench.stage import SEARCH, Stage

PAGES = ("/", SEARCH, "/bookings/day", "/bookings/mine", "/account", "/account/sessions", "/login")
_NOT_COUNTED = ("BEGIN", "SELECT set_config")
"""What begins a transaction: once a request, whatever the page."""


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that the application sends while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def per_page(app: Flask, stage: Stage, pages: Sequence[str] = PAGES) -> dict[str, int]:
    """Statements of each page for a member, once the process knows the tenant's settings."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": stage.cookies[0]}
    found = {}
    for path in pages:
        client.get(path, headers=headers)
        with counted(app) as sent:
            answer = client.get(path, headers=headers)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path} answered {answer.status}")
        found[path] = len(sent)
    return found
