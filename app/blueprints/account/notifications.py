"""What one is told how: a choice for each kind and channel, quiet hours, and the hour of the digest."""

from dataclasses import dataclass
from datetime import time
from itertools import groupby
from typing import Any

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.account.routes import blueprint
from app.domain.notices.bounces import ask_to_check
from app.domain.notices.preferences import Choices, kinds_for, save_wishes
from app.domain.notices.wishes import Habits, Wishes, read_wishes
from app.kernel.walltime import clock_face
from app.models import Choice
from app.notice_kinds import Channel, Mailed, NoticeKind
from app.sections import BY_KEY as SECTIONS
from app.web import auth, wording
from app.web.access import in_section, is_open
from app.web.database import session
from app.web.forms import CheckField, ChoiceField, ClockField, Form, Label, options
from app.web.htmx import go_to, wants_part

_MAIL_WORDS: dict[str, Label] = {
    Choice.OFF: _l("No mail"),
    Choice.ON: _l("At once"),
    Choice.DIGEST: _l("In the daily mail"),
}
_HOURS = [(hour, clock_face(time(hour))) for hour in range(24)]


class NotificationsForm(Form):
    """The matrix has a field for each kind and channel, made for whom it is shown to."""

    quiet_from = ClockField(_l("From"), required=False)
    quiet_until = ClockField(_l("Until"), required=False)
    daily_hour = ChoiceField(_l("The daily mail comes at"), choices=options(_HOURS), coerce=int)
    discreet = CheckField(_l("Say no more than “Something new” on a locked screen"))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        begins, ends = self.quiet_from.data, self.quiet_until.data
        if fine and (begins is None) != (ends is None):
            self.say("quiet_until" if ends is None else "quiet_from", _("Choose both times, or none."))
            return False
        if fine and begins is not None and begins == ends:
            self.say("quiet_until", _("Choose a time that differs from the first."))
            return False
        return fine

    def habits(self) -> Habits:
        quiet = None
        if self.quiet_from.data is not None and self.quiet_until.data is not None:
            quiet = (_minute(self.quiet_from.data), _minute(self.quiet_until.data))
        return Habits(quiet, self.daily_hour.data, self.discreet.data)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: the fields of its channels, or None where there is nothing to choose."""

    kind: NoticeKind
    mail: Any
    push: Any

    @property
    def fixed(self) -> bool:
        return self.kind.mail is Mailed.ALWAYS

    @property
    def group(self) -> str:
        """Under which heading it stands."""
        if self.kind.permission is not None:
            return _("Front desk")
        return _(SECTIONS[self.kind.section].label) if self.kind.section else _("Your account")


def _form_of(kinds: list[NoticeKind]) -> type[NotificationsForm]:
    """The form with a field for each choice that this person has."""
    fields: dict[str, Any] = {}
    for kind in kinds:
        if kind.mail in {Mailed.OFF, Mailed.ON}:
            fields[_name(kind, Channel.MAIL)] = ChoiceField(
                _l("By mail"), choices=options(_MAIL_WORDS.items())
            )
        if kind.push is not None:
            fields[_name(kind, Channel.PUSH)] = CheckField(_l("On my devices"))
    return type("NotificationsFormOf", (NotificationsForm,), fields)


@blueprint.get("/account/notifications")
@in_section("account")
def edit_notifications() -> Response:
    wishes, kinds = read_wishes(session(), auth.signed_in().person_id), _kinds()
    quiet = wishes.habits.quiet or (None, None)
    data: dict[str, Any] = {
        "quiet_from": _clock(quiet[0]),
        "quiet_until": _clock(quiet[1]),
        "daily_hour": wishes.habits.daily_hour,
        "discreet": wishes.habits.discreet,
    }
    for kind in kinds:
        data[_name(kind, Channel.MAIL)] = wishes.choice(kind, Channel.MAIL).value
        data[_name(kind, Channel.PUSH)] = wishes.choice(kind, Channel.PUSH) is Choice.ON
    return _page(_form_of(kinds)(formdata=None, data=data), kinds, wishes)


@blueprint.post("/account/notifications")
@in_section("account")
def update_notifications() -> Response:
    kinds = _kinds()
    form = _form_of(kinds)()
    actor = auth.signed_in()
    if not form.validate():
        return _page(form, kinds, read_wishes(session(), actor.person_id), 422)
    save_wishes(session(), actor, form.habits(), _choices(form, kinds), auth.now())
    session().commit()
    flash(_("Saved."))
    return go_to(url_for("account.edit_notifications"))


@blueprint.post("/account/notifications/check")
@in_section("account")
def create_mail_check() -> Response:
    """Mail a link to the address that mail came back from."""
    ask_to_check(session(), auth.signed_in().person_id, auth.now())
    session().commit()
    flash(_("A mail is on its way to %(email)s. Open the link in it.", email=auth.signed_in().email))
    return go_to(url_for("account.edit_notifications"))


def _kinds() -> list[NoticeKind]:
    return [kind for kind in kinds_for(auth.signed_in()) if kind.section is None or _is_there(kind.section)]


def _is_there(section: str) -> bool:
    return section in SECTIONS and is_open(section)


def _choices(form: NotificationsForm, kinds: list[NoticeKind]) -> Choices:
    found: dict[tuple[str, Channel], Choice] = {}
    for kind in kinds:
        mail, push = _name(kind, Channel.MAIL), _name(kind, Channel.PUSH)
        if mail in form:
            found[kind.key, Channel.MAIL] = Choice(form[mail].data)
        if push in form:
            found[kind.key, Channel.PUSH] = Choice.ON if form[push].data else Choice.OFF
    return found


def _page(form: NotificationsForm, kinds: list[NoticeKind], wishes: Wishes, status: int = 200) -> Response:
    template = "account/_notifications_form.html" if wants_part() else "account/notifications.html"
    rows = [
        Row(kind, *(form[name] if (name := _name(kind, each)) in form else None for each in _CHANNELS))
        for kind in kinds
    ]
    return make_response(
        render_template(
            template,
            form=form,
            groups=[(label, list(group)) for label, group in groupby(rows, lambda row: row.group)],
            mail_bounces=wishes.mail_bounces,
            zone=wording.zone_note(wishes.zone),
        ),
        status,
    )


_CHANNELS = (Channel.MAIL, Channel.PUSH)


def _name(kind: NoticeKind, channel: Channel) -> str:
    return f"{channel.value}_{kind.key.replace('.', '_')}"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minute: int | None) -> time | None:
    return None if minute is None else time(minute // 60, minute % 60)
