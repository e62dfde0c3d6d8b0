"""Runs of billing: what would be billed, what was, who could not be, and when it happens."""

from dataclasses import dataclass
from datetime import time, timedelta

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, done, page
from app.domain.actor import Permission
from app.domain.billing.previewing import PayerPreview, preview_billing
from app.domain.billing.running import RunInHand, ask_for_run, is_alive, runs_of, troubles_of
from app.domain.billing.settings import BillingChoice, billing_choice, choice_and_seller, choose_billing
from app.domain.invoicing.seller import seller_if_known
from app.kernel.paging import stretch
from app.kernel.walltime import clock_face, local_date, zone
from app.models import BillingRun, BillingTrouble, InvoiceSetting, PayWhen, RunState
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt, press, say
from app.web.auth import clock, signed_in, today
from app.web.charge_words import line_words
from app.web.database import session
from app.web.forms import CheckField, ChoiceField, Form, WholeField, options
from app.web.invoices import Badge
from app.web.pay_choices import pay_choices

blueprint = Blueprint("billing", __name__, url_prefix="/billing")

_RUNS = 10
_MOST_MINUTES = 10_080
"""A week: what is not paid by then is for reminders."""
_TROUBLES = {
    "SellerUnknown": _l("Nobody has said yet who bills."),
    "NoRateYet": _l("A rate of tax has no percentage yet on that day."),
    "TaxIdMissing": _l("Reverse charge takes their tax id and yours; one of them is missing."),
    "PeriodClosed": _l("The period is closed: nothing is issued with today’s date."),
    "NotFound": _l("Their data is gone, so nobody can be billed."),
    "LessThanNothing": _l("With its taxes it comes to less than nothing."),
    "TooMuch": _l("It comes to more than one invoice may."),
}


class ChoiceForm(Form):
    run_hour = ChoiceField(_l("The daily run begins at"), coerce=int)
    issue_at_once = CheckField(_l("Issue invoices at once"))
    members_pay = ChoiceField(_l("With a plan, bookings are paid"), coerce=PayWhen)
    contacts_pay = ChoiceField(_l("Without a plan, bookings are paid"), coerce=PayWhen)
    pay_within_minutes = WholeField(_l("Minutes to pay at once"), least=0, most=_MOST_MINUTES)

    def __init__(self, choice: BillingChoice) -> None:
        super().__init__(obj=choice)
        self.members_pay.choices = self.contacts_pay.choices = options(pay_choices())
        self.run_hour.choices = options((hour, clock_face(time(hour))) for hour in range(24))

    def to_command(self) -> BillingChoice:
        return BillingChoice(
            self.issue_at_once.data,
            self.run_hour.data,
            self.members_pay.data,
            self.contacts_pay.data,
            self.pay_within_minutes.data,
        )


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    detail: str
    amount: str = ""
    badge: Badge | None = None
    payer_id: int = 0


@blueprint.get("")
@staff(Permission.MONEY, whole_house=True)
def show() -> Response:
    """A dry run for tomorrow, the last runs, and whom they could not bill."""
    choice, seller = choice_and_seller(session())
    return _page(ChoiceForm(choice), seller)


@blueprint.post("")
@staff(Permission.ACCOUNTS, whole_house=True)
def update() -> Response:
    form = ChoiceForm(billing_choice(session()))
    if not attempt(form, lambda: choose_billing(session(), signed_in(), form.to_command(), clock())):
        return _page(form, seller_if_known(session()))
    return done(url_for("admin.billing.show"), _("It is saved."))


@blueprint.post("/runs")
@staff(Permission.MONEY, whole_house=True)
def create() -> Response:
    """Have the worker bill what is due now."""
    return press(
        url_for("admin.billing.show"),
        lambda: ask_for_run(session(), signed_in(), today(), auth.now()),
        {RunInHand: say("", lambda: _("A run is at work already."))},
        _("The run begins in a moment. This page shows how far it has come."),
    )


def _page(form: ChoiceForm, seller: InvoiceSetting | None) -> Response:
    day = today() + timedelta(days=1)
    payers = preview_billing(session(), day)
    billed = [each for each in payers if not each.gone and not each.waits]
    at = stretch(request.args.get("page", 1, type=int), len(payers))
    runs = runs_of(session(), _RUNS)
    # Whom a run could not bill is kept until a later one can
    troubles = troubles_of(session()) if any(run.failed for run in runs) else []
    return page(
        "admin/billing/show.html",
        wrong=bool(form.errors),
        form=form,
        may_choose=signed_in().may(Permission.ACCOUNTS),
        known=seller is not None,
        with_tax=seller is None or seller.prices_include_tax,
        day=wording.full_day(day),
        total=wording.tenant_money(sum(each.amount_minor for each in billed)),
        payers=len(billed),
        rows=[_preview_row(each) for each in payers[at.rows]],
        runs=[_run_row(each) for each in runs],
        troubles=[_trouble_row(trouble, name) for trouble, name in troubles],
        **around(at, lambda to: url_for("admin.billing.show", page=to)),
    )


def _preview_row(each: PayerPreview) -> _Row:
    badge = None
    if each.gone:
        badge = Badge(_("Cannot be billed"), "stop")
    elif each.waits:
        badge = Badge(_("Waits to be taken off"))
    words = " · ".join(line_words(line) for line in each.lines)
    return _Row(each.name, words, wording.tenant_money(each.amount_minor), badge, each.payer_id)


def _run_row(run: BillingRun) -> _Row:
    now = auth.now()
    if is_alive(run, now):
        badge = Badge(_("Running"), "info")
    else:
        badge = {
            RunState.ASKED: Badge(_("About to begin"), "info"),
            RunState.DONE: Badge(_("Done"), "go")
            if not run.failed
            else Badge(_("Done, with gaps"), "caution"),
        }.get(run.state, Badge(_("Broken off"), "caution"))
    tz = zone(auth.portal().zone)
    started = wording.day(local_date(run.started_at, tz), today())
    words = [f"{started}, {wording.clock_time(run.started_at, tz)}"]
    words.append(_("%(done)s of %(total)s billed", done=run.done - run.failed, total=run.total))
    if run.failed:
        words.append(ngettext("%(num)s could not be", "%(num)s could not be", run.failed))
    return _Row(wording.full_day(run.day), " · ".join(words), badge=badge)


def _trouble_row(trouble: BillingTrouble, name: str) -> _Row:
    words = _TROUBLES.get(trouble.code)
    sentence = _("Something went wrong; the next run tries again.") if words is None else str(words)
    return _Row(name, sentence, payer_id=trouble.payer_id)
