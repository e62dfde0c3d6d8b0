"""What somebody pays instead of a plan's price, and how many of it they have: money before and after, with a reason."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.people import blueprint, person_url
from app.domain.actor import Permission
from app.domain.plans.calculating import ForecastInvoice
from app.domain.plans.repricing import Reprice, Repricing, preview_reprice, reprice
from app.domain.plans.terms import (
    ContractOver,
    Ending,
    PausedAlready,
    ReasonMissing,
    SamePlan,
    StillPending,
)
from app.domain.reach import person_in_reach
from app.kernel.errors import Refusal
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import Words, attempt, say
from app.web.auth import signed_in, today
from app.web.database import session
from app.web.forms import Form, MoneyField, TextField, WholeField

_LONGEST_REASON = 300


class PriceForm(Form):
    price_minor = MoneyField(_l("Price of one"), required=False)
    quantity = WholeField(_l("How many"), least=1, most=1000)
    reason = TextField(_l("Reason"), longest=_LONGEST_REASON, required=False)

    def wish(self, person_id: int, contract_id: int) -> Reprice:
        return Reprice(
            person_id, contract_id, self.price_minor.data, self.quantity.data, self.reason.data or ""
        )


@blueprint.get("/people/<int:person_id>/contracts/<int:contract_id>/price")
@staff(Permission.PEOPLE)
def edit_contract_price(person_id: int, contract_id: int) -> Response:
    return _page(person_id, contract_id)


@blueprint.post("/people/<int:person_id>/contracts/<int:contract_id>/price")
@staff(Permission.PEOPLE)
def update_contract_price(person_id: int, contract_id: int) -> Response:
    """Save it, or with `look` only show what the next invoices would be."""
    form = PriceForm()
    if "look" in request.form:
        return _page(person_id, contract_id, form, wrong=not form.validate())
    try:
        changed = attempt(
            form,
            lambda: reprice(session(), signed_in(), form.wish(person_id, contract_id), today(), auth.now()),
            _AT_FIELDS,
        )
    except _AT_REST as refusal:
        return _cannot(person_id, refusal)
    if not changed:
        return _page(person_id, contract_id, form, wrong=True)
    return done(person_url(person_id), _("The price is changed."))


def _page(
    person_id: int, contract_id: int, form: PriceForm | None = None, *, wrong: bool = False
) -> Response:
    person = person_in_reach(session(), signed_in(), person_id)
    try:
        found = _preview(person_id, contract_id, None if wrong else form)
    except _AT_REST as refusal:
        return _cannot(person_id, refusal)
    contract, version = found.found.contract, found.found.version
    shown = form or PriceForm(
        formdata=None, data={"price_minor": contract.price_minor, "quantity": contract.quantity}
    )
    return page(
        "admin/people/price.html",
        wrong=wrong,
        person=person,
        here=url_for("admin.people.edit_contract_price", person_id=person_id, contract_id=contract_id),
        plan=found.plan_name,
        usual=wording.tenant_money(version.price_minor),
        begins_on=wording.full_day(found.begins_on),
        form=shown,
        before=_rows(found.before),
        after=_rows(found.after) if form and not wrong else [],
    )


def _preview(person_id: int, contract_id: int, form: PriceForm | None) -> Repricing:
    """With what the form asks for; without one, as it is."""
    wish = Reprice(person_id, contract_id, None, 1) if form is None else form.wish(person_id, contract_id)
    return preview_reprice(session(), signed_in(), wish, today())


def _rows(invoices: tuple[ForecastInvoice, ...]) -> list[tuple[str, str]]:
    return [(wording.full_day(each.bill_on), wording.tenant_money(each.amount_minor)) for each in invoices]


def _cannot(person_id: int, refusal: Refusal) -> Response:
    session().rollback()
    sentences = {
        StillPending: _("Decide first whether they are on the plan."),
        PausedAlready: _("It is paused. End the pause first."),
    }
    return done(person_url(person_id), sentences.get(type(refusal), _("It ends already.")))


_AT_REST = (ContractOver, StillPending, Ending, PausedAlready)
_AT_FIELDS: Words = {
    ReasonMissing: say("reason", lambda: _("Say why: the reason is kept, and they can read it.")),
    SamePlan: say("price_minor", lambda: _("This is what they pay already.")),
}
