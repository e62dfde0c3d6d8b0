"""How cards are taken: a key of the tenant's own, or an account that the host speaks for; tried, kept, given up."""

import re
from typing import Any

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import Trial, done, page
from app.domain.actor import Permission
from app.domain.cards.account import (
    card_setting,
    connect,
    give_up,
    look_at_account,
    use_key,
)
from app.domain.cards.leaving import end_what_is_under_way
from app.domain.cards.terms import CardsAway, NoCards, ProviderRefuses, StillUnderWay
from app.kernel.errors import Refusal
from app.web import auth
from app.web.access import staff
from app.web.attempts import Nothing, Words, attempt, press, say
from app.web.auth import signed_in
from app.web.cards import hook_address
from app.web.database import session
from app.web.forms import Form, SecretField
from app.web.htmx import go_to
from app.web.limits import by_account, wait_sentence
from app.web.origin import request_origin
from app.web.ports import cards

blueprint = Blueprint("card_settings", __name__, url_prefix="/settings/payments")
_KEY = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]{6,300}")
_WORDS: Words = {
    CardsAway: say("", lambda: _("Stripe does not answer. Nothing was changed; try again in a few minutes.")),
    ProviderRefuses: lambda refusal: ("key", _refused(refusal)),
    StillUnderWay: say(
        "", lambda: _("A bank is at work on a payment. Nothing was changed; try again in a few minutes.")
    ),
    NoCards: say("", lambda: _("The stored key cannot be read with this server’s keys. Enter it again.")),
}


class KeyForm(Form):
    key = SecretField(_l("Secret key"))

    def validate_key(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("This is needed."))
        if field.data.startswith("pk_"):
            raise ValidationError(_("That is the publishable key. The secret one begins with sk_ or rk_."))
        if not _KEY.fullmatch(field.data):
            raise ValidationError(_("A secret key begins with sk_test_, sk_live_, rk_test_ or rk_live_."))


@blueprint.get("")
@staff(Permission.ACCOUNTS, whole_house=True)
def show() -> Response:
    return _page(KeyForm(formdata=None))


@blueprint.post("")
@staff(Permission.ACCOUNTS, whole_house=True)
def update() -> Response:
    """Take cards with this key, once Stripe says whose it is."""
    form = KeyForm()
    if wait := by_account("trial by account", signed_in().email).spend():
        form.validate()
        form.say("", wait_sentence(wait))
        return _page(form, wrong=True)

    def change() -> None:
        end_what_is_under_way(session(), cards(), auth.clock())
        use_key(session(), cards(), signed_in(), str(form.key.data), hook_address(), auth.now())

    if not attempt(form, change, _WORDS):
        return _page(form, wrong=True)
    return done(url_for("admin.card_settings.show"), _("Cards are taken from now on."))


@blueprint.post("/trial")
@staff(Permission.ACCOUNTS, whole_house=True)
def create_trial() -> Response:
    """Ask Stripe with what is stored whether all is well."""
    form = Nothing()
    if wait := by_account("trial by account", signed_in().email).spend():
        return _page(KeyForm(formdata=None), trial=Trial(worked=False, sentence=wait_sentence(wait)))
    if not attempt(form, lambda: look_at_account(session(), cards()), _WORDS):
        trial = Trial(worked=False, sentence=" ".join(form.form_errors))
        return _page(KeyForm(formdata=None), trial=trial)
    found = card_setting(session())
    ready = found is not None and found.ready
    sentence = (
        _("Stripe answers, and the account may take money.")
        if ready
        else _("Stripe answers, but the account may not take money yet. Finish what it asks for at Stripe.")
    )
    return _page(KeyForm(formdata=None), trial=Trial(worked=ready, sentence=sentence))


@blueprint.post("/connection")
@staff(Permission.ACCOUNTS, whole_house=True)
def create_connection() -> Response:
    """To Stripe's own pages, where the owner says who they are."""
    here, url, form = url_for("admin.card_settings.show"), [""], Nothing()
    back = f"{request_origin()}{url_for('admin.card_settings.show_connection')}"

    def open_account() -> None:
        end_what_is_under_way(session(), cards(), auth.clock())
        url[0] = connect(session(), cards(), signed_in(), back, f"{request_origin()}{here}", auth.now())

    if attempt(form, open_account, _WORDS):
        return go_to(url[0])
    flash(" ".join(form.form_errors))
    return go_to(here)


@blueprint.get("/connection")
@staff(Permission.ACCOUNTS, whole_house=True)
def show_connection() -> Response:
    """Back from Stripe: it says whether that was all."""
    try:
        look_at_account(session(), cards())
        session().commit()
    except Refusal:
        session().rollback()
    return _page(KeyForm(formdata=None))


@blueprint.post("/removal")
@staff(Permission.ACCOUNTS, whole_house=True)
def destroy() -> Response:

    def leave() -> None:
        end_what_is_under_way(session(), cards(), auth.clock())
        give_up(session(), cards(), signed_in(), auth.now())

    return press(url_for("admin.card_settings.show"), leave, _WORDS, _("No cards are taken any more."))


def _page(form: KeyForm, *, trial: Trial | None = None, wrong: bool = False) -> Response:
    return page(
        "admin/settings/payments.html",
        wrong=wrong,
        form=form,
        used=card_setting(session()),
        trial=trial,
        platform=bool(cards().platform.key),
    )


def _refused(refusal: ProviderRefuses) -> str:
    return _(
        "Stripe does not accept this key (%(code)s). Copy it once more from its dashboard.", code=refusal.code
    )
