"""The step of joining that asks for what invoices need, for who has not said it yet."""

from datetime import date

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.plans.room import blueprint, link_in_hand
from app.domain.plans.previewing import seen_offer
from app.domain.plans.showing import Offer
from app.domain.profile.billing import BillingDetails, BillingMissing, give_billing, missing, own_billing
from app.domain.profile.terms import BadProfile, Fault
from app.web import auth
from app.web.access import in_section, paid_up
from app.web.auth import today
from app.web.database import session
from app.web.forms.billing_details import BillingDetailsForm
from app.web.htmx import go_to
from app.web.profiles import fault_sentence


class DetailsForm(BillingDetailsForm):
    def __init__(self, details: BillingDetails | None = None, **more: object) -> None:
        super().__init__(obj=details, no_country=_("Choose a country"), **more)

    def details(self) -> BillingDetails:
        return BillingDetails(**self.given())


@blueprint.get("/plans/<int:plan_id>/join/details")
@in_section("plans")
def edit_details(plan_id: int) -> Response:
    return _page(plan_id, DetailsForm(own_billing(session(), auth.signed_in()), formdata=None))


@blueprint.post("/plans/<int:plan_id>/join/details")
@paid_up
@in_section("plans")
def update_details(plan_id: int) -> Response:
    """Keep them and go on to what it costs. 422 with each sentence at its field."""
    form = DetailsForm()
    if not form.validate():
        return _page(plan_id, form, 422)
    _offer(plan_id)
    try:
        give_billing(session(), auth.signed_in(), form.details(), auth.now())
        session().commit()
    except BillingMissing as refusal:
        session().rollback()
        for name in form.details().__slots__:
            if name in refusal.fields:
                form.say(name, _("This is needed."))
        return _page(plan_id, form, 422)
    except BadProfile:
        session().rollback()
        form.say("billing_country", fault_sentence(Fault.NO_COUNTRY))
        return _page(plan_id, form, 422)
    return go_to(url_for("plans.show_review", plan_id=plan_id, starts_on=_starts_on(), link=link_in_hand()))


def details_first(plan_id: int, starts_on: date, found: Offer) -> Response | None:
    """Leads to the step when something is missing that an invoice for this plan needs."""
    version, actor = found.version, auth.signed_in()
    if not (version.price_minor or version.signup_fee_minor or version.deposit_minor):
        return None
    if not missing(session(), actor, own_billing(session(), actor)):
        return None
    there = url_for(
        "plans.edit_details", plan_id=plan_id, starts_on=starts_on.isoformat(), link=link_in_hand()
    )
    return go_to(there)


def _starts_on() -> str:
    """The first day as the step before chose it: the next one looks whether it is a day."""
    return request.values.get("starts_on", "")


def _offer(plan_id: int) -> Offer:
    return seen_offer(session(), auth.signed_in(), plan_id, today(), link_in_hand())


def _page(plan_id: int, form: DetailsForm, status: int = 200) -> Response:
    page = render_template(
        "plans/details.html",
        plan_id=plan_id,
        name=_offer(plan_id).plan.name,
        form=form,
        starts_on=_starts_on(),
        link=link_in_hand(),
    )
    return make_response(page, status)
