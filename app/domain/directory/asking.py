"""The statements of a search, made once for each sort of question: making one anew takes longer than running it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from app.domain.folded import holds
from app.models import Block, CheckIn, DirectoryEntry, PersonSkill
from app.models.base import table_of
from app.tenancy import reviewed

_ENTRY, _BLOCK, _CHECK_IN, _SKILL = map(table_of, (DirectoryEntry, Block, CheckIn, PersonSkill))
_CLOSE = 0.55
"""From which likeness on a word counts as another one with a slip in it, where trigrams can tell."""
_CLOSE_WITHIN = 200
"""Letters of an entry in which such a one is looked for: names, work and skills."""
Condition = Any


@dataclass(frozen=True, slots=True)
class Shape:
    """By what a question narrows the directory down; the values are bound when it is asked."""

    words: int = 0
    skills: int = 0
    location: bool = False
    industry: bool = False
    here: bool = False
    close: bool = False
    """Each word may have a slip in it."""


# Reviewed, all of them: each names its tenant wherever it reads a table.


@lru_cache(maxsize=512)
def page_of(shape: Shape, size: int, *, first: bool) -> Select[Any]:
    """A page's people, by name; which of them are here, as far as the viewer may know; and how many there are in all.

    `first`, or the one that begins after `skipped` people; beyond the last it is the last one. Nobody found, no row.
    What belongs to each person is asked when they are known.
    """
    total: Any = func.count().over()
    if not first or shape == Shape():
        # Everybody is counted faster than they are walked through, and how far to go is known before.
        total = count_of(shape).scalar_subquery()
    found = (
        select(
            _ENTRY.c.person_id,
            _ENTRY.c.sort_key,
            _ENTRY.c.shows_here,
            total.label("total"),
        )
        .where(*_conditions(shape))
        .order_by(_ENTRY.c.sort_key, _ENTRY.c.person_id)
        # Written into the statement, so that a plan made for any question knows how few it gives.
        .limit(literal_column(str(size)))
        .offset(None if first else _within(total, size))
        .subquery()
        .c
    )
    anywhere = exists().where(
        _CHECK_IN.c.tenant_id == bindparam("tenant"), _CHECK_IN.c.person_id == found.person_id, *_now()
    )
    # The viewer sees of themselves what they keep from others.
    here = and_(or_(found.shows_here, found.person_id == bindparam("viewer")), anywhere)
    return reviewed(
        select(found.person_id, found.total, here.label("here")).order_by(found.sort_key, found.person_id)
    )


@lru_cache(maxsize=256)
def count_of(shape: Shape) -> Select[Any]:
    """How many there are in all."""
    return reviewed(select(func.count()).select_from(_ENTRY).where(*_conditions(shape)))


def _within(total: Any, size: int) -> Any:
    per_page: Any = literal_column(str(size))
    skipped = bindparam("skipped", type_=Integer)
    return case((total > skipped, skipped), else_=(total - 1) // per_page * per_page)


def _conditions(shape: Shape) -> Iterator[Condition]:
    yield _ENTRY.c.tenant_id == bindparam("tenant")
    yield _ENTRY.c.for_members == bindparam("member")
    yield _ENTRY.c.person_id.not_in(
        select(_BLOCK.c.blocked_id).where(
            _BLOCK.c.tenant_id == bindparam("tenant"), _BLOCK.c.blocker_id == bindparam("viewer")
        )
    )
    if shape.location:
        yield _ENTRY.c.location_id == bindparam("location")
    if shape.industry:
        yield _ENTRY.c.industry_key == bindparam("industry")
    if shape.skills:
        yield _ENTRY.c.shows_skills
    for at in range(shape.skills):
        yield _ENTRY.c.person_id.in_(
            select(_SKILL.c.person_id).where(
                _SKILL.c.tenant_id == bindparam("tenant"), _SKILL.c.skill_id == bindparam(f"skill{at}")
            )
        )
    if shape.here:
        yield _ENTRY.c.shows_here
        yield _ENTRY.c.person_id.in_(
            select(_CHECK_IN.c.person_id).where(_CHECK_IN.c.tenant_id == bindparam("tenant"), *_now())
        )
    for at in range(shape.words):
        yield _resembles(f"word{at}") if shape.close else holds(_ENTRY.c.words, bindparam(f"word{at}"))


def _resembles(word: str) -> Condition:
    beginning = func.substr(_ENTRY.c.words, literal_column("1"), literal_column(str(_CLOSE_WITHIN)))
    return func.word_similarity(bindparam(word), beginning) >= literal_column(str(_CLOSE))


def _now() -> tuple[Condition, Condition]:
    return _CHECK_IN.c.starts_at <= bindparam("now"), _CHECK_IN.c.ends_at > bindparam("now")


INDUSTRIES = reviewed(
    select(_ENTRY.c.industry_key, func.min(_ENTRY.c.industry))
    .where(*_conditions(Shape()), _ENTRY.c.industry_key != literal_column("''"))
    .group_by(_ENTRY.c.industry_key)
    .order_by(func.count().desc(), _ENTRY.c.industry_key)
    .limit(bindparam("most"))
)
"""The industries that a viewer sees people in, as somebody writes each, the most common ones."""
