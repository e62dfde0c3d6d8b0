"""What people fill in about messages."""

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.domain.messaging.terms import (
    LONGEST_MESSAGE,
    LONGEST_NOTE,
    LONGEST_TITLE,
    MOST_PEOPLE,
    MakeReport,
    SendMessage,
)
from app.models import ReportReason
from app.web import auth
from app.web.forms import ChoiceField, Form, Label, SearchField, TextField, id_of, options
from app.web.message_files import FilesField, keep
from app.web.report_words import REASONS

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,36}", re.ASCII)
_MOST_TICKED = 2 * MOST_PEOPLE
"""Of more people, a database is not even asked; who ticked more than fit hears so of these."""
_UNSEEN = frozenset({"Cf", "Zs", "Mn"})


def client_id_of(sent: str | None) -> str | None:
    """The id that a browser gave its message; None for anything that no browser of ours makes."""
    return sent if sent and _CLIENT_ID.fullmatch(sent) else None


class BodyField(TextField):
    """What a message says; of signs that nobody sees, nothing is left."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, longest=LONGEST_MESSAGE, required=False, multiline=True, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if all(unicodedata.category(char) in _UNSEEN or char.isspace() for char in self.data):
            self.data = ""


class MessageForm(Form):
    """A message on its way."""

    body = BodyField(_l("Message"))
    files = FilesField(_l("Pictures and files"))
    client_id = HiddenField()

    def to_command(self) -> SendMessage:
        """What is to be sent; the files are kept by now."""
        return SendMessage(
            self.body.data or "",
            client_id_of(self.client_id.data),
            keep(auth.portal().tenant_id, self.files.data or ()),
        )


class EditForm(Form):
    body = BodyField(_l("Message"))


class DraftForm(Form):
    body = BodyField(_l("Message"))


class PeopleField(HiddenField):
    """Ids of people who were ticked; `data` is a set of numbers."""

    data: Any

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = frozenset(
            found for value in valuelist[:_MOST_TICKED] if (found := id_of(value)) is not None
        )

    def pre_validate(self, _form: Any) -> None:
        if not self.data:
            raise ValidationError(_("Choose somebody to write to."))


class NewForm(Form):
    """Who a new conversation is with, and what a group is called."""

    people = PeopleField(_l("People"))
    title = TextField(_l("Name of the group"), longest=LONGEST_TITLE, required=False)


class TitleForm(Form):
    title = TextField(_l("Name"), longest=LONGEST_TITLE, required=False)


class AddForm(Form):
    people = PeopleField(_l("People"))


class LookForm(Form):
    """Words to look for people by, those that were looked for before, and who was ticked."""

    class Meta:
        csrf = False

    q = SearchField()
    looked = SearchField()
    people = PeopleField()


class ReportForm(Form):
    reason = ChoiceField(_l("What is wrong with it?"), choices=options(REASONS.items()), coerce=ReportReason)
    note = TextField(
        _l("Anything the front desk should know"), longest=LONGEST_NOTE, required=False, multiline=True
    )

    def to_command(self) -> MakeReport:
        return MakeReport(self.reason.data, self.note.data or "")


class SearchForm(Form):
    """Words to look for."""

    class Meta:
        csrf = False

    q = SearchField()
