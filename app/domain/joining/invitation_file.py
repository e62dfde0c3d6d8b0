"""A spreadsheet of people to invite: read whatever program wrote it, looked over row by row, then sent."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from app.kernel.errors import Refusal

COLUMNS = ("email", "first_name", "last_name", "location", "plan")
MAX_BYTES = 1024 * 1024
_LONGEST_CELL = 1000

# Heads that people write, folded. Spanish ones, too, since the portal speaks it.
_HEADS = {
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "correo": "email",
    "correo electrónico": "email",
    "first name": "first_name",
    "first_name": "first_name",
    "name": "first_name",
    "nombre": "first_name",
    "last name": "last_name",
    "last_name": "last_name",
    "surname": "last_name",
    "apellido": "last_name",
    "apellidos": "last_name",
    "location": "location",
    "home location": "location",
    "sede": "location",
    "centro": "location",
    "plan": "plan",
}


class FileFault(StrEnum):
    """Why a whole file cannot be read."""

    EMPTY = "empty"
    NO_TEXT = "no_text"
    NO_EMAIL_COLUMN = "no_email_column"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"


class FileRefused(Refusal):
    """The file is no list of people."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the file, as text. `number` is the line that a spreadsheet shows it on."""

    number: int
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    location: str = ""
    plan: str = ""


def read_file(data: bytes, most: int) -> list[Line]:
    """The people of a CSV file: UTF-8 with or without a mark, UTF-16, or Windows' Latin; commas, semicolons or tabs;
    a head in any order, or none and then the columns in ours. Raises FileRefused.
    """
    if len(data) > MAX_BYTES:
        raise FileRefused(FileFault.TOO_LARGE)
    text = _decoded(data)
    if not text.strip():
        raise FileRefused(FileFault.EMPTY)
    lines = list(_lines(text, most))
    if not lines:
        raise FileRefused(FileFault.EMPTY)
    return lines


def _decoded(data: bytes) -> str:
    marked_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked_wide else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A picture or a workbook decodes as Latin, too, but no text has such characters. A NUL is left for the row's
        # own refusal when the rest is text.
        if encoding == "utf-8-sig" or not any(char < " " and char not in "\t\r\n" for char in text):
            return text
    raise FileRefused(FileFault.NO_TEXT)


def _lines(text: str, most: int) -> Iterator[Line]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    columns: list[str | None] | None = None
    found = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                if _is_head(cells):
                    continue
            found += 1
            if found > most:
                raise FileRefused(FileFault.TOO_MANY_ROWS)
            pairs = zip(columns, cells, strict=False)
            values = {key: cell.strip()[:_LONGEST_CELL] for key, cell in pairs if key is not None}
            yield Line(reader.line_num, **values)
    except csv.Error:
        raise FileRefused(FileFault.NO_TEXT) from None


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(",;\t", key=first.count)


def _is_head(cells: list[str]) -> bool:
    return not any("@" in cell for cell in cells)


def _columns(cells: list[str]) -> list[str | None]:
    """What each column holds. A column that is not ours is passed over; without a head they come in our order."""
    if not _is_head(cells):
        return list(COLUMNS)
    columns = [_HEADS.get(" ".join(cell.split()).casefold()) for cell in cells]
    if "email" not in columns:
        raise FileRefused(FileFault.NO_EMAIL_COLUMN)
    # The first of two columns of one name counts.
    return [key if key not in columns[:place] else None for place, key in enumerate(columns)]
