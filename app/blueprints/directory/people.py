"""The people who let others find them: the list as one looks for somebody, and each by themselves."""

from typing import Any

from flask import render_template, url_for
from flask_babel import ngettext

from app.blueprints.directory.asked import Asked, asked_person, read_question
from app.blueprints.directory.room import Answer, blueprint, lists, with_query
from app.domain.directory.find import Found, count_here, find_listed, industries
from app.domain.directory.here import Presence, presences
from app.domain.directory.words import LONGEST_QUERY
from app.domain.memory import Memory
from app.domain.profile.own import skills_on_offer
from app.domain.profile.visible import VisibleProfile, visible_profile
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.here import switch
from app.web.htmx import wants_part
from app.web.message_link import message_url
from app.web.people import face_row, person_page

_CHIPS = 5
"""Skills in sight; the others are found by typing."""
_SKILLS: Memory[dict[int, str]] = Memory(256)


@blueprint.get("/directory")
@in_section("directory")
def index() -> str:
    """The list; with `person`, somebody beside it. Htmx is answered the rows: all of the first page, more of a further one."""
    asked = read_question(_skills())
    viewer = auth.signed_in()
    person_id = asked_person()
    seen = None
    if person_id is not None and not wants_part():
        seen = visible_profile(session(), viewer, person_id)
    found = find_listed(session(), viewer, asked.question, auth.now())
    answer = _answer(asked, found, person_id)
    if wants_part():
        part = "directory/_rows.html" if asked.question.page > 1 else "directory/_found.html"
        return render_template(part, answer=answer)
    told = {viewer.person_id} | ({seen.person_id} if seen and seen.shows_here else set())
    where = presences(session(), told, auth.now())
    beside = _facts(seen, where.get(seen.person_id)) if seen else None
    return render_template(
        "directory/index.html",
        answer=answer,
        question=asked.question,
        here=count_here(session(), viewer, auth.now()),
        lists=lists("people"),
        skills=_chips(asked),
        industries=industries(session(), viewer),
        places=auth.portal().places,
        beside=beside,
        seen_id=person_id,
        switch=switch(where.get(viewer.person_id)),
    )


@blueprint.get("/people/<int:person_id>")
@in_section("directory")
def show(person_id: int) -> str:
    """Somebody who agreed to be listed; 404 for everybody else. Htmx is answered what stands beside the list."""
    seen = visible_profile(session(), auth.signed_in(), person_id)
    where = presences(session(), [person_id], auth.now()).get(person_id) if seen.shows_here else None
    shown = _facts(seen, where)
    if wants_part():
        return render_template("directory/_beside.html", **shown)
    return render_template("directory/show.html", back_url=_came_from(), **shown)


def _came_from() -> str:
    """The list as it was when they were chosen from it."""
    try:
        query = read_question(_skills()).query()
    except NotFound:
        query = ""
    return with_query(url_for("directory.index"), query)


def _facts(seen: VisibleProfile, where: Presence | None) -> dict[str, Any]:
    """What `directory/_person.html` shows of somebody."""
    return {
        "seen": person_page(seen, where if seen.shows_here else None),
        "myself": seen.person_id == auth.signed_in().person_id,
        "message_url": message_url(seen.person_id),
    }


def _answer(asked: Asked, found: Found, seen_id: int | None) -> Answer:
    here = url_for("directory.index")

    def to(page: int) -> str:
        return with_query(here, asked.query(page=page)) if 1 <= page <= found.pages else ""

    return Answer(
        rows=[face_row(each, here=each.person_id in found.here) for each in found.people],
        count=ngettext("%(num)s person", "%(num)s people", found.total),
        query=with_query("", asked.query(page=found.page)),
        previous=to(found.page - 1),
        following=to(found.page + 1),
        close=found.close,
        cut=LONGEST_QUERY if asked.cut else 0,
        asked=bool(asked.query(page=1)),
        seen_id=seen_id,
    )


def _skills() -> dict[int, str]:
    """The operator's list of skills by id, in its order; it only changes with the portal's revision."""
    portal = auth.portal()
    return _SKILLS.recall(
        session(), (portal.tenant_id, portal.revision), lambda: dict(skills_on_offer(session()))
    )


def _chips(asked: Asked) -> list[tuple[int, str, bool]]:
    """(id, name, chosen) of the first skills, and of those that are asked for."""
    return [
        (skill_id, name, skill_id in asked.question.skill_ids)
        for at, (skill_id, name) in enumerate(_skills().items())
        if at < _CHIPS or skill_id in asked.question.skill_ids
    ]
