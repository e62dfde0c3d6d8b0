"""The announcements that somebody was told: the list, each by itself, and taking one off one's home page."""

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.announcements.reading import dismiss, open_announcement, picture_for, told_page
from app.web import auth
from app.web.access import in_section
from app.web.announcements import reading
from app.web.database import session
from app.web.htmx import go_to
from app.web.private_files import PICTURE_TYPE, answer_file

blueprint = Blueprint("announcements", __name__)
_MOST_PAGES = 1000


@blueprint.get("/announcements")
@in_section("announcements")
def index() -> str:
    asked = request.args.get("page", "1")
    # Python refuses to read a number of thousands of digits
    page = int(asked) if asked.isdecimal() and len(asked) < 5 and 0 < int(asked) <= _MOST_PAGES else 1
    found, more = told_page(session(), auth.signed_in().person_id, page)
    return render_template(
        "announcements/index.html",
        rows=[reading(each) for each in found],
        newer=url_for("announcements.index", page=page - 1) if page > 1 else None,
        older=url_for("announcements.index", page=page + 1) if more else None,
    )


@blueprint.get("/announcements/<int:announcement_id>")
@in_section("announcements")
def show(announcement_id: int) -> Response:
    """One of them; opening it reads its notice."""
    found = open_announcement(session(), auth.signed_in().person_id, announcement_id, auth.now())
    session().commit()
    return make_response(render_template("announcements/show.html", each=reading(found)))


@blueprint.get("/announcements/<int:announcement_id>/picture")
@in_section("announcements")
def show_picture(announcement_id: int) -> Response:
    """For who was told, while it is not withdrawn; looking at it is no reading."""
    found = picture_for(session(), auth.signed_in().person_id, announcement_id)
    return answer_file(None if found is None else (found, PICTURE_TYPE, "picture.webp"))


@blueprint.post("/announcements/<int:announcement_id>/dismissal")
@in_section("announcements")
def create_dismissal(announcement_id: int) -> Response:
    """Enough of it on the home page; it stays in the list."""
    dismiss(session(), auth.signed_in().person_id, announcement_id, auth.now())
    session().commit()
    return go_to(url_for("home.index"))
