"""The blueprint, a list of people as its pages show it, and the switch between its two lists."""

from dataclasses import dataclass

from flask import Blueprint, url_for
from flask_babel import gettext as _

from app.web.people import FaceRow

blueprint = Blueprint("directory", __name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of a list, ready to be shown. `person_url`, an id and `query` make each row's address."""

    rows: list[FaceRow]
    count: str
    query: str = ""
    previous: str = ""
    following: str = ""
    close: bool = False
    """Nobody matches the words; these come close."""
    cut: int = 0
    """How many characters were looked for where more were sent; 0 when all were."""
    asked: bool = False
    """Whether anything narrows the list down."""
    person_url: str = "/people/"
    seen_id: int | None = None
    """Who is shown beside the list."""


def lists(current: str) -> list[tuple[str, str, bool]]:
    """People and teams, for the switch at the head of each."""
    return [
        (_("People"), url_for("directory.index"), current == "people"),
        (_("Teams"), url_for("directory.index_teams"), current == "teams"),
    ]


def with_query(address: str, query: str) -> str:
    """An address and the question that one came with."""
    return f"{address}?{query}" if query else address
