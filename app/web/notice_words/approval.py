"""What is said of bookings that staff approve first."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.money import Money
from app.kernel.names import isolated
from app.web import wording
from app.web.notice_words.bookings import when_and_where
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded
from app.web.unit_words import told_room


def waiting(notice: Worded) -> NoticeWords:
    """To staff: what somebody asks for, and what it brings."""
    data = notice.data
    here = f"/admin/bookings/{data['booking_id']}"
    said = [when_and_where(notice), ngettext("%(num)s person", "%(num)s people", data["people"])]
    if data["price_minor"]:
        said.append(wording.money(Money(data["price_minor"], data["currency"])))
    if data["title"]:
        said.append(data["title"])
    return NoticeWords(
        _("%(name)s asks for %(room)s", name=isolated(data["name"]), room=told_room(data)),
        " · ".join(said),
        here,
        actions=(
            NoticeAction("approve", _("Approve"), f"{here}/approval", posts=True),
            NoticeAction("decline", _("Decline"), f"{here}#decline"),
        ),
    )


def declined(notice: Worded) -> NoticeWords:
    body, reason = when_and_where(notice), notice.data.get("reason")
    if reason:
        body = f"{body}. {_('The reason: %(reason)s', reason=reason)}"
    return _gone(notice, _("You cannot have %(room)s", room=told_room(notice.data)), body)


def unanswered(notice: Worded) -> NoticeWords:
    lapsed = _("Nobody has answered in time. Nothing is charged.")
    body = f"{when_and_where(notice)}. {lapsed}"
    return _gone(notice, _("%(room)s was not approved", room=told_room(notice.data)), body)


def _gone(notice: Worded, title: str, body: str) -> NoticeWords:
    return NoticeWords(
        title,
        body,
        f"/bookings/{notice.data['booking_id']}",
        actions=(NoticeAction("again", _("Book another time"), "/bookings/search"),),
    )
