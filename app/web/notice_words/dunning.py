"""What is said of invoices that are not paid."""

from datetime import date

from flask_babel import gettext as _

from app.models import DunningAction
from app.web import wording
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded


def overdue(notice: Worded) -> NoticeWords:
    """`invoice.overdue` has the invoice's `number` and `due_on`, and the `action` of the step that is reached."""
    here = f"/invoices/{notice.data['invoice_id']}"
    return NoticeWords(
        _("Invoice %(number)s is overdue", number=notice.data["number"]),
        f"{_was_due(notice.data['due_on'])} {_consequence(notice.data['action'])}".strip(),
        here,
        actions=(NoticeAction("show", _("Show invoice"), here),),
    )


def _was_due(due_on: str) -> str:
    return _("It was due on %(day)s.", day=wording.full_day(date.fromisoformat(due_on)))


def _consequence(action: str) -> str:
    """What the step that is reached means; nothing for a reminder."""
    match action:
        case DunningAction.LIMIT:
            return _("Until it is paid you cannot book or buy anything new.")
        case DunningAction.SUSPEND:
            return _("Until it is paid you can do nothing here but pay.")
        case _other:
            return ""
