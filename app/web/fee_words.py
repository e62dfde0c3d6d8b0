"""What cancelling late costs, in words."""

from flask_babel import gettext as _

from app.domain.booking.cancel_quote import CancelFee
from app.domain.booking.late_fees import Ladder
from app.kernel.money import Money
from app.web import wording
from app.web.language import format_number


def fee_words(fee: CancelFee) -> str:
    """`Cancelling now costs 50 %: £12.00.`, and how that is paid; nothing for none."""
    if not fee:
        return ""
    percent = format_number(fee.percent)
    said = _(
        "Cancelling now costs %(percent)s %%: %(price)s.", percent=percent, price=wording.money(fee.total)
    )
    return " ".join(filter(None, [said, how_kept(fee)]))


def kept_words(fee: CancelFee) -> str:
    """The same of one that is cancelled."""
    said = _("It was cancelled late, so %(price)s of its price is kept.", price=wording.money(fee.total))
    return " ".join(filter(None, [said, how_kept(fee)]))


def how_kept(fee: CancelFee) -> str:
    """`1 h of credit stays used. £6.00 is billed.`; nothing where no credit paid of it."""
    if not fee.kept:
        return ""
    parts = []
    if fee.kept.minutes:
        parts.append(_("%(length)s of credit stays used.", length=wording.minutes(fee.kept.minutes)))
    if fee.kept.money_minor:
        money = wording.money(Money(fee.kept.money_minor, fee.currency))
        parts.append(_("%(price)s of credit stays used.", price=money))
    if fee.due_minor:
        parts.append(_("%(price)s is billed.", price=wording.money(Money(fee.due_minor, fee.currency))))
    return " ".join(parts)


def ladder_words(ladder: Ladder) -> str:
    """`24 h: 50 %, 2 h: 100 %`, the earliest first."""
    if not ladder:
        return _("only staff cancel late")
    return ", ".join(
        _("%(hours)s h: %(percent)s %%", hours=format_number(each.hours), percent=format_number(each.percent))
        for each in reversed(ladder)
    )
