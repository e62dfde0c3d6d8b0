"""The form itself, and what is true of every field."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

Label = Any
"""A sentence or a lazy one (`lazy_gettext` is untyped)."""


class Form(FlaskForm):  # type: ignore[misc] # untyped
    """A form with a CSRF token. `say` puts a rule's refusal at the field that it is about."""

    def say(self, name: str, sentence: str) -> None:
        """Add an error to the field of that name; with an empty name, to the form as a whole."""
        if name:
            say(self[name], sentence)
        else:
            self.form_errors.append(sentence)


def say(field: Field, sentence: str) -> None:
    """Add an error to a field after it has been validated."""
    field.errors = [*field.errors, sentence]


def only_text(values: Sequence[Any]) -> str:
    """The first value as text; a file that was sent in place of text counts as nothing."""
    return values[0] if values and isinstance(values[0], str) else ""
