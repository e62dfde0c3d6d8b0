"""The blueprint, and how its routes answer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from app.web import attempts
from app.web.account_tabs import TABS
from app.web.team import REFUSALS

blueprint = Blueprint("team", __name__)


@blueprint.context_processor
def account_tabs() -> dict[str, Any]:
    """The teams are part of "My account", and have its frame."""
    return {"account_tabs": TABS}


def press(path: str, act: Callable[[], object], sentence: str) -> Response:
    """`attempts.press` in the words of teams."""
    return attempts.press(path, act, REFUSALS, sentence)


def team_url(team_id: int) -> str:
    return url_for("team.show", team_id=team_id)
