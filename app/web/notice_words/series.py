"""What is said of bookings that repeat: once for all dates that something was done to."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.announce_series import Done
from app.kernel.walltime import zone
from app.web import wording
from app.web.notice_words.bookings import other_clock, when_and_where
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded
from app.web.series_words import missed_words, rule_words


def booked(notice: Worded) -> NoticeWords:
    here = f"/bookings/series/{notice.data['series_id']}"
    return NoticeWords(
        _("%(room)s is booked, again and again", room=notice.data["resource"]),
        f"{rule_words(notice.data['rule'])}, {_dates(notice)}",
        here,
        actions=(NoticeAction("show", _("Show dates"), here),),
    )


def changed(notice: Worded) -> NoticeWords:
    here = f"/bookings/series/{notice.data['series_id']}"
    body, reason = _dates(notice), notice.data.get("reason")
    if notice.data["done"] == Done.UNUSED:
        free = _("Nothing is charged for what is cancelled.")
        body = f"{body}. {_missed(notice)} {free}"
    if notice.data["done"] == Done.ZONE:
        stays = _("The times on the wall stay.")
        body = f"{body}. {stays}"
    if reason:
        body = f"{body}. {_('The reason: %(reason)s', reason=reason)}"
    if notice.data["done"] == Done.UNPAID:
        unpaid = _("They were not paid in time, so there is nothing to pay any more.")
        body = f"{body}. {unpaid}"
    return NoticeWords(_title(notice), body, here, actions=(NoticeAction("show", _("Show dates"), here),))


def unused(notice: Worded) -> NoticeWords:
    here = f"/bookings/series/{notice.data['series_id']}"
    then = _(
        "If nobody comes once more, all dates to come are cancelled. Next: %(when)s",
        when=when_and_where(notice),
    )
    return NoticeWords(
        _("Do you still need %(room)s?", room=notice.data["resource"]),
        f"{_missed(notice)} {then}",
        here,
        actions=(NoticeAction("show", _("Show dates"), here),),
    )


def struck_off(notice: Worded) -> NoticeWords:
    """To staff."""
    here = f"/admin/bookings/series/{notice.data['series_id']}"
    return NoticeWords(_title(notice), f"{_dates(notice)}. {_missed(notice)}", here)


def _missed(notice: Worded) -> str:
    return missed_words(notice.data["strikes"])


def _title(notice: Worded) -> str:
    room, dates = notice.data["resource"], notice.data["dates"]
    if notice.kind == "series.struck_off" or notice.data["done"] == Done.UNUSED:
        return ngettext(
            "%(room)s is cancelled on %(num)s date, since nobody came",
            "%(room)s is cancelled on %(num)s dates, since nobody came",
            dates,
            room=room,
        )
    if notice.data["done"] in (Done.CANCELLED, Done.UNPAID):
        return ngettext(
            "%(room)s is cancelled on %(num)s date",
            "%(room)s is cancelled on %(num)s dates",
            dates,
            room=room,
        )
    if notice.data["done"] == Done.ZONE:
        return other_clock(notice)
    if notice.data["done"] == Done.MOVED:
        return ngettext(
            "%(room)s has another time on %(num)s date",
            "%(room)s has another time on %(num)s dates",
            dates,
            room=room,
        )
    if notice.data["done"] == Done.ROOM:
        return ngettext(
            "%(num)s date of yours is in %(room)s now",
            "%(num)s dates of yours are in %(room)s now",
            dates,
            room=room,
        )
    return ngettext(
        "%(room)s is booked on %(num)s more date",
        "%(room)s is booked on %(num)s more dates",
        dates,
        room=room,
    )


def _dates(notice: Worded) -> str:
    """The first date with its time and place, and the last one."""
    first = when_and_where(notice)
    if notice.data["dates"] == 1:
        return first
    last = datetime.fromisoformat(notice.data["last_starts_at"]).astimezone(zone(notice.data["zone"]))
    return _("from %(first)s, to %(last)s", first=first, last=wording.full_day(last.date()))
