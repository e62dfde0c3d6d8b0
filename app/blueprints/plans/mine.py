"""One's own contracts: where they stand, cancelling one, and thinking better of it."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.plans.room import blueprint, own_contract
from app.blueprints.plans.words import Bill, bills, mine
from app.domain.billing.previewing import coming_invoices
from app.domain.credits.terms import Holder
from app.domain.pay_as_you_go.history import visits_of
from app.domain.plans.ending import cancel, preview_cancel, withdraw_cancellation
from app.domain.plans.showing import ContractShown, contracts_shown
from app.domain.plans.terms import (
    ContractOver,
    ContractTwice,
    Ending,
    NotEnding,
    SoldOut,
    StillPending,
    TooEarly,
)
from app.kernel.errors import Refusal
from app.web import auth, credit_words, visit_words, wording
from app.web.access import in_section
from app.web.attempts import attempt, press, say
from app.web.auth import today
from app.web.charge_words import line_words
from app.web.database import session
from app.web.forms import DayField, Form, TextField
from app.web.htmx import go_to
from app.web.prices import tax_note

_LONGEST_REASON = 300
_COMING = 3


class CancelForm(Form):
    ends_on = DayField(_l("Last day"))
    reason = TextField(_l("Why?"), longest=_LONGEST_REASON, required=False)


@blueprint.get("/plans/mine")
@in_section("plans")
def index_mine() -> str:
    found = contracts_shown(session(), auth.signed_in().person_id, today())
    followers = {each.contract.follows_id: each for each in found}
    coming = _coming(found)
    return render_template(
        "plans/mine.html",
        contracts=[mine(each, today(), followers.get(each.contract.id)) for each in found],
        coming=coming,
        tax=tax_note(),
        credits=credit_words.shown(Holder(auth.signed_in().person_id)),
        visits=[visit_words.visit_row(each) for each in visits_of(session(), auth.signed_in().person_id)],
    )


def _coming(found: list[ContractShown]) -> list[Bill]:
    """The next invoices, of all that is booked and had."""
    billed = [(each.held, each.plan_name) for each in found if each.held is not None]
    person_id = auth.signed_in().person_id
    invoices = coming_invoices(session(), person_id, billed, today(), _COMING)
    return [
        Bill(
            wording.day(each.day, today()),
            wording.tenant_money(each.amount_minor),
            " · ".join(line_words(line) for line in each.lines),
        )
        for each in invoices
    ]


@blueprint.get("/plans/mine/<int:contract_id>/cancellation")
@in_section("plans")
def new_cancellation(contract_id: int) -> Response | str:
    """The earliest last day and what is still billed, before the button."""
    return _cancel_page(contract_id, None)


@blueprint.post("/plans/mine/<int:contract_id>/cancellation")
@in_section("plans")
def create_cancellation(contract_id: int) -> Response | str | tuple[str, int]:
    form = CancelForm()

    def act() -> None:
        last_day, reason = form.ends_on.data, form.reason.data or ""
        cancel(session(), auth.signed_in(), contract_id, last_day, reason, today(), auth.now())

    try:
        if attempt(form, act, {TooEarly: _too_early}):
            flash(_("It is cancelled. You can withdraw that until the last day."))
            return go_to(url_for("plans.index_mine"))
    except (ContractOver, StillPending, Ending) as refusal:
        return _over(refusal)
    answer = _cancel_page(contract_id, form)
    return (answer, 422) if isinstance(answer, str) else answer


@blueprint.post("/plans/mine/<int:contract_id>/cancellation/withdrawal")
@in_section("plans")
def destroy_cancellation(contract_id: int) -> Response:
    """Let a cancelled contract go on."""
    return press(
        url_for("plans.index_mine"),
        lambda: withdraw_cancellation(session(), auth.signed_in(), contract_id, today(), auth.now()),
        {
            NotEnding: say("", lambda: _("There is no cancellation to withdraw.")),
            ContractTwice: say("", lambda: _("You are on this plan again from a later day already.")),
            SoldOut: say("", lambda: _("Somebody else has taken the place from then on.")),
        },
        _("It goes on as before."),
    )


def _cancel_page(contract_id: int, form: CancelForm | None) -> Response | str:
    shown, _held = own_contract(contract_id)
    try:
        found = preview_cancel(session(), auth.signed_in(), contract_id, today())
    except (ContractOver, StillPending, Ending) as refusal:
        return _over(refusal)
    return render_template(
        "plans/cancellation.html",
        contract_id=contract_id,
        name=shown.plan_name,
        form=form or CancelForm(formdata=None, data={"ends_on": found.earliest}),
        earliest=wording.full_day(found.earliest),
        bills=bills(found.invoices, today()),
        tax=tax_note(),
    )


def _over(refusal: Refusal) -> Response:
    if isinstance(refusal, StillPending):
        flash(_("It still waits for the front desk."))
    else:
        flash(_("It ends already."))
    return go_to(url_for("plans.index_mine"))


def _too_early(refusal: TooEarly) -> tuple[str, str]:
    return "ends_on", _("The earliest last day is %(day)s.", day=wording.full_day(refusal.earliest))
