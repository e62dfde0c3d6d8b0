"""What is said of rooms that nobody came to yet, or at all."""

from datetime import datetime

from flask_babel import gettext as _

from app.kernel.walltime import zone
from app.web import wording
from app.web.notice_words.bookings import when_and_where
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded
from app.web.unit_words import told_room


def unclaimed(notice: Worded) -> NoticeWords:
    here = f"/bookings/{notice.data['booking_id']}"
    until = datetime.fromisoformat(notice.data["until"])
    return NoticeWords(
        _("Check in to %(room)s", room=told_room(notice.data)),
        _(
            "From %(time)s on it goes to others. %(when)s",
            time=wording.clock_time(until, zone(notice.data["zone"])),
            when=when_and_where(notice),
        ),
        here,
        actions=(NoticeAction("check-in", _("Check in"), f"{here}/check-in", posts=True),),
    )


def released(notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("%(room)s went to others, since nobody checked in", room=told_room(notice.data)),
        when_and_where(notice),
        f"/bookings/{notice.data['booking_id']}",
        actions=(NoticeAction("again", _("Book another time"), "/bookings/search"),),
    )
