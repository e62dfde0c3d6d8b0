"""What a phone's share sheet sends, and what its person says about it."""

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.blueprints.messages.forms import BodyField, client_id_of
from app.domain.messaging.sharing import Receiver, Share
from app.domain.messaging.terms import LONGEST_MESSAGE, SendMessage
from app.models.base import LARGEST_ID
from app.web import auth
from app.web.forms import Form, Label, SearchField, clean_text, only_text, without_forbidden
from app.web.message_files import SharedField, keep

_LONGEST_SHARED = 4 * LONGEST_MESSAGE
"""What is read of a text at all: enough to be cut to a message by hand."""
_RECEIVER = re.compile(r"([cp])([1-9]\d{0,18})", re.ASCII)


class SharedText(SearchField):
    """Text of another app: nobody is there to put it right, so what cannot be shown is taken out."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = only_text(valuelist)[:_LONGEST_SHARED].replace("\r\n", "\n").replace("\r", "\n")
        self.data = clean_text(without_forbidden(typed, multiline=True), multiline=True)


class ShareForm(Form):
    """The share sheet's own post, which carries no token of ours."""

    class Meta:
        csrf = False

    title = SharedText()
    text = SharedText()
    url = SharedText()
    files = SharedField()

    def to_share(self) -> Share:
        """What could be taken of it; its files are kept by now."""
        return Share(
            "\n".join(self._lines()),
            keep(auth.portal().tenant_id, self.files.data or ()),
            "\n".join(self.files.refused),
        )

    def _lines(self) -> Iterator[str]:
        """Title, text and address, each once: many apps say the same in two of them."""
        parts = [each.data for each in (self.title, self.text, self.url) if each.data]
        for number, part in enumerate(parts):
            others = parts[:number] + [other for other in parts[number + 1 :] if other != part]
            if not any(part in other for other in others):
                yield part


class ReceiverField(HiddenField):
    """`c12` for a conversation, `p34` for a person; `data` keeps it as it was sent, `receiver` is who is meant."""

    data: Any
    receiver: Receiver | None = None

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = only_text(valuelist)
        match = _RECEIVER.fullmatch(self.data)
        if match is None or int(match[2]) > LARGEST_ID:
            self.data = ""
        elif match[1] == "c":
            self.receiver = Receiver(conversation_id=int(match[2]))
        else:
            self.receiver = Receiver(person_id=int(match[2]))


class WordsForm(Form):
    """What is said with it, while the person goes to choose somebody else."""

    body = BodyField(_l("Message"))


class SendForm(Form):
    """Who gets it, and what is said with it."""

    body = BodyField(_l("Message"))
    to = ReceiverField(_l("Who gets it"))
    client_id = HiddenField()

    def validate_to(self, field: ReceiverField) -> None:
        if field.receiver is None:
            raise ValidationError(_("Choose who gets it."))

    def to_command(self) -> SendMessage:
        return SendMessage(self.body.data or "", client_id_of(self.client_id.data))


class LookForm(Form):
    """Words to look for conversations by, and which one is chosen already."""

    class Meta:
        csrf = False

    q = SearchField()
    to = ReceiverField()
