"""Whole minutes since 1970 in UTC: what availability counts in, because integers compare in a tenth of the time."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.kernel.spans import Span

DAY = 24 * 60

LAST_MINUTE = 10**9
"""In the year 3871. A larger number that somebody sends is no time of ours, and from some on no time at all."""

Stretch = tuple[int, int]
"""Half-open, `[from, until)`, in minutes since 1970."""


def minute_of(moment: datetime) -> int:
    """The minute that an aware moment falls in."""
    return int(moment.timestamp() // 60)


@lru_cache(maxsize=8192)
def moment_of(minute: int) -> datetime:
    """The aware UTC moment at which a minute begins."""
    return datetime.fromtimestamp(minute * 60, UTC)


def stretch_of(span: Span) -> Stretch:
    """The span in minutes, rounded outwards."""
    return minute_of(span.start), -(-int(span.end.timestamp()) // 60)


@lru_cache(maxsize=8192)
def span_of(stretch: Stretch) -> Span:
    """The span of a stretch. Remembered, because the rooms of a day are booked at the same few hours."""
    return Span(moment_of(stretch[0]), moment_of(stretch[1]))


def in_whole_minutes(span: Span) -> bool:
    return not (span.start.second or span.start.microsecond or span.end.second or span.end.microsecond)


class minute_in_sql(FunctionElement[int]):  # noqa: N801 - reads as the function that it is
    """A stored moment as such a minute, counted by the database: cheaper than a datetime object for each row."""

    type = Integer()
    inherit_cache = True


@compiles(minute_in_sql, "sqlite")
def _on_sqlite(element: minute_in_sql, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER) / 60"


@compiles(minute_in_sql, "postgresql")
def _on_postgresql(element: minute_in_sql, compiler: Any, **options: Any) -> str:
    return f"floor(extract(epoch FROM {compiler.process(element.clauses, **options)}) / 60)::bigint"
