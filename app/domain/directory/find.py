"""Finding people who let others find them: by what this viewer may see of them, and by nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.directory.asking import INDUSTRIES, Shape, count_of, page_of
from app.domain.directory.words import MOST_WORDS, words_in
from app.domain.profile.visible import Listed, visible_people
from app.tenancy import ask, reviewed, tenant_of

PAGE_SIZE = 30
# Reviewed: it reads no table.
_TRIGRAMS = reviewed(text("SELECT to_regprocedure('word_similarity(text, text)') IS NOT NULL"))


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks the directory. Ids are the tenant's own; `industry` is folded, as an entry keeps it."""

    words: str = ""
    location_id: int | None = None
    skill_ids: tuple[int, ...] = ()
    industry: str = ""
    here: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer."""

    people: tuple[Listed, ...] = ()
    here: frozenset[int] = frozenset()
    """Ids of those among them who are here and let this viewer know."""
    total: int = 0
    page: int = 1
    pages: int = 1
    close: bool = False
    """Nobody matches the words; these come close."""


def find_listed(session: Session, viewer: Actor, question: Question, now: datetime) -> Found:
    """One page of who answers the question, by name. A page beyond the last gives the last one.

    Two statements; two more to look for who comes close, when nobody matches.
    """
    wanted = words_in(question.words)[:MOST_WORDS]
    if question.words.strip() and not wanted:
        # What holds no letter and no digit is nobody's name.
        return Found()
    shape, values = _asked(session, viewer, question, wanted, now)
    rows, total, page = _read(session, shape, values, question.page)
    close = not total and bool(wanted) and _knows_trigrams(session)
    if close:
        likely = values | {f"word{at}": word for at, word in enumerate(wanted)}
        rows, total, page = _read(session, replace(shape, close=True), likely, question.page)
    people = visible_people(session, viewer, [row.person_id for row in rows])
    are_here = {row.person_id for row in rows if row.here}
    return Found(
        tuple(people),
        frozenset(each.person_id for each in people if each.shows_here and each.person_id in are_here),
        total,
        page,
        _pages(total),
        close and total > 0,
    )


def count_here(session: Session, viewer: Actor, now: datetime) -> int:
    """How many are here now, of all whom this viewer may see being here."""
    shape, values = _asked(session, viewer, Question(here=True), [], now)
    return int(ask(session, count_of(shape), values).scalar_one())


def industries(session: Session, viewer: Actor, most: int = 40) -> list[tuple[str, str]]:
    """(folded, as somebody writes it) of the industries that this viewer sees people in, the most common ones."""
    rows = ask(session, INDUSTRIES, _viewer(session, viewer) | {"most": most})
    return sorted((key, name) for key, name in rows)


def _viewer(session: Session, viewer: Actor) -> dict[str, Any]:
    return {"tenant": tenant_of(session), "member": viewer.is_member, "viewer": viewer.person_id}


def _asked(
    session: Session, viewer: Actor, question: Question, wanted: list[str], now: datetime
) -> tuple[Shape, dict[str, Any]]:
    """What sort of question it is, and its values."""
    shape = Shape(
        len(wanted),
        len(question.skill_ids),
        question.location_id is not None,
        bool(question.industry),
        question.here,
    )
    return shape, _viewer(session, viewer) | {
        "now": now,
        "location": question.location_id,
        "industry": question.industry,
        **{f"skill{at}": skill_id for at, skill_id in enumerate(question.skill_ids)},
        # Every word begins some word of the entry.
        **{f"word{at}": f" {word}" for at, word in enumerate(wanted)},
    }


def _read(
    session: Session, shape: Shape, values: dict[str, Any], page: int
) -> tuple[Sequence[Row[Any]], int, int]:
    """The people of that page, or of the last one; how many there are in all; and which page it is."""
    page = max(page, 1)
    asked = values | {"skipped": (page - 1) * PAGE_SIZE}
    rows = ask(session, page_of(shape, PAGE_SIZE, first=page == 1), asked).all()
    total = rows[0].total if rows else 0
    return rows, total, min(page, _pages(total))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def _knows_trigrams(session: Session) -> bool:
    """Whether the database can tell that two words resemble each other: PostgreSQL with pg_trgm."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    return bool(ask(session, _TRIGRAMS, {}).scalar())
