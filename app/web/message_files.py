"""What may hang on a message: pictures, encoded anew as photographs are, and files of a short list of sorts."""

from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import FileField
from wtforms.validators import ValidationError

from app.domain.messaging.terms import LONGEST_FILE_NAME, MOST_FILES, SentFile
from app.web import ports
from app.web.forms import Label, without_forbidden
from app.web.uploads import MAX_BYTES, check_bytes, read_photo

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SORTS = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".doc": "application/msword",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".zip": "application/zip",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
}
"""By the end of its name, which is what the reader's machine goes by. No browser runs any of these, and each is a download."""
ACCEPTED = ",".join(sorted(_PICTURES | _SORTS.keys()))
_ENDS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"} | {
    sort: end for end, sort in reversed(_SORTS.items())
}
SORTS_ACCEPTED = (*sorted(_ENDS), *sorted(_PICTURES | _SORTS.keys()))
"""The same for a phone's share sheet, which goes by sorts; a window's goes by ends as well."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked at and not yet kept."""

    name: str
    mime: str
    data: bytes
    width: int | None = None
    height: int | None = None


class FilesField(FileField):
    """Any number of files up to `MOST_FILES`; `data` is a list of Upload."""

    data: Any

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": ACCEPTED, "multiple": True}, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        sent = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        if len(sent) > MOST_FILES:
            raise ValidationError(_("At most %(most)s files go with one message.", most=MOST_FILES))
        with ExitStack() as open_files:  # a large one lies in a temporary file
            for each in sent:
                open_files.enter_context(closing(each))
            self.data = [read_upload(each) for each in sent]


class SharedField(FilesField):
    """Files that another app hands over, where nobody can choose again: `data` is what could be taken of them, and
    `refused` says why of the rest, a sentence each.
    """

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.refused: list[str] = []

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        sent = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        for number, each in enumerate(sent):
            with closing(each):
                if number < MOST_FILES:
                    self._take(each)
        if len(sent) > MOST_FILES:
            self.refused.append(_("At most %(most)s files go with one message.", most=MOST_FILES))

    def _take(self, sent: FileStorage) -> None:
        name = _with_end(sent)
        try:
            self.data.append(read_upload(sent, name))
        except ValidationError as refused:
            self.refused.append(_("%(name)s: %(reason)s", name=name, reason=refused))


def keep(tenant_id: int, uploads: Iterable[Upload]) -> list[SentFile]:
    """Hand the bytes to the Files port. What no message comes to name is found by nobody."""
    return [
        SentFile(
            ports.files().put(tenant_id, each.data),
            each.mime,
            len(each.data),
            each.name,
            each.width,
            each.height,
        )
        for each in uploads
    ]


def read_upload(sent: FileStorage, name: str = "") -> Upload:
    """What was sent, looked at; `name` where it is called other than it says. Raises ValidationError with a sentence."""
    data = sent.stream.read(MAX_BYTES + 1)
    name = name or file_name(sent.filename or "")
    end = PurePosixPath(name).suffix.lower()
    if end in _PICTURES:
        picture = read_photo(data, least=1)
        return Upload(f"{name[: -len(end)]}.webp", "image/webp", picture.data, picture.width, picture.height)
    if end not in _SORTS:
        raise ValidationError(
            _(
                "“%(name)s” is of a sort that cannot be sent. Pictures, PDF, text, office files and ZIP can.",
                name=name,
            )
        )
    check_bytes(data)
    return Upload(name, _SORTS[end], data)


def _with_end(sent: FileStorage) -> str:
    """Its plain name; where it has no end that we know, the one of its sort, for apps that call a photograph `image`."""
    name = file_name(sent.filename or "")
    known = PurePosixPath(name).suffix.lower()
    return name if known in _PICTURES | _SORTS.keys() else name + _ENDS.get(sent.mimetype, "")


def file_name(typed: str) -> str:
    """The last part of a path as a plain, visible name with its end, however long it was."""
    name = " ".join(without_forbidden(typed.replace("\\", "/").rpartition("/")[2]).split()).lstrip(".")
    path = PurePosixPath(name)
    if len(name) > LONGEST_FILE_NAME - len(".webp"):
        name = path.stem[: LONGEST_FILE_NAME - len(".webp") - len(path.suffix)] + path.suffix[:10]
    return name or "file"
