"""How every room of the front desk answers: pages, refusals at their field, and a way onwards when it worked."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, make_response, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound, Refusal
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to

Explain = Callable[[Any], tuple[str, str]]
"""Of a refusal: the field that it is about ("" for the form as a whole) and the sentence."""
Words = Mapping[type[Refusal], Explain]


def page(template: str, *, wrong: bool = False, **context: Any) -> Response:
    """A page; `wrong` when it shows a form again that was refused."""
    return make_response(render_template(template, **context), 422 if wrong else 200)


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
                form.say(*explain(refusal))
                return False
        raise
    return True


def say(field: str, sentence: Callable[[], str]) -> Explain:
    """A refusal that carries no data: always the same sentence at the same field."""
    return lambda _refusal: (field, sentence())


def done(path: str, sentence: str) -> Response:
    """Say in a line what happened, and go on."""
    flash(sentence)
    return go_to(path)


def refused(path: str, sentence: str) -> Response:
    """A button's wish that the rules refuse: there is no form to show again, so the next page says why."""
    session().rollback()
    flash(sentence)
    return go_to(path)


def today() -> date:
    """The date where the tenant is: what contracts go by."""
    return local_date(auth.now(), zone(auth.portal().zone))


def same_name() -> str:
    return _("Another one has this name.")


class Nothing(Form):
    """A form that is only a button: all it carries is the CSRF token."""
