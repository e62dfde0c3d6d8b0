"""What is said of invoices."""

from datetime import date

from flask_babel import gettext as _

from app.kernel.money import Money
from app.models import DocumentKind
from app.web import wording
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded


def issued(notice: Worded) -> NoticeWords:
    data = notice.data
    here = f"/invoices/{data['invoice_id']}"
    amount = wording.money(Money(data["total_minor"], data["currency"]))
    if data["document_kind"] == DocumentKind.CREDIT_NOTE:
        title = _("Credit note %(number)s", number=data["number"])
        return NoticeWords(
            title,
            _("%(amount)s is credited to you", amount=amount),
            here,
            actions=(NoticeAction("show", _("Show credit note"), here),),
        )
    return NoticeWords(
        _("Invoice %(number)s", number=data["number"]),
        _amount_and_day(amount, data["due_on"], data["total_minor"]),
        here,
        actions=(NoticeAction("show", _("Show invoice"), here),),
    )


def _amount_and_day(amount: str, due_on: str | None, minor: int) -> str:
    if not minor or due_on is None:
        return _("%(amount)s, nothing to pay", amount=amount)
    return _("%(amount)s, due %(day)s", amount=amount, day=wording.full_day(date.fromisoformat(due_on)))
