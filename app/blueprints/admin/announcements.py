"""Announcements at the front desk: written, looked at, sent now or later, taken back, and what became of them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.announcement_forms import (
    SENDING,
    WRITING,
    AnnouncementForm,
    Choices,
    ScheduleForm,
    already_begun,
)
from app.blueprints.admin.announcement_words import figure_lines, reach_words, state_of, told_words
from app.blueprints.admin.answers import around, done, page, refused
from app.blueprints.admin.days import places_in_reach
from app.domain.actor import Permission
from app.domain.announcements.audience import aim_of, reach_of
from app.domain.announcements.figures import figures_of
from app.domain.announcements.finding import (
    announcement_in_reach,
    list_announcements,
    offered,
)
from app.domain.announcements.sending import schedule, send_now, try_on_oneself, unschedule
from app.domain.announcements.terms import Aim, AlreadyBegun, NeverSent, beginning
from app.domain.announcements.withdrawing import withdraw
from app.domain.announcements.writing import (
    CHANGEABLE,
    create_announcement,
    edit_announcement,
    last_home_day,
    remove_announcement,
)
from app.domain.stored_file import Photo as StoredPhoto
from app.domain.stored_file import picture_facts
from app.kernel.walltime import zone
from app.models import Announcement, AnnouncementState
from app.web import auth, ports, wording
from app.web.access import staff
from app.web.announcements import Photo, paragraphs, picture_of
from app.web.attempts import Nothing, attempt
from app.web.auth import signed_in
from app.web.database import session
from app.web.htmx import wants_part
from app.web.uploads import keep_photo

blueprint = Blueprint("announcements", __name__)


@blueprint.get("/announcements")
@staff(Permission.ANNOUNCEMENTS)
def index() -> Response:
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    found = list_announcements(session(), signed_in(), number)
    return page(
        "admin/announcements/index.html",
        rows=[(each, state_of(each), told_words(each)) for each in found.rows],
        one_url=_url(0).removesuffix("0"),
        **around(found.at, lambda to: url_for("admin.announcements.index", page=to if to > 1 else None)),
    )


@blueprint.get("/announcements/new")
@staff(Permission.ANNOUNCEMENTS)
def new() -> Response:
    return page("admin/announcements/new.html", form=AnnouncementForm(_choices(Aim()), formdata=None))


@blueprint.post("/announcements")
@staff(Permission.ANNOUNCEMENTS)
def create() -> Response:
    form = AnnouncementForm(_choices(Aim()))
    made: list[Announcement] = []

    def write() -> None:
        command = form.to_command(_kept(form))
        made.append(create_announcement(session(), signed_in(), command, auth.now()))

    if not attempt(form, write, WRITING):
        return page("admin/announcements/new.html", wrong=True, form=form)
    return done(_url(made[0].id), _("It is a draft. Look it over, then send it."))


@blueprint.get("/announcements/<int:announcement_id>")
@staff(Permission.ANNOUNCEMENTS)
def show(announcement_id: int) -> Response:
    return _show(announcement_id)


@blueprint.post("/announcements/<int:announcement_id>")
@staff(Permission.ANNOUNCEMENTS)
def update(announcement_id: int) -> Response:
    found = announcement_in_reach(session(), signed_in(), announcement_id)
    form = AnnouncementForm(_choices(aim_of(session(), found)))
    freed: list[str] = []

    def write() -> None:
        command = form.to_command(_kept(form))
        freed.extend(edit_announcement(session(), signed_in(), announcement_id, command, auth.now()))

    if not attempt(form, write, WRITING):
        return _show(announcement_id, form=form)
    _let_go(freed)
    return done(_url(announcement_id), _("Saved."))


@blueprint.post("/announcements/<int:announcement_id>/removal")
@staff(Permission.ANNOUNCEMENTS)
def destroy(announcement_id: int) -> Response:
    try:
        freed = remove_announcement(session(), signed_in(), announcement_id, auth.now())
    except AlreadyBegun:
        return refused(_url(announcement_id), already_begun())
    session().commit()
    _let_go(freed)
    return done(url_for("admin.announcements.index"), _("The announcement is thrown away."))


@blueprint.post("/announcements/<int:announcement_id>/sending")
@staff(Permission.ANNOUNCEMENTS)
def create_sending(announcement_id: int) -> Response:
    return _press(
        announcement_id,
        lambda: send_now(session(), signed_in(), announcement_id, auth.now()),
        _("It is on its way."),
    )


@blueprint.post("/announcements/<int:announcement_id>/schedule")
@staff(Permission.ANNOUNCEMENTS)
def update_schedule(announcement_id: int) -> Response:
    found = announcement_in_reach(session(), signed_in(), announcement_id)
    form = ScheduleForm(zone(found.zone))
    if not attempt(
        form,
        lambda: schedule(session(), signed_in(), announcement_id, form.moment, auth.now()),
        SENDING,
    ):
        return _show(announcement_id, later=form)
    return done(_url(announcement_id), _("It will be sent by itself."))


@blueprint.post("/announcements/<int:announcement_id>/schedule/removal")
@staff(Permission.ANNOUNCEMENTS)
def destroy_schedule(announcement_id: int) -> Response:
    return _press(
        announcement_id,
        lambda: unschedule(session(), signed_in(), announcement_id, auth.now()),
        _("It is a draft again."),
    )


@blueprint.post("/announcements/<int:announcement_id>/trial")
@staff(Permission.ANNOUNCEMENTS)
def create_trial(announcement_id: int) -> Response:
    return _press(
        announcement_id,
        lambda: try_on_oneself(session(), signed_in(), announcement_id, auth.now()),
        _("A test is on its way to you alone."),
    )


@blueprint.post("/announcements/<int:announcement_id>/withdrawal")
@staff(Permission.ANNOUNCEMENTS)
def create_withdrawal(announcement_id: int) -> Response:
    try:
        withdraw(session(), signed_in(), announcement_id, auth.now())
    except NeverSent:
        return refused(_url(announcement_id), _("It was never sent, so there is nothing to withdraw."))
    session().commit()
    return done(_url(announcement_id), _("It is gone from inboxes and home pages."))


def _show(
    announcement_id: int,
    *,
    form: AnnouncementForm | None = None,
    later: ScheduleForm | None = None,
    pressed: Nothing | None = None,
) -> Response:
    """An announcement's page: while nobody was told the form beside what it will look like, afterwards what became of it."""
    found = announcement_in_reach(session(), signed_in(), announcement_id)
    context: dict[str, Any] = {
        "announcement": found,
        "state": state_of(found),
        "paragraphs": paragraphs(found.body),
        "beginning": beginning(found.body),
        "home_day": _home_day(found),
        "photo": _photo(found),
        "pressed": pressed or Nothing(formdata=None),
        "clock_of": _("By the clock of %(city)s.", city=wording.city(found.zone)),
    }
    if found.state not in CHANGEABLE:
        lines = figure_lines(figures_of(session(), found.id))
        template = "_figures" if wants_part() else "sent"
        return page(
            f"admin/announcements/{template}.html",
            wrong=bool(form or later or pressed),
            figures=lines,
            **context,
        )
    aim = aim_of(session(), found)
    reach = reach_of(session(), aim, auth.now())
    return page(
        "admin/announcements/draft.html",
        wrong=bool(form or later or pressed),
        form=form or AnnouncementForm(_choices(aim), (found, aim), formdata=None),
        later=later or _later(found),
        reach=reach,
        reach_words=reach_words(reach),
        **context,
    )


def _home_day(found: Announcement) -> str:
    day = last_home_day(found)
    return "" if day is None else wording.full_day(day)


def _photo(found: Announcement) -> Photo | None:
    digest, width, height = picture_facts(session(), found.photo_id)
    address = url_for("admin.announcements.show_picture", announcement_id=found.id)
    return picture_of(address, width, height) if digest else None


def _press(announcement_id: int, act: Callable[[], None], sentence: str) -> Response:
    form = Nothing()
    if not attempt(form, act, SENDING):
        return _show(announcement_id, pressed=form)
    return done(_url(announcement_id), sentence)


def _later(found: Announcement) -> ScheduleForm:
    tz = zone(found.zone)
    local = (
        found.send_at.astimezone(tz) if found.state is AnnouncementState.SCHEDULED and found.send_at else None
    )
    data = {} if local is None else {"day": local.date(), "at": local.time()}
    return ScheduleForm(tz, formdata=None, data=data)


def _choices(aim: Aim) -> Choices:
    narrower = offered(session(), signed_in(), aim)
    places = [(place.id, place.name) for place in places_in_reach()]
    return Choices(places, narrower.plans, narrower.teams)


def _kept(form: AnnouncementForm) -> StoredPhoto | None:
    if form.photo.data is None:
        return None
    return keep_photo(auth.portal().tenant_id, form.photo.data, auth.now())


def _let_go(digests: list[str]) -> None:
    for digest in digests:
        ports.files().remove(auth.portal().tenant_id, digest)


def _url(announcement_id: int) -> str:
    return url_for("admin.announcements.show", announcement_id=announcement_id)
