"""Lists as CSV that a spreadsheet opens without running anything."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response

# A cell that begins with one of these is a formula to a spreadsheet, and somebody's name may be one.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide forms count too


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_FORMULA) else text


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A download in UTF-8; the byte order mark tells Excel so."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
