"""Announcements in the front desk's words: where each stands, whom it reaches, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_percent
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.announcements.audience import Reach
from app.domain.announcements.figures import Figures, Way
from app.domain.announcements.finding import AnnouncementRow
from app.kernel.walltime import clock_face, zone
from app.models import Announcement, AnnouncementState
from app.web import auth, wording
from app.web.language import format_number, formats_locale


@dataclass(frozen=True, slots=True)
class State:
    """Where an announcement stands, as a badge and a line say it."""

    words: str
    kind: str
    line: str


def reach_words(reach: Reach) -> str:
    if not reach.count:
        return _("Nobody at the moment.")
    people = ngettext("%(num)s person at the moment", "%(num)s people at the moment", reach.count)
    if not reach.names:
        return people
    more = reach.count - len(reach.names)
    names = ", ".join(reach.names)
    if more > 0:
        return ngettext(
            "%(people)s: %(names)s and %(num)s more.", "%(people)s: %(names)s and %(num)s more.", more,
            people=people, names=names,
        )  # fmt: skip
    return _("%(people)s: %(names)s.", people=people, names=names)


def state_of(each: Announcement | AnnouncementRow) -> State:
    match each.state:
        case AnnouncementState.DRAFT:
            return State(_("Draft"), "", _("Nobody has seen it yet"))
        case AnnouncementState.SCHEDULED:
            return State(_("Planned"), "accent", _moment(each, each.send_at))
        case AnnouncementState.SENDING:
            return State(_("Being sent"), "accent", _moment(each, each.send_at))
        case AnnouncementState.SENT:
            return State(_("Sent"), "positive", _moment(each, each.sent_at))
        case AnnouncementState.WITHDRAWN:
            return State(_("Withdrawn"), "caution", _moment(each, each.sent_at or each.send_at))


def told_words(each: AnnouncementRow) -> str:
    """How many were told, and how many of them opened it; nothing before it is sent."""
    if not each.told:
        return ""
    told = ngettext("%(num)s told", "%(num)s told", each.told)
    return f"{told}, {ngettext('%(num)s opened it', '%(num)s opened it', each.read)}"


def _moment(each: Announcement | AnnouncementRow, moment: datetime | None) -> str:
    """A moment by the announcement's own clock, with the place where that is another one than the tenant's."""
    if moment is None:
        return ""
    local = moment.astimezone(zone(each.zone))
    words = _("%(day)s, %(time)s", day=wording.full_day(local.date()), time=clock_face(local))
    return words if each.zone == auth.portal().zone else f"{words} ({wording.city(each.zone)})"


def figure_lines(figures: Figures) -> list[tuple[str, str, str]]:
    """What became of it: (what, how many, what else is to be said) of each figure."""
    return [
        (
            _("Told"),
            format_number(figures.told),
            _("in the inbox of each of them") if figures.inbox == figures.told else "",
        ),
        (_("Opened"), format_number(figures.read), _percent(figures.read, figures.told)),
        (_("Mail"), format_number(figures.mail.sent), _aside(figures.mail)),
        (_("Daily mail"), format_number(figures.digest.sent), _aside(figures.digest)),
        (_("Push"), format_number(figures.push.sent), _aside(figures.push)),
    ]


def _percent(part: int, whole: int) -> str:
    return "" if not whole else str(format_percent(part / whole, "#,##0%", locale=formats_locale()))


def _aside(way: Way) -> str:
    parts = (
        (way.waiting, ngettext("%(num)s waits", "%(num)s wait", way.waiting)),
        (way.failed, ngettext("%(num)s failed", "%(num)s failed", way.failed)),
        (way.bounced, ngettext("%(num)s came back", "%(num)s came back", way.bounced)),
        (way.none, ngettext("%(num)s not this way", "%(num)s not this way", way.none)),
    )
    return ", ".join(words for count, words in parts if count)
