"""What cancelling late costs, in words."""

from babel.lists import format_list
from flask_babel import gettext as _

from app.domain.booking.cancel_quote import CancelFee
from app.domain.booking.late_fees import Ladder
from app.kernel.money import Money
from app.web import wording
from app.web.language import format_number, formats_locale


def fee_words(fee: CancelFee) -> str:
    """`Cancelling now costs 50 %: £12.00.`, and how that is paid; nothing for none."""
    said = ""
    if fee.room:
        percent = format_number(fee.percent)
        said = _(
            "Cancelling now costs %(percent)s %%: %(price)s.", percent=percent, price=wording.money(fee.room)
        )
    return _all_of(fee, said)


def kept_words(fee: CancelFee) -> str:
    """The same of one that is cancelled."""
    said = ""
    if fee.room:
        said = _("It was cancelled late, so %(price)s of its price is kept.", price=wording.money(fee.room))
    return _all_of(fee, said)


def _all_of(fee: CancelFee, of_the_room: str) -> str:
    together = _("Together %(price)s.", price=wording.money(fee.total)) if fee.room and fee.ordered else ""
    return " ".join(filter(None, [of_the_room, how_kept(fee), _ordered(fee), together]))


def _ordered(fee: CancelFee) -> str:
    if not fee.ordered:
        return ""
    what = format_list(
        [f"{format_number(each.quantity)} × {each.name}" for each in fee.extras], locale=formats_locale()
    )
    return _(
        "%(price)s is owed for what was ordered with it: %(what)s.",
        price=wording.money(fee.ordered),
        what=what,
    )


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
