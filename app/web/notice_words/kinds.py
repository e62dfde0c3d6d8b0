"""Which words belong to which kind. A section that registers a kind adds its words here."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask_babel import gettext as _

from app.notice_kinds import BY_KEY
from app.web.notice_words import (
    account,
    announcements,
    approval,
    bookings,
    dunning,
    invoices,
    joining,
    messages,
    no_shows,
    payments,
    plans,
    series,
)
from app.web.notice_words.terms import NoticeWords, Worded

WORDS: Mapping[str, Callable[[Worded], NoticeWords]] = {
    "booking.confirmed": bookings.confirmed,
    "booking.changed": bookings.changed,
    "booking.cancelled": bookings.cancelled,
    "booking.extras_changed": bookings.extras_changed,
    "booking.guests_changed": bookings.guests_changed,
    "series.booked": series.booked,
    "series.changed": series.changed,
    "series.unused": series.unused,
    "series.struck_off": series.struck_off,
    "booking.offered": bookings.offered,
    "booking.freed": bookings.freed,
    "booking.unclaimed": no_shows.unclaimed,
    "booking.released": no_shows.released,
    "booking.declined": approval.declined,
    "booking.unanswered": approval.unanswered,
    "booking.waiting": approval.waiting,
    "calendar.conflict": bookings.contradicted,
    "invoice.issued": invoices.issued,
    "message.received": messages.received,
    "announcement.published": announcements.published,
    "announcement.tried": announcements.tried,
    "invoice.overdue": dunning.overdue,
    "payment.asks": payments.asks,
    "payment.refused": payments.refused,
    "payment.taken": payments.taken,
    "payment.held": payments.held,
    "sign_up.waiting": joining.waiting,
    "contract.waiting": plans.waiting,
    "contract.leaving": plans.leaving,
    "plan.enquired": plans.enquired,
    "contract.started": plans.started,
    "contract.approved": plans.approved,
    "contract.refused": plans.refused,
    "contract.cancelled": plans.cancelled,
    "contract.changed": plans.changed,
    "contract.paused": plans.paused,
    "report.made": messages.reported,
    "sign_up.approved": joining.approved,
    "device.new": account.new_device,
    "password.changed": account.password_changed,
    "factor.changed": account.factor_changed,
    "email.changed": account.email_changed,
    "email.bounced": account.email_bounced,
    "data.ready": account.data_ready,
    "deletion.taken_back": account.deletion_taken_back,
}
"""Of every kind that the inbox shows."""


def words_of(notice: Worded) -> NoticeWords:
    """What the notice says, in the language of the context. A kind of a version before or to come says only that."""
    kind = BY_KEY.get(notice.kind)
    say = WORDS.get(notice.kind)
    if kind is None or say is None:
        return NoticeWords(_("Something new"), "", "/", "info")
    words = say(notice)
    return words if words.icon else replace(words, icon=kind.icon)
