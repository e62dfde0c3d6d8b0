"""What is said of payments by card."""

from flask_babel import gettext as _

from app.kernel.money import Money
from app.web import wording
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded


def asks(notice: Worded) -> NoticeWords:
    """All of them have the `invoice_id`, the `numbers`, and the `amount_minor` in its `currency`."""
    return NoticeWords(
        _("Confirm your payment of %(amount)s", amount=_amount(notice)),
        _(
            "Your bank wants you to confirm the payment of invoice %(number)s. Until then it is open.",
            number=_number(notice),
        ),
        _here(notice),
        actions=(NoticeAction("pay", _("Confirm and pay"), _here(notice)),),
    )


def refused(notice: Worded) -> NoticeWords:
    still = _("%(amount)s is open: pay with another card, or otherwise.", amount=_amount(notice))
    return NoticeWords(
        _("Invoice %(number)s could not be paid automatically", number=_number(notice)),
        f"{_why(notice)} {still}",
        _here(notice),
        actions=(NoticeAction("pay", _("Pay it now"), _here(notice)),),
    )


def taken(notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("Invoice %(number)s is paid", number=_number(notice)),
        _("%(amount)s was taken from your card, as you wished.", amount=_amount(notice)),
        _here(notice),
        actions=(NoticeAction("show", _("Show invoice"), _here(notice)),),
    )


def held(notice: Worded) -> NoticeWords:
    """To staff: money that does not fit, a refund that failed or was made at the provider, or a payment that is disputed."""
    here = "/admin/payments"
    if "dispute_id" in notice.data:
        return _disputed(notice, here)
    if "refund_id" in notice.data:
        body = _("A refund of %(amount)s failed.", amount=_amount(notice))
    elif "outside_id" in notice.data:
        body = _(
            "%(amount)s went back to a card, and not from here: a credit note may be missing.",
            amount=_amount(notice),
        )
    else:
        body = _("%(amount)s came and does not fit what was open.", amount=_amount(notice))
    return NoticeWords(
        _("A card payment is to be looked at"),
        body,
        here,
        actions=(NoticeAction("show", _("Look at it"), here),),
    )


def _disputed(notice: Worded, here: str) -> NoticeWords:
    amount = _amount(notice)
    match notice.data["what"]:
        case "won":
            title = _("A disputed card payment stays with you")
            body = _("The bank decided for you: you keep %(amount)s.", amount=amount)
        case "won_back":
            title = _("A lost card payment is here again")
            body = _("The bank decided for you after all: you have %(amount)s again.", amount=amount)
        case "lost":
            title = _("A disputed card payment is lost")
            body = _("The bank took %(amount)s back. Decide whether it is due again.", amount=amount)
        case _found:
            title = _("A card payment is disputed")
            body = _(
                "Somebody wants %(amount)s back through their bank. Answer it at the payment provider.",
                amount=amount,
            )
    return NoticeWords(title, body, here, actions=(NoticeAction("show", _("Look at it"), here),))


def _amount(notice: Worded) -> str:
    return wording.money(Money(notice.data["amount_minor"], notice.data["currency"]))


def _why(notice: Worded) -> str:
    """What the bank's word for it means, as far as it is its customer's business."""
    match notice.data["problem"]:
        case "insufficient_funds":
            return _("There is not enough money on the card.")
        case "expired_card":
            return _("The card has expired.")
        case _other:
            return _("Your bank refused it.")


def _number(notice: Worded) -> str:
    return ", ".join(notice.data["numbers"])


def _here(notice: Worded) -> str:
    return f"/invoices/{notice.data['invoice_id']}"
