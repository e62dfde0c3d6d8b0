"""What is new and what was read, one by one, and all of it read at once."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.notices.reading import Told, find_notice, inbox_page, mark_all_read, open_notice
from app.notice_kinds import BY_KEY
from app.web import auth, wording
from app.web.access import is_open, signed_in
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.notice_words import NoticeWords, words_of

blueprint = Blueprint("inbox", __name__)
_SMALL = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
"""A page of the inbox: a thousand of them are years."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as its row shows it."""

    id: int
    words: NoticeWords
    when: str
    moment: str
    new: bool


@blueprint.get("/inbox")
@signed_in
def index() -> Response:
    asked = request.args.get("page", "1")
    page = int(asked) if _SMALL.fullmatch(asked) else 1
    found = inbox_page(session(), auth.signed_in().person_id, page)
    lines = [_line(told) for told in found.notices]
    template = "inbox/_list.html" if wants_part() else "inbox/index.html"
    return make_response(
        render_template(
            template,
            new=[line for line in lines if line.new],
            earlier=[line for line in lines if not line.new],
            page=page,
            newer=url_for("inbox.index", page=page - 1) if page > 1 else None,
            older=url_for("inbox.index", page=page + 1) if found.more else None,
            unread=auth.visit().unread,
            until=auth.now().isoformat(),
        )
    )


@blueprint.get("/inbox/counts")
@signed_in
def show_counts() -> str:
    """The numbers of the navigation, for a page that stays open."""
    return render_template("inbox/_counts.html")


@blueprint.get("/inbox/<int:notice_id>")
@signed_in
def show(notice_id: int) -> Response:
    """Read a notice and go where it leads, or where one of its actions does (`action`); what changes something is asked
    for once more here, and then nothing is read yet.
    """
    told = find_notice(session(), auth.signed_in().person_id, notice_id)
    words, key = words_of(told), request.args.get("action", "")
    action = words.action(key)
    if key and action is None:
        abort(404)
    if not _leads_somewhere(told):
        return _read(told, url_for("inbox.index"))
    if action and action.posts:
        return make_response(render_template("inbox/confirm.html", told=words, action=action))
    return _read(told, action.href if action else words.href)


@blueprint.post("/inbox/reading")
@signed_in
def create_reading() -> Response:
    """Everything counts as read that stood on the page when it was made."""
    until = _said_moment(request.form.get("until", ""))
    mark_all_read(session(), auth.signed_in().person_id, until, auth.now())
    session().commit()
    flash(_("All read."))
    return go_to(url_for("inbox.index"))


def _said_moment(text: str) -> datetime:
    """The moment that a page says it was made; now, for what no page of ours says."""
    try:
        said = datetime.fromisoformat(text)
        # At the edges of the calendar there are moments that have no UTC.
        return said.astimezone(UTC) if said.tzinfo else auth.now()
    except (ValueError, OverflowError):
        return auth.now()


def _read(told: Told, onwards: str) -> Response:
    open_notice(session(), auth.signed_in().person_id, told.id, auth.now())
    session().commit()
    return go_to(onwards)


def _leads_somewhere(told: Told) -> bool:
    """Whether the section that told it is still on for who reads."""
    kind = BY_KEY.get(told.kind)
    return kind is None or kind.section is None or is_open(kind.section)


def _line(told: Told) -> Line:
    return Line(
        told.id,
        words_of(told),
        wording.since(told.created_at, auth.now(), auth.own_clock()),
        told.created_at.isoformat(),
        told.read_at is None,
    )
