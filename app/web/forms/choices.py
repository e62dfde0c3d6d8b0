"""One or several out of a list, and a yes or no."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import ValidationError

from app.web.forms.base import Label
from app.web.forms.ids import id_or_none


def text_or_none(value: Any) -> str | None:
    """What the value of an option means: a word, or None for the empty one."""
    return str(value) if value not in {"", None} else None


def options(pairs: Iterable[tuple[Any, Any]], *, empty: Label = None) -> list[SelectChoice]:
    """Choices for a list out of (value, label) pairs; `empty` is the label of the choice that stands for none."""
    none = [] if empty is None else [SelectChoice("", empty)]
    return none + [SelectChoice(str(value), label) for value, label in pairs]


_WITH_OUR_SENTENCE: dict[str, Any] = {
    "invalid_value_message": _l("Choose one from the list."),
    "invalid_choice_message": _l("Choose one from the list."),
}


class ChoiceField(SelectField):
    """One of a list; another tenant's id is refused like any other that is not on it.

    For ids pass `coerce=id_or_none`, and `options(…, empty=…)` when none is fine.
    """

    def __init__(self, label: Label = None, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **_WITH_OUR_SENTENCE, **kwargs)


class SegmentField(RadioField):
    """One of a few, all in sight."""

    def __init__(self, label: Label = None, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **_WITH_OUR_SENTENCE, **kwargs)


class CheckField(BooleanField):
    """A yes or no."""

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)


class ChoicesField(SelectMultipleField):
    """Any number of ids out of a list, as checkboxes; of words with `coerce=str`."""

    def __init__(
        self,
        label: Label = None,
        validators: Iterable[Any] = (),
        *,
        coerce: Callable[[Any], Any] = id_or_none,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), coerce=coerce, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = [self.coerce(value) for value in valuelist]
        except ValueError:
            self.data = []
            raise ValidationError(_("Choose from the list.")) from None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms asks for it
        allowed = {self.coerce(value) for value, *_rest in self.iter_choices()}
        if not set(self.data or ()) <= allowed:
            raise ValidationError(_("Choose from the list."))
