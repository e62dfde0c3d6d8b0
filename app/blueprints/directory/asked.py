"""What the directory's address asks for, however it was made."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request

from app.domain.directory.find import Question
from app.domain.directory.words import LONGEST_QUERY, words_in
from app.kernel.errors import NotFound
from app.web import auth
from app.web.forms import clean_text, id_or_none, without_forbidden

MOST_SKILLS = 5
_LONGEST_INDUSTRY = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, and how to ask it again."""

    question: Question
    cut: bool
    """Whether more words were sent than are looked for."""

    @property
    def words(self) -> str:
        return self.question.words

    def query(self, **other: Any) -> str:
        """The question as an address says it, with some answers replaced: `page=2`."""
        asked = replace(self.question, **other)
        answers: dict[str, Any] = {
            "q": asked.words,
            "location": asked.location_id,
            "industry": asked.industry,
            "skill": asked.skill_ids,
            "here": 1 if asked.here else None,
            "page": asked.page if asked.page > 1 else None,
        }
        return urlencode({name: value for name, value in answers.items() if value}, doseq=True)


def read_words() -> tuple[str, bool]:
    """The words to look for, clean, and whether they were cut: what is too long is not even put in order."""
    typed = request.args.get("q", "")
    return clean_text(without_forbidden(typed[:LONGEST_QUERY])), len(typed) > LONGEST_QUERY


def read_question(skills: dict[int, str]) -> Asked:
    """What is asked. Raises NotFound for a location or a skill that is not one of ours."""
    words, cut = read_words()
    location_id = _id("location")
    if location_id is not None and location_id not in {place.id for place in auth.portal().places}:
        raise NotFound
    wanted = _ids("skill")
    if not set(wanted) <= skills.keys():
        raise NotFound
    industry = " ".join(words_in(request.args.get("industry", "")[:_LONGEST_INDUSTRY]))
    question = Question(
        words, location_id, wanted, industry, here=bool(request.args.get("here")), page=_page()
    )
    return Asked(question, cut)


def asked_person() -> int | None:
    """Whom the address wants beside the list. Raises NotFound for what is no id."""
    return _id("person")


def _id(name: str) -> int | None:
    try:
        return id_or_none(request.args.get(name))
    except ValueError:
        raise NotFound from None


def _ids(name: str) -> tuple[int, ...]:
    try:
        found = [id_or_none(value) for value in request.args.getlist(name)[:MOST_SKILLS]]
    except ValueError:
        raise NotFound from None
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _page() -> int:
    """A page that makes no sense is the first one; one beyond the end becomes the last one, whatever its size."""
    typed = request.args.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 1
