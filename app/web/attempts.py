"""Trying what a form asks for: shape, then rules, then commit; whatever refuses says so at its field."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound, Refusal
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to

Explain = Callable[[Any], tuple[str, str]]
"""Of a refusal: the field that it is about ("" for the form as a whole) and the sentence."""
Words = Mapping[type[Refusal], Explain]


class Nothing(Form):
    """A form that is only a button: all it carries is the CSRF token, and what the rules say to it."""


def attempt(form: Form, act: Callable[[], object], words: Words | None = None) -> bool:
    """Check the form, run the verb and commit. When either refuses, the form says why and nothing is written.

    NotFound passes: it is the page that does not exist.
    """
    if not form.validate():
        return False
    try:
        act()
        session().commit()
    except NotFound:
        session().rollback()
        raise
    except Refusal as refusal:
        session().rollback()
        for kind, explain in (words or {}).items():
            if isinstance(refusal, kind):
                field, sentence = explain(refusal)
                # A button has no fields: what would stand at one stands above.
                form.say(field if field in form else "", sentence)
                return False
        raise
    return True


def press(path: str, act: Callable[[], object], words: Words, sentence: str = "") -> Response:
    """A button's wish: do it, say in a line what became of it or why not, and go on. NotFound passes."""
    form = Nothing()
    said = sentence if attempt(form, act, words) else " ".join(form.form_errors)
    if said:
        flash(said)
    return go_to(path)


def say(field: str, sentence: Callable[[], str]) -> Explain:
    """A refusal that carries no data: always the same sentence at the same field."""
    return lambda _refusal: (field, sentence())
