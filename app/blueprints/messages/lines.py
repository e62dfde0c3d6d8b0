"""One message: answering it with a sign, changing or deleting one's own, reporting somebody else's."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.messages.forms import EditForm, ReportForm
from app.blueprints.messages.room import blueprint, conversation_url, press, remove_files
from app.blueprints.messages.views import face_of
from app.blueprints.messages.words import REFUSALS, SIGN_ICONS, SIGN_WORDS, name_of
from app.domain.messaging.change import changeable, delete_message, edit, react
from app.domain.messaging.finding import message_in
from app.domain.messaging.reports import report
from app.domain.profile.visible import Seen, seen_names
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date
from app.models import Message
from app.web import auth, wording
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to, wants_part
from app.web.limits import by_account, too_many, wait_sentence
from app.web.links import linked


@blueprint.get("/messages/<int:conversation_id>/<int:message_id>")
@in_section("messages")
def show_message(conversation_id: int, message_id: int) -> Response:
    """What can be done with a message; in a sheet where there is one."""
    return _page(_found(conversation_id, message_id), EditForm(formdata=None))


@blueprint.post("/messages/<int:conversation_id>/<int:message_id>")
@in_section("messages")
def update_message(conversation_id: int, message_id: int) -> Response:
    form = EditForm()

    def change() -> None:
        edit(session(), auth.signed_in(), conversation_id, message_id, form.body.data or "", auth.now())

    if attempt(form, change, REFUSALS):
        return go_to(conversation_url(conversation_id))
    return _page(_found(conversation_id, message_id), form, 422)


@blueprint.post("/messages/<int:conversation_id>/<int:message_id>/removal")
@in_section("messages")
def destroy_message(conversation_id: int, message_id: int) -> Response:
    digests: list[str] = []

    def delete() -> None:
        digests.extend(delete_message(session(), auth.signed_in(), conversation_id, message_id, auth.now()))

    answer = press(conversation_url(conversation_id), delete)
    remove_files(digests)
    return answer


@blueprint.post("/messages/<int:conversation_id>/<int:message_id>/reactions/<sign>")
@in_section("messages")
def update_reaction(conversation_id: int, message_id: int, sign: str) -> Response:
    return press(
        conversation_url(conversation_id),
        lambda: react(session(), auth.signed_in(), conversation_id, message_id, sign),
    )


@blueprint.get("/messages/<int:conversation_id>/<int:message_id>/report")
@in_section("messages")
def new_report(conversation_id: int, message_id: int) -> Response:
    return _report_page(_found(conversation_id, message_id), ReportForm(formdata=None))


@blueprint.post("/messages/<int:conversation_id>/<int:message_id>/report")
@in_section("messages")
def create_report(conversation_id: int, message_id: int) -> Response:
    message = _found(conversation_id, message_id)
    if wait := by_account("report by account", auth.signed_in().email).spend():
        form = ReportForm()
        form.say("", wait_sentence(wait))
        return too_many(_report_page(message, form, 429), wait)
    form = ReportForm()

    def make() -> None:
        report(session(), auth.signed_in(), conversation_id, message_id, form.to_command(), auth.now())

    if not attempt(form, make, REFUSALS):
        return _report_page(message, form, 422)
    flash(_("The front desk will look at it. Nobody else is told."))
    return go_to(conversation_url(conversation_id))


def _found(conversation_id: int, message_id: int) -> Message:
    """A message that is still there. Raises NotFound."""
    message = message_in(session(), auth.signed_in(), conversation_id, message_id)
    if message.deleted_at is not None:
        raise NotFound
    return message


def _sender(message: Message) -> Seen | None:
    return seen_names(session(), auth.signed_in(), {message.sender_id}).get(message.sender_id)


def _page(message: Message, form: EditForm, status: int = 200) -> Response:
    actor, tz = auth.signed_in(), auth.own_clock()
    if not form.is_submitted():
        form.body.data = message.body
    sender = _sender(message)
    day = wording.day(local_date(message.sent_at, tz), local_date(auth.now(), tz))
    page = render_template(
        "messages/message.html",
        in_sheet=wants_part(),
        message=message,
        mine=message.sender_id == actor.person_id,
        changeable=changeable(message, actor, auth.now()),
        who=face_of(sender),
        sender=name_of(sender),
        when=_("%(day)s, %(time)s", day=day, time=wording.clock_time(message.sent_at, tz)),
        text=linked(message.body),
        signs=[(sign, SIGN_WORDS[sign], SIGN_ICONS[sign]) for sign in SIGN_WORDS],
        form=form,
        back=conversation_url(message.conversation_id),
        here=url_for("messages.show_message", conversation_id=message.conversation_id, message_id=message.id),
    )
    return make_response(page, status)


def _report_page(message: Message, form: ReportForm, status: int = 200) -> Response:
    page = render_template(
        "messages/report.html",
        message=message,
        sender=name_of(_sender(message)),
        form=form,
        back=conversation_url(message.conversation_id),
    )
    return make_response(page, status)
