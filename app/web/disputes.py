"""Disputes in the words of whoever reads of them."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.domain.cards.disputes import DisputeRow, disputes_about
from app.kernel.money import Money
from app.models import CardDispute, DisputeState
from app.web import wording

PROVIDER_PAGE = "https://dashboard.stripe.com/disputes"
"""Where the tenant answers."""
_REASONS = {
    "credit_not_processed": _l("a refund that was promised did not come"),
    "duplicate": _l("it was charged twice"),
    "fraudulent": _l("its holder says that they did not pay it"),
    "product_not_received": _l("its holder says that they got nothing for it"),
    "product_unacceptable": _l("its holder says that what they got was not what was agreed"),
    "subscription_canceled": _l("its holder says that they had cancelled"),
    "unrecognized": _l("its holder does not recognise it"),
}


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A dispute as a page shows it. `asks`: staff can answer it; `lost`: they decide what becomes of its invoices."""

    id: int
    payer_id: int
    payer: str
    amount: str
    why: str
    stand: str
    invoices: tuple[tuple[int, str], ...]
    asks: bool
    lost: bool


def dispute_line(row: DisputeRow, today: date) -> DisputeLine:
    found = row.dispute
    return DisputeLine(
        found.id,
        row.payer_id,
        row.payer,
        _amount(found),
        wording.capital(_reason(found.reason)),
        _stand(found, today),
        row.invoices,
        asks=found.state is DisputeState.ASKS,
        lost=found.state is DisputeState.LOST,
    )


def dispute_notes(session: Session, invoice_id: int, today: date) -> list[str]:
    """What staff read on the page of an invoice: how what it was paid with is, or was, disputed."""
    return [
        _(
            "Dispute about %(amount)s paid by card: %(why)s. %(stand)s",
            amount=_amount(each),
            why=_reason(each.reason),
            stand=_stand(each, today),
        )
        for each in disputes_about(session, invoice_id)
    ]


def due_again_notes(session: Session, invoice_id: int) -> list[str]:
    """What its payer reads there: why it asks for money that came."""
    return [
        _(
            "Your bank took %(amount)s back, so it is due again. Talk to us if you did not want that.",
            amount=wording.money(Money(each.due_again_minor, each.currency)),
        )
        for each in disputes_about(session, invoice_id)
        if each.due_again_minor
    ]


def _stand(found: CardDispute, today: date) -> str:
    """How it stands, and what is to be done, in a sentence."""
    match found.state:
        case DisputeState.ASKS:
            return _what_to_do(found.answer_by, today)
        case DisputeState.REVIEW:
            return _("The bank decides; until then it keeps the money.")
        case DisputeState.WON if found.won_back_at:
            return _("The bank took the money back, and decided for you after all: it is here again.")
        case DisputeState.WON:
            return _("The bank decided for you: the money stays.")
        case DisputeState.LOST if found.due_again_minor:
            return _("The bank took the money back, and it is due again.")
        case _lost:
            return _("The bank took the money back.")


def _what_to_do(answer_by: datetime | None, today: date) -> str:
    if answer_by is None:
        return _("Answer it at the payment provider, or the bank keeps the money.")
    by = wording.day_inside(answer_by.date(), today)
    return _("Answer it at the payment provider by %(day)s, or the bank keeps the money.", day=by)


def _reason(word: str) -> str:
    return str(_REASONS.get(word, _l("the bank gives no closer reason")))


def _amount(found: CardDispute) -> str:
    return wording.money(Money(found.amount_minor, found.currency))
