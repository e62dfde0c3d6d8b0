"""When bookings are paid, as a form offers it."""

from flask_babel import gettext as _

from app.models import PayWhen


def pay_choices() -> list[tuple[PayWhen, str]]:
    """What can be chosen, in words."""
    return [
        (PayWhen.INVOICE, _("With the next invoice")),
        (PayWhen.END, _("The day after it is over")),
        (PayWhen.NOW, _("At once")),
    ]
