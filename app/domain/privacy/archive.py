"""Everything that is held about somebody, as an archive: a file of plain JSON for each kind, and their own files."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.domain.privacy.holding import Holding
from app.domain.privacy.holdings import HOLDINGS
from app.domain.privacy.reach import belongs_to_person, table_named
from app.domain.privacy.readable import Kept, Readable
from app.tenancy import ask, reviewed, tenant_of

FileBytes = Callable[[str], bytes | None]
"""The bytes under a digest."""
README = "README.txt"
_BATCH = 500
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The moment that every file in the archive shows, so that the same data makes the same bytes."""


def write_archive(
    session: Session,
    person_id: int,
    target: IO[bytes],
    file_bytes: FileBytes,
    readme: Callable[[list[str]], str],
) -> None:
    """Write the archive. Rows are read and written five hundred at a time: however many there are, memory stays."""
    tenant_id = tenant_of(session)
    names: list[str] = []
    kept: Kept = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for holding in HOLDINGS:
            mine = belongs_to_person(holding, tenant_id, person_id)
            if mine is None or not holding.export:
                continue
            names.append(f"{holding.export}.json")
            with archive.open(_entry(names[-1]), "w") as file:
                _write_rows(file, _rows(session, holding, mine, person_id, kept))
        for digest, name in sorted(kept.values()):
            data = file_bytes(digest)
            if data is not None:
                names.append(name)
                archive.writestr(_entry(name), data)
        archive.writestr(_entry(README), readme(names))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _write_rows(file: IO[bytes], rows: Iterator[Mapping[str, Any]]) -> None:
    separator = "[\n"
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, indent=2, default=_plain)
        file.write(f"{separator}{text}".encode())
        separator = ",\n"
    file.write(b"[]\n" if separator == "[\n" else b"\n]\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _rows(
    session: Session, holding: Holding, mine: ColumnElement[bool], person_id: int, kept: Kept
) -> Iterator[dict[str, Any]]:
    table, readable = table_named(holding.table), Readable(holding, person_id, kept)
    last = 0
    while True:
        batch = readable.query.where(mine, table.c.id > last).order_by(table.c.id).limit(_BATCH)
        rows = ask(session, reviewed(batch), {}).mappings().all()
        yield from map(readable.row, rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1]["id"]
