"""What is said of who wants to join, and to whom."""

from flask_babel import gettext as _

from app.kernel.names import isolated
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded


def waiting(notice: Worded) -> NoticeWords:
    approval = f"/admin/people/waiting/{notice.data['sign_up_id']}/approval"
    return NoticeWords(
        _("%(name)s asks to join", name=isolated(notice.data["name"])),
        _("They wait until somebody decides."),
        "/admin/people/waiting",
        actions=(
            NoticeAction("approve", _("Approve"), approval, posts=True),
            NoticeAction("look", _("Look first"), "/admin/people/waiting"),
        ),
    )


def approved(_notice: Worded) -> NoticeWords:
    return NoticeWords(_("You are in"), _("Your request to join is approved. Look around."), "/")
