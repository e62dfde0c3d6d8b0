"""Payments that their card's holder disputes: what staff decide about one that is lost."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.domain.actor import Permission
from app.domain.cards.disputes import make_due_again, settle_dispute
from app.web import auth
from app.web.access import staff
from app.web.attempts import press
from app.web.auth import signed_in
from app.web.cards import CARD_WORDS
from app.web.database import session

blueprint = Blueprint("disputes", __name__, url_prefix="/payments/disputes")


@blueprint.post("/<int:dispute_id>/due-again")
@staff(Permission.MONEY, whole_house=True)
def create_due_again(dispute_id: int) -> Response:
    """The invoices ask for the money once more."""
    return press(
        url_for("admin.held_money.index"),
        lambda: make_due_again(session(), signed_in(), dispute_id, auth.now()),
        CARD_WORDS,
        _("It is due again."),
    )


@blueprint.post("/<int:dispute_id>/removal")
@staff(Permission.MONEY, whole_house=True)
def destroy(dispute_id: int) -> Response:
    """The loss is dealt with otherwise."""
    return press(
        url_for("admin.held_money.index"),
        lambda: settle_dispute(session(), signed_in(), dispute_id, auth.now()),
        CARD_WORDS,
        _("Noted."),
    )
