"""Money by card that does not fit, and refunds that came back: what staff decide about."""

from collections.abc import Callable

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.domain.actor import Permission
from app.domain.cards.disputes import disputes_to_look_at
from app.domain.cards.held import (
    dismiss_held,
    dismiss_refund,
    failed_refunds,
    held_money,
    use_held,
)
from app.domain.cards.outside import outside_refunds, settle_outside
from app.domain.cards.refunding import refund_held
from app.kernel.money import Money
from app.models import HoldReason
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import press
from app.web.auth import signed_in, today
from app.web.cards import CARD_WORDS
from app.web.database import session
from app.web.disputes import PROVIDER_PAGE, dispute_line
from app.web.forms import Form, TextField

blueprint = Blueprint("held_money", __name__, url_prefix="/payments")
_REASONS = {
    HoldReason.AMOUNT: _l("Another amount came than was asked for"),
    HoldReason.CURRENCY: _l("It came in another currency"),
    HoldReason.SETTLED: _l("The invoice was paid otherwise meanwhile"),
}


class SettledForm(Form):
    note = TextField(_l("What became of it"), longest=200)


@blueprint.get("")
@staff(Permission.MONEY, whole_house=True)
def index() -> Response:
    return _page(SettledForm(formdata=None), 0)


@blueprint.post("/<int:held_id>/use")
@staff(Permission.MONEY, whole_house=True)
def create_use(held_id: int) -> Response:
    """Pay what the same person has open."""
    return _pressed(
        lambda: use_held(session(), signed_in(), held_id, today(), auth.now()),
        _("It paid what was open."),
    )


@blueprint.post("/<int:held_id>/refund")
@staff(Permission.MONEY, whole_house=True)
def create_refund(held_id: int) -> Response:
    """Send it back to the card; the worker brings the wish to the provider."""
    return _pressed(
        lambda: refund_held(session(), signed_in(), held_id, auth.now()), _("It goes back to the card.")
    )


@blueprint.post("/<int:held_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy(held_id: int) -> Response:
    """Say what became of it otherwise."""
    form = SettledForm()
    if not form.validate():
        return _page(form, held_id)
    return _pressed(
        lambda: dismiss_held(session(), signed_in(), held_id, form.note.data, auth.now()), _("Noted.")
    )


@blueprint.post("/refunds/<int:refund_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_refund(refund_id: int) -> Response:
    """The money was sent by transfer."""
    return _pressed(lambda: dismiss_refund(session(), signed_in(), refund_id, auth.now()), _("Noted."))


@blueprint.post("/outside/<int:outside_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy_outside(outside_id: int) -> Response:
    """A refund that was made at the provider is dealt with."""
    return _pressed(lambda: settle_outside(session(), signed_in(), outside_id, auth.now()), _("Noted."))


def _pressed(act: Callable[[], object], sentence: str) -> Response:
    return press(url_for("admin.held_money.index"), act, CARD_WORDS, sentence)


def _page(form: SettledForm, about: int) -> Response:
    return page(
        "admin/payments/index.html",
        wrong=bool(about),
        rows=[
            (
                each.held.id,
                each.payer_id,
                each.payer,
                _REASONS[each.held.reason],
                wording.money(Money(each.held.amount_minor, each.held.currency)),
                wording.day(each.held.came_at.date(), today()),
            )
            for each in held_money(session())
        ],
        failed=[
            (
                each.refund.id,
                each.payer_id,
                each.payer,
                wording.money(Money(each.refund.amount_minor, each.refund.currency)),
            )
            for each in failed_refunds(session())
        ],
        outside=[
            (
                each.refund.id,
                each.payer_id,
                each.payer,
                wording.money(Money(each.refund.amount_minor, each.refund.currency)),
                wording.day(each.refund.found_at.date(), today()),
            )
            for each in outside_refunds(session())
        ],
        disputes=[dispute_line(each, today()) for each in disputes_to_look_at(session())],
        provider=PROVIDER_PAGE,
        form=form,
        about=about,
    )
