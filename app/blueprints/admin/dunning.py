"""The dunning ladder: what is done about invoices that are not paid, and when."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.dunning_forms import ACTIONS, LADDER_WORDS, StepForm
from app.domain.actor import Permission
from app.domain.dunning.ladder import add_step, ladder, remove_step
from app.models import DunningAction
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session

blueprint = Blueprint("dunning", __name__, url_prefix="/settings/overdue")


@blueprint.get("")
@staff(Permission.ACCOUNTS, whole_house=True)
def show() -> Response:
    return _page()


@blueprint.post("")
@staff(Permission.ACCOUNTS, whole_house=True)
def create() -> Response:
    form = StepForm()
    if not attempt(
        form,
        lambda: add_step(session(), signed_in(), form.days.data, DunningAction(form.action.data), clock()),
        LADDER_WORDS,
    ):
        return _page(form)
    return done(url_for("admin.dunning.show"), _("The step is on the ladder."))


@blueprint.post("/<int:step_id>/removal")
@staff(Permission.ACCOUNTS, whole_house=True)
def destroy(step_id: int) -> Response:
    remove_step(session(), signed_in(), step_id, clock())
    session().commit()
    return done(url_for("admin.dunning.show"), _("The step is gone. Whom it held back is free again."))


def _page(form: StepForm | None = None) -> Response:
    return page(
        "admin/settings/overdue.html",
        wrong=form is not None,
        steps=ladder(session()),
        actions=ACTIONS,
        form=form or StepForm(formdata=None),
    )
