"""Going on with another plan, and thinking better of it."""

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.plans.room import blueprint, own_contract
from app.blueprints.plans.words import card, why_not
from app.domain.plans.calculating import next_cycle
from app.domain.plans.changing import change, withdraw_change
from app.domain.plans.joining import decline
from app.domain.plans.showing import offers
from app.domain.plans.terms import (
    ChangePlan,
    ContractTwice,
    NotEnding,
    NotPending,
    SoldOut,
    TermsNotAgreed,
)
from app.kernel.errors import NotFound, Refusal
from app.web import auth, wording
from app.web.access import in_section, paid_up
from app.web.attempts import Words, attempt, press, say
from app.web.auth import today
from app.web.charge_words import ChargeSentences
from app.web.database import session
from app.web.forms import CheckField, Form, id_of
from app.web.htmx import go_to
from app.web.prices import tax_note


class ChangeForm(Form):
    at_once = CheckField(_l("From today: what is left of the paid time is taken off the next invoice"))
    agreed = CheckField(_l("I agree to the terms"))


@blueprint.get("/plans/mine/<int:contract_id>/change")
@in_section("plans")
def new_change(contract_id: int) -> str:
    """The plans that one may go on with."""
    shown, held = own_contract(contract_id)
    others = [card(each) for each in offers(session(), auth.signed_in(), today()) if each.takes_over]
    return render_template(
        "plans/change.html",
        contract_id=contract_id,
        name=shown.plan_name,
        plans=others,
        first=wording.full_day(next_cycle(held.rules(), today())),
        tax=tax_note(),
    )


@blueprint.get("/plans/mine/<int:contract_id>/change/<int:plan_id>")
@in_section("plans")
def show_change(contract_id: int, plan_id: int) -> str:
    """What the change comes to, before the button."""
    return _page(contract_id, plan_id, ChangeForm(formdata=None))


@blueprint.post("/plans/mine/<int:contract_id>/change/<int:plan_id>")
@paid_up
@in_section("plans")
def create_change(contract_id: int, plan_id: int) -> Response | tuple[str, int]:
    form = ChangeForm()
    quantity = own_contract(contract_id)[0].contract.quantity
    seen = id_of(request.form.get("version_id", "")) or 0
    wish = ChangePlan(contract_id, plan_id, seen, quantity, form.at_once.data, agreed=form.agreed.data)

    def go_on() -> None:
        change(session(), auth.signed_in(), wish, ChargeSentences(current_app), today(), auth.now())

    try:
        changed = attempt(form, go_on, _AT_FIELDS)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(why_not(refusal))
        return go_to(url_for("plans.index_mine"))
    if not changed:
        return _page(contract_id, plan_id, form), 422
    flash(_("The plan is changed."))
    return go_to(url_for("plans.index_mine"))


@blueprint.post("/plans/mine/<int:contract_id>/change/withdrawal")
@in_section("plans")
def destroy_change(contract_id: int) -> Response:
    """Go on with the present plan after all."""
    return press(
        url_for("plans.index_mine"),
        lambda: withdraw_change(session(), auth.signed_in(), contract_id, today(), auth.now()),
        {
            NotEnding: say("", lambda: _("There is no change to withdraw.")),
            ContractTwice: say("", lambda: _("You are on this plan again from a later day already.")),
            SoldOut: say("", lambda: _("Somebody else has taken the place from then on.")),
        },
        _("It goes on as before."),
    )


@blueprint.post("/plans/mine/<int:contract_id>/withdrawal")
@in_section("plans")
def destroy_request(contract_id: int) -> Response:
    """Take back what still waits for the front desk. Staff decide about others' on those people's pages."""
    own_contract(contract_id)
    return press(
        url_for("plans.index_mine"),
        lambda: decline(session(), auth.signed_in(), contract_id, auth.now()),
        {NotPending: say("", lambda: _("The front desk has decided meanwhile."))},
        _("You have taken it back."),
    )


def _page(contract_id: int, plan_id: int, form: ChangeForm) -> str:
    shown, held = own_contract(contract_id)
    found = next(
        (each for each in offers(session(), auth.signed_in(), today()) if each.plan.id == plan_id), None
    )
    if found is None or found.own:
        raise NotFound
    return render_template(
        "plans/change_to.html",
        contract_id=contract_id,
        name=shown.plan_name,
        plan=card(found),
        form=form,
        first=wording.full_day(next_cycle(held.rules(), today())),
        tax=tax_note(),
    )


_AT_FIELDS: Words = {
    TermsNotAgreed: say("agreed", lambda: _("Read the terms, and tick the box if you agree."))
}
