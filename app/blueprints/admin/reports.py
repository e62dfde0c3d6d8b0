"""What members report of each other's messages: the queue, and what becomes of each."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.domain.actor import Permission
from app.domain.messaging.reports import ReportView, decide, open_reports
from app.kernel.errors import AlreadyDecided
from app.kernel.walltime import zone
from app.models import ReportOutcome
from app.web import auth
from app.web.access import staff
from app.web.audit_words import moment
from app.web.database import session
from app.web.ports import files
from app.web.report_words import REASONS

blueprint = Blueprint("reports", __name__)


@blueprint.get("/community/reports")
@staff(Permission.COMMUNITY, whole_house=True)
def index() -> Response:
    actor = auth.signed_in()
    place = auth.place()
    switch = auth.portal().section("messages", place.id if place else None)
    return page(
        "admin/reports/index.html",
        reports=[_words(each) for each in open_reports(session())],
        can_write=switch.open_to(signed_in=True, member=actor.is_member) and actor.may(Permission.PEOPLE),
        can_suspend=actor.may(Permission.PEOPLE),
    )


@blueprint.post("/community/reports/<int:report_id>/dismissal")
@staff(Permission.COMMUNITY, whole_house=True)
def create_dismissal(report_id: int) -> Response:
    return _decide(report_id, ReportOutcome.KEPT, _("The message stays."))


@blueprint.post("/community/reports/<int:report_id>/removal")
@staff(Permission.COMMUNITY, whole_house=True)
def create_removal(report_id: int) -> Response:
    return _decide(report_id, ReportOutcome.REMOVED, _("The message is removed. It says so in its place."))


def _decide(report_id: int, outcome: ReportOutcome, sentence: str) -> Response:
    here = url_for("admin.reports.index")
    try:
        digests = decide(session(), auth.signed_in(), report_id, outcome, auth.now())
    except AlreadyDecided:
        return refused(here, _("Somebody decided that before you."))
    session().commit()
    for digest in digests:
        files().remove(auth.portal().tenant_id, digest)
    return done(here, sentence)


def _words(each: ReportView) -> dict[str, Any]:
    tz = zone(auth.portal().zone)
    return {
        "report": each,
        "reason": REASONS[each.reason],
        "when": moment(each.reported_at, tz),
        "lines": [(line, moment(line.sent_at, tz)) for line in each.lines],
    }
