"""Lists as CSV that a spreadsheet opens without running anything."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from flask import Response
from sqlalchemy.orm import Session

from app.tenancy import tenant_session
from app.web import auth
from app.web.database import session_opener

# A cell that begins with one of these is a formula to a spreadsheet, and somebody's name may be one.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide forms count too

_AT_ONCE = 200


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_FORMULA) else text


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A download in UTF-8; the byte order mark tells Excel so."""
    return _download(name, "".join(_text(head, rows)))


def csv_stream(
    name: str, head: Sequence[str], read: Callable[[Session], Iterable[Sequence[str]]]
) -> Response:
    """The same, sent while it is read: of many rows only some are held at a time. `read` gets a session of its own, and has
    neither request nor language: those are over when the answer begins. What goes wrong meanwhile cuts the file short."""
    tenant_id, open_session = auth.portal().tenant_id, session_opener()

    def text() -> Iterator[str]:
        with tenant_session(open_session, tenant_id) as own:
            yield from _text(head, read(own))

    return _download(name, text())


def _text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The byte order mark and the head, then some rows after others."""
    yield "\ufeff" + _lines([head])
    source = iter(rows)
    while some := list(islice(source, _AT_ONCE)):
        yield _lines([safe_cell(cell) for cell in row] for row in some)


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _download(name: str, body: str | Iterator[str]) -> Response:
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
