"""What is said of messages: their beginnings to who may read them, and to staff no more than that one is reported."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.names import isolated
from app.models import ReportReason
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded
from app.web.report_words import REASONS


def received(notice: Worded) -> NoticeWords:
    """`message.received` has the `conversation_id`, who wrote last (`from`), the beginning of it (`text`) and its `message_id`, and the
    `group`.
    """
    who, group = isolated(notice.data["from"]), isolated(notice.data.get("group") or "")
    if group:
        title = _("%(name)s wrote in %(group)s", name=who, group=group)
    else:
        title = _("%(name)s wrote to you", name=who)
    body = notice.data.get("text", "")
    if notice.times > 1:
        count = ngettext("%(num)s new message", "%(num)s new messages", notice.times)
        body = f"{count}: {isolated(body)}" if body else count
    here = f"/messages/{notice.data['conversation_id']}"
    read = {"up_to": str(notice.data["message_id"])}
    return NoticeWords(
        title,
        body,
        here,
        actions=(
            # The field's own id: who comes this way can begin to write.
            NoticeAction("reply", _("Reply"), f"{here}#body"),
            NoticeAction("read", _("Mark read"), f"{here}/reading", posts=True, reads=True, fields=read),
        ),
    )


def reported(notice: Worded) -> NoticeWords:
    """`report.made` has the `reason`, as somebody gave it last; nothing of what was written, and nobody's name."""
    title = ngettext("A message is reported", "A message is reported %(num)s times", notice.times)
    return NoticeWords(title, str(REASONS[ReportReason(notice.data["reason"])]), "/admin/community/reports")
