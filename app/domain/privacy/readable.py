"""A table's rows as their person reads them: names where the row has ids, and nobody else's name."""

from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, select

from app.domain.privacy.holding import Holding
from app.domain.privacy.reach import table_named, targets

Kept = dict[int, tuple[str, str]]
"""The stored files that rows refer to, by id: the digest, and the name in the archive."""
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/svg+xml": "svg"}


class Readable:
    """One holding's rows for one person. Files that they refer to are added to `kept`."""

    def __init__(self, holding: Holding, person_id: int, kept: Kept) -> None:
        self._holding, self._person_id, self._kept = holding, person_id, kept
        self._table = table_named(holding.table)
        self._targets = targets(self._table)
        self._shown = [
            column.name
            for column in self._table.columns
            if column.name not in {"tenant_id", *holding.hidden} or column.name == "id"
        ]

    @property
    def query(self) -> Select[*tuple[Any, ...]]:
        """The rows, and what those that they refer to are called."""
        source: Any = self._table
        extra: list[ColumnElement[Any]] = []
        for column, target in self._targets.items():
            other = table_named(target).alias(f"of_{column}")
            told = [name for name in ("name", "digest", "mime") if name in other.c]
            told += self._holding.beside.get(column, ())
            if target == "person" or not told or column not in self._shown:
                continue
            same = (other.c.tenant_id == self._table.c.tenant_id) & (other.c.id == self._table.c[column])
            source = source.outerjoin(other, same)
            extra += [other.c[name].label(f"{column}.{name}") for name in told]
        return select(*(self._table.c[name] for name in self._shown), *extra).select_from(source)

    def row(self, row: RowMapping) -> dict[str, Any]:
        """One row of the query."""
        plain: dict[str, Any] = {}
        for name in self._shown:
            if name != self._holding.whose or name == "id":
                plain |= self._value(name, row)
        return plain

    def _value(self, name: str, row: RowMapping) -> dict[str, Any]:
        value, short = row[name], name.removesuffix("_id")
        if self._targets.get(name) == "person":
            return {short: None if value is None else self._whom(value)}
        if f"{name}.digest" in row:
            return {short: None if value is None else self._file(name, value, row)}
        if name in self._holding.beside:
            return {short: {told: row[f"{name}.{told}"] for told in self._holding.beside[name]}}
        if f"{name}.name" in row:
            return {short: row[f"{name}.name"]}
        return {name: value}

    def _whom(self, person_id: int) -> str:
        return "you" if person_id == self._person_id else "somebody else"

    def _file(self, name: str, file_id: int, row: RowMapping) -> str:
        ending = _ENDINGS.get(row[f"{name}.mime"], "bin")
        path = f"files/{name.removesuffix('_id')}-{file_id}.{ending}"
        self._kept[file_id] = (row[f"{name}.digest"], path)
        return path
