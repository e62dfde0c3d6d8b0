"""The body of every field whose one line is read into a value: a number, an amount, a day, a time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import ValidationError

from app.web.forms.base import Label, only_text
from app.web.forms.text import without_forbidden


class ReadField(Field, ABC):
    """`data` is what `read` makes of the line; None when it is refused, or may be empty and is.

    What was typed is shown again as it was, so that nobody loses it to a slip.
    """

    data: Any

    def __init__(
        self, label: Label = None, validators: Iterable[Any] = (), *, required: bool = True, **kwargs: Any
    ) -> None:
        self.required = required
        super().__init__(label, list(validators), **kwargs)
        self.flags.required = required

    @abstractmethod
    def read(self, typed: str) -> Any:
        """The value of a line that is not empty. Raises ValidationError."""

    @abstractmethod
    def write(self, value: Any) -> str:
        """The line that `read` would read as this value."""

    def needed(self) -> str:
        """What to say to an empty line that must not be empty."""
        return _("This is needed.")

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist).strip()
        self.data = None
        if typed:
            self.data = self.read(typed)
        elif self.required:
            raise ValidationError(self.needed())

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms hands it over
        """A request without any form at all never comes to `process_formdata`."""
        if self.required and self.data is None and not self.process_errors:
            raise ValidationError(self.needed())

    def _value(self) -> str:
        if self.raw_data:
            return without_forbidden(only_text(self.raw_data))
        return "" if self.data is None else self.write(self.data)
