"""Asking the front desk about a plan that nobody joins by themselves."""

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.plans.room import blueprint
from app.blueprints.plans.words import card
from app.domain.plans.enquiring import LONGEST_ENQUIRY, Enquiry, enquire
from app.domain.plans.previewing import seen_offer
from app.domain.profile.terms import BadProfile, Fault
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section
from app.web.attempts import Words, attempt, say
from app.web.auth import today
from app.web.database import session
from app.web.forms import Form, TextField
from app.web.htmx import go_to
from app.web.limits import by_account, too_many, wait_sentence
from app.web.prices import tax_note
from app.web.profiles import fault_sentence


class EnquiryForm(Form):
    text = TextField(_l("What would you like to know?"), longest=LONGEST_ENQUIRY, multiline=True)
    phone = TextField(_l("Phone"), longest=40, required=False)


@blueprint.get("/plans/<int:plan_id>/enquiry")
@in_section("plans")
def new_enquiry(plan_id: int) -> Response:
    return _page(plan_id, EnquiryForm(formdata=None))


@blueprint.post("/plans/<int:plan_id>/enquiry")
@in_section("plans")
def create_enquiry(plan_id: int) -> Response:
    """Have staff read it; pressed twice it is sent once, and both times said to have arrived."""
    form, actor = EnquiryForm(), auth.signed_in()
    if not form.validate():
        return _page(plan_id, form, 422)
    if wait := by_account("enquiry by account", actor.email).spend():
        form.say("", wait_sentence(wait))
        return too_many(_page(plan_id, form), wait)
    wish = Enquiry(plan_id, form.text.data, form.phone.data)
    if not attempt(form, lambda: enquire(session(), actor, wish, today(), auth.now()), _AT_FIELDS):
        return _page(plan_id, form, 422)
    flash(_("We have your message. The front desk will answer you."))
    return go_to(url_for("plans.index"))


def _page(plan_id: int, form: EnquiryForm, status: int = 200) -> Response:
    found = seen_offer(session(), auth.signed_in(), plan_id, today())
    if not found.only_by_enquiry:
        raise NotFound
    page = render_template("plans/enquiry.html", plan=card(found), form=form, tax=tax_note())
    return make_response(page, status)


_AT_FIELDS: Words = {BadProfile: say("phone", lambda: fault_sentence(Fault.NO_PHONE))}
