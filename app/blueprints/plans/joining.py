"""Joining a plan: the first day, then what it comes to and the button."""

from datetime import date

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.plans.details import details_first
from app.blueprints.plans.room import blueprint, link_in_hand
from app.blueprints.plans.switching import switches
from app.blueprints.plans.words import bills, card, why_not
from app.domain.billing.at_once import bill_at_once
from app.domain.plans.joining import join
from app.domain.plans.previewing import Joining, preview_join, seen_offer
from app.domain.plans.terms import (
    BadStart,
    ContractTwice,
    JoinPlan,
    NotForYou,
    OnlyByEnquiry,
    PlanChanged,
    PlanGone,
    SoldOut,
    TermsNotAgreed,
)
from app.models import Contract
from app.web import auth, wording
from app.web.access import in_section, is_open, paid_up
from app.web.attempts import attempt, say
from app.web.auth import today
from app.web.charge_words import ChargeSentences
from app.web.database import session
from app.web.forms import CheckField, DayField, Form, id_of
from app.web.htmx import go_to
from app.web.prices import tax_note


class StartForm(Form):
    starts_on = DayField(_l("First day"))


class JoinForm(StartForm):
    agreed = CheckField(_l("I agree to the terms"))


@blueprint.get("/plans/<int:plan_id>/join")
@in_section("plans")
def new(plan_id: int) -> str:
    """Choose the first day."""
    return _start_page(plan_id, StartForm(formdata=None, data={"starts_on": today()}))


@blueprint.get("/plans/<int:plan_id>/join/review")
@in_section("plans")
def show_review(plan_id: int) -> Response | str | tuple[str, int]:
    """What it comes to from that day on, before the button; first what its invoices need, if that is missing."""
    if "starts_on" not in request.args:
        return new(plan_id)
    form = StartForm(request.args, meta={"csrf": False})
    if not form.validate():
        return _start_page(plan_id, form), 422
    try:
        found = _preview(plan_id, form.starts_on.data)
        return details_first(plan_id, form.starts_on.data, found.offer) or _review_page(
            found, form.starts_on.data, JoinForm(formdata=None)
        )
    except BadStart as refusal:
        form.say(*_bad_start(refusal))
        return _start_page(plan_id, form), 422


@blueprint.post("/plans/<int:plan_id>/join")
@paid_up
@in_section("plans")
def create(plan_id: int) -> Response | tuple[str, int]:
    """Join, be billed for what is due, and be led to the invoice. 422 with the sentence at its field."""
    form = JoinForm()
    made: list[Contract] = []
    try:
        joined = attempt(form, lambda: made.append(_join(plan_id, form)), _AT_FIELDS)
    except _ELSEWHERE as refusal:
        flash(why_not(refusal))
        return go_to(url_for("plans.index_mine" if isinstance(refusal, ContractTwice) else "plans.index"))
    if joined:
        return _led_on(made[0])
    if form.starts_on.errors:
        return _start_page(plan_id, form), 422
    return _review_page(_preview(plan_id, form.starts_on.data), form.starts_on.data, form), 422


def _join(plan_id: int, form: JoinForm) -> Contract:
    seen = id_of(request.form.get("version_id", "")) or 0
    wish = JoinPlan(plan_id, seen, form.starts_on.data, agreed=form.agreed.data, link_token=link_in_hand())
    return join(session(), auth.signed_in(), wish, ChargeSentences(current_app), today(), auth.now())


def _led_on(contract: Contract) -> Response:
    if contract.pending:
        flash(_("The front desk has your wish. You will be on the plan once they say yes."))
        return go_to(url_for("plans.index_mine"))
    flash(_("You are on the plan."))
    invoice_id = _billed(contract) if contract.starts_on <= today() else None
    if invoice_id is None or not is_open("invoices"):
        return go_to(url_for("plans.index_mine"))
    return go_to(url_for("invoices.show", invoice_id=invoice_id))


def _billed(contract: Contract) -> int | None:
    """The first invoice."""
    return bill_at_once(session(), contract.person_id, today(), ChargeSentences(current_app), auth.now())


def _start_page(plan_id: int, form: Form) -> str:
    found = seen_offer(session(), auth.signed_in(), plan_id, today(), link_in_hand())
    # A plan behind a link is in no list, which is where a contract goes on from
    offered = found.takes_over and not link_in_hand()
    return render_template(
        "plans/start.html",
        plan=card(found),
        form=form,
        link=link_in_hand(),
        switches=switches() if offered else [],
        tax=tax_note(),
    )


def _preview(plan_id: int, starts_on: date) -> Joining:
    return preview_join(session(), auth.signed_in(), plan_id, starts_on, today(), link_in_hand())


def _review_page(found: Joining, starts_on: date, form: JoinForm) -> str:
    return render_template(
        "plans/review.html",
        plan=card(found.offer),
        form=form,
        starts_on=starts_on.isoformat(),
        first_day=wording.full_day(starts_on),
        bills=bills(found.invoices, today()),
        earliest_end=wording.full_day(found.earliest_end),
        link=link_in_hand(),
        tax=tax_note(),
    )


def _bad_start(refusal: BadStart) -> tuple[str, str]:
    return "starts_on", _(
        "Choose a day from %(earliest)s to %(latest)s.",
        earliest=wording.full_day(refusal.earliest),
        latest=wording.full_day(refusal.latest),
    )


_ELSEWHERE = (ContractTwice, SoldOut, PlanChanged, OnlyByEnquiry, NotForYou, PlanGone)
_AT_FIELDS = {
    BadStart: _bad_start,
    TermsNotAgreed: say("agreed", lambda: _("Read the terms, and tick the box if you agree.")),
}
