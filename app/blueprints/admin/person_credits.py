"""Somebody's credit: what they have, how it came and went, and giving or taking some with a reason."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.credit_forms import CreditForm
from app.domain.actor import Permission
from app.domain.credits.granting import give, take
from app.domain.reach import person_in_reach
from app.domain.spaces.choices import type_pairs
from app.kernel.walltime import zone
from app.web import auth, credit_words
from app.web.access import staff
from app.web.attempts import attempt
from app.web.database import session

blueprint = Blueprint("credits", __name__)


@blueprint.get("/people/<int:person_id>/credits")
@staff(Permission.PEOPLE)
def show(person_id: int) -> Response:
    return _show(person_id)


@blueprint.post("/people/<int:person_id>/credits")
@staff(Permission.PEOPLE)
def create(person_id: int) -> Response:
    """Give or take, as the form says."""
    person_in_reach(session(), auth.signed_in(), person_id)
    form = CreditForm(type_pairs(session()))

    def change() -> None:
        verb = give if form.gives else take
        command = form.to_command(person_id, zone(auth.portal().zone))
        verb(session(), auth.signed_in(), command, auth.now())

    if not attempt(form, change, form.words()):
        return _show(person_id, form)
    said = _("The credit is given.") if form.gives else _("The credit is taken.")
    return done(url_for("admin.credits.show", person_id=person_id), said)


def _show(person_id: int, form: CreditForm | None = None) -> Response:
    person = person_in_reach(session(), auth.signed_in(), person_id)
    return page(
        "admin/people/credits.html",
        wrong=form is not None,
        person=person,
        credits=credit_words.shown(person_id),
        form=form or CreditForm(type_pairs(session()), formdata=None),
    )
