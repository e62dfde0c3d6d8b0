"""How every room of the front desk answers: pages, refusals at their field, and a way onwards when it worked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.kernel.paging import Stretch
from app.web.database import session
from app.web.htmx import go_to


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of asking another system, as the page of its settings says it."""

    worked: bool
    sentence: str


def page(template: str, *, wrong: bool = False, **context: Any) -> Response:
    """A page; `wrong` when it shows a form again that was refused."""
    return make_response(render_template(template, **context), 422 if wrong else 200)


def done(path: str, sentence: str) -> Response:
    """Say in a line what happened, and go on."""
    flash(sentence)
    return go_to(path)


def refused(path: str, sentence: str) -> Response:
    """A button's wish that the rules refuse: there is no form to show again, so the next page says why."""
    session().rollback()
    flash(sentence)
    return go_to(path)


def around(at: Stretch, url: Callable[[int], str]) -> dict[str, Any]:
    """What `list_pager` is told about one page of a list; `url` gives the address of the page of that number."""
    return {
        "previous": url(at.page - 1) if at.page > 1 else None,
        "following": url(at.page + 1) if at.page < at.pages else None,
        "stretch": at,
    }


def same_name() -> str:
    return _("Another one has this name.")
