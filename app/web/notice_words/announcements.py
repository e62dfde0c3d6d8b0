"""What is said of announcements: in the words that staff found, whatever the reader's language."""

from flask_babel import gettext as _

from app.web.notice_words.terms import NoticeWords, Worded


def published(notice: Worded) -> NoticeWords:
    data = notice.data
    return NoticeWords(data["title"], data["text"], f"/announcements/{data['announcement_id']}")


def tried(notice: Worded) -> NoticeWords:
    data = notice.data
    return NoticeWords(
        _("Test: %(title)s", title=data["title"]),
        data["text"],
        f"/admin/announcements/{data['announcement_id']}",
    )
