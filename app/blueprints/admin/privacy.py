"""The settings of privacy: how long what is kept."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.privacy.settings import LEAST, LONGEST, LONGEST_GRACE, Days, days_kept, keep_for
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, WholeField

blueprint = Blueprint("privacy", __name__)


def _days(name: str, label: Any) -> WholeField:
    return WholeField(label, least=LEAST[name], most=LONGEST, required=False)


class PrivacyForm(Form):
    grace_days = WholeField(_l("Days to change one’s mind"), least=1, most=LONGEST_GRACE)
    audit_days = _days("audit_days", _l("Record of changes and sign-ins"))
    notice_days = _days("notice_days", _l("Notices and mails that were sent"))
    message_days = _days("message_days", _l("Messages between people"))
    session_days = _days("session_days", _l("Devices that were not seen"))
    booking_days = _days("booking_days", _l("Titles and reasons on past bookings"))
    check_in_days = _days("check_in_days", _l("Who was in the house"))


@blueprint.get("/settings/privacy")
@staff(Permission.PRIVACY, whole_house=True)
def show() -> Response:
    return page(
        "admin/settings/privacy.html", form=PrivacyForm(formdata=None, data=asdict(days_kept(session())))
    )


@blueprint.post("/settings/privacy")
@staff(Permission.PRIVACY, whole_house=True)
def update() -> Response:
    form = PrivacyForm()

    def keep() -> None:
        keep_for(session(), signed_in(), Days(**{name: form[name].data for name in asdict(Days())}), clock())

    if not attempt(form, keep):
        return page("admin/settings/privacy.html", wrong=True, form=form)
    return done(url_for("admin.privacy.show"), _("Saved."))
