"""The numbers of documents: patterns of a year and a number that counts from 1 in each."""

import re

from app.domain.invoicing.terms import BadPattern

_FIELD = re.compile(r"\{(year|number)(?::([1-9]))?\}")
_PLAIN = re.compile(r"[A-Za-z0-9/._-]*")
LONGEST = 30


def check_pattern(pattern: str) -> None:
    """A pattern has `{year}` and `{number}` once each (`{number:4}` fills up to four digits), and letters, digits and
    `/ . _ -` beside them. Raises BadPattern.
    """
    fields = [match.group(1) for match in _FIELD.finditer(pattern)]
    if (
        sorted(fields) != ["number", "year"]
        or not _PLAIN.fullmatch(_FIELD.sub("", pattern))
        or len(pattern) > LONGEST
        or _touching(pattern)
    ):
        raise BadPattern


def numbered(pattern: str, year: int, number: int) -> str:
    """The number that a pattern gives: `numbered("NL-{year}-{number:4}", 2026, 7)` is `NL-2026-0007`."""
    values = {"year": year, "number": number}
    return _FIELD.sub(lambda match: f"{values[match.group(1)]:0{match.group(2) or 1}}", pattern)


def _touching(pattern: str) -> bool:
    """Without a sign between them 2026 and 1 is 202 and 61."""
    return re.search(r"\}\{", pattern) is not None
