"""What an announcement looks like to its readers: its picture, and its mail in a frame of its page."""

from flask import request
from werkzeug.wrappers import Response

from app.blueprints.admin.announcements import blueprint
from app.domain.actor import Permission
from app.domain.announcements.finding import announcement_in_reach
from app.domain.announcements.terms import PUBLISHED, beginning
from app.domain.stored_file import picture_facts
from app.jobs.deliver import Letter
from app.web import auth
from app.web.access import staff
from app.web.auth import signed_in
from app.web.database import session
from app.web.mail import mail_templates
from app.web.private_files import PICTURE_TYPE, answer_file
from app.web.security import MAIL_POLICY, allow_framing_by_us


@blueprint.get("/announcements/<int:announcement_id>/picture")
@staff(Permission.ANNOUNCEMENTS)
def show_picture(announcement_id: int) -> Response:
    found = announcement_in_reach(session(), signed_in(), announcement_id)
    digest, _width, _height = picture_facts(session(), found.photo_id)
    return answer_file((digest, PICTURE_TYPE, "picture.webp") if digest else None)


@blueprint.get("/announcements/<int:announcement_id>/mail")
@staff(Permission.ANNOUNCEMENTS)
def show_mail(announcement_id: int) -> Response:
    """The mail as a program would show it, for a frame of the announcement's page."""
    found = announcement_in_reach(session(), signed_in(), announcement_id)
    actor, portal = signed_in(), auth.portal()
    data = {
        "announcement_id": found.id,
        "title": found.title,
        "text": beginning(found.body),
        "body": found.body,
        "origin": request.url_root.rstrip("/"),
    }
    letter = Letter(
        portal,
        is_default=False,
        own_host=None,
        kind=PUBLISHED,
        data=data,
        to=actor.email,
        first_name=actor.first_name,
        locale=actor.locale or portal.locale,
        zone=found.zone,
        reference="preview",
    )
    allow_framing_by_us()
    answer = Response(mail_templates().render(letter).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer
