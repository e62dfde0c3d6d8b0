"""One person's page: who they are, their plan, bill and role, each changed by a form of its own."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.days import places_in_reach
from app.blueprints.admin.people import blueprint, homes, person_url
from app.blueprints.admin.people_forms import (
    BILLING_WORDS,
    CONTRACT_WORDS,
    DETAILS_WORDS,
    BillingForm,
    ContractForm,
    EndContractForm,
    PersonForm,
)
from app.blueprints.admin.role_forms import GIVE_WORDS, GiveRoleForm, role_name
from app.domain.actor import Permission
from app.domain.joining.words import INVITATION_LIFETIME
from app.domain.people.billing import edit_billing, person_and_sheet
from app.domain.people.details import edit_person, may_change
from app.domain.people.listing import home_names
from app.domain.people.staff import Standing, standing_of
from app.domain.people.standing import set_role
from app.domain.plans.at_the_desk import contracts_of, end_contract, plans_on_offer, start_contract
from app.domain.plans.terms import EndContract, NewContract
from app.domain.privacy.merge import merged_into
from app.domain.reach import person_in_reach
from app.domain.record_views import note_look
from app.domain.staff_roles import RoleLine, roles_of
from app.domain.team.listing import team_names_of
from app.models import Person
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import Nothing, attempt
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.profiles import country_name


@blueprint.get("/people/<int:person_id>")
@staff(Permission.PEOPLE)
def show(person_id: int) -> Response:
    answer = _show(person_id)
    # Told to whom it is about, in their account.
    if note_look(session(), signed_in(), person_id, auth.now()):
        session().commit()
    return answer


@blueprint.post("/people/<int:person_id>")
@staff(Permission.PEOPLE)
def update(person_id: int) -> Response:
    person = person_in_reach(session(), signed_in(), person_id)
    form = PersonForm(homes(person), person)
    if not attempt(
        form, lambda: edit_person(session(), signed_in(), person_id, form.details(), clock()), DETAILS_WORDS
    ):
        return _show(person_id, form=form)
    return done(person_url(person_id), _("Saved."))


@blueprint.post("/people/<int:person_id>/billing")
@staff(Permission.PEOPLE)
def update_billing(person_id: int) -> Response:
    person_in_reach(session(), signed_in(), person_id)
    form = BillingForm()
    if not attempt(
        form, lambda: edit_billing(session(), signed_in(), person_id, form.details(), clock()), BILLING_WORDS
    ):
        return _show(person_id, billing_form=form)
    return done(person_url(person_id), _("Saved."))


@blueprint.post("/people/<int:person_id>/role")
@staff(Permission.STAFF)
def update_role(person_id: int) -> Response:
    person = person_in_reach(session(), signed_in(), person_id)
    form = _role_form(standing_of(session(), person), roles_of(session()))
    if not attempt(
        form, lambda: set_role(session(), signed_in(), person_id, form.wish(), clock()), GIVE_WORDS
    ):
        return _show(person_id, role_form=form)
    # Who has just given up their own role is no longer there to see this person's page.
    own = person_id == signed_in().person_id
    return done(url_for("home.index") if own else person_url(person_id), _("The role is changed."))


@blueprint.post("/people/<int:person_id>/contracts")
@staff(Permission.PEOPLE)
def create_contract(person_id: int) -> Response:
    person_in_reach(session(), signed_in(), person_id)
    form = ContractForm(plans_on_offer(session()), today())

    def start() -> None:
        wish = NewContract(person_id, form.plan_id.data, form.starts_on.data, form.ends_on.data)
        start_contract(session(), signed_in(), wish, clock())

    if not attempt(form, start, CONTRACT_WORDS):
        return _show(person_id, contract_form=form)
    return done(person_url(person_id), _("The contract is made."))


@blueprint.post("/people/<int:person_id>/contracts/<int:contract_id>")
@staff(Permission.PEOPLE)
def update_contract(person_id: int, contract_id: int) -> Response:
    form = EndContractForm(contract_id, today())

    def end() -> None:
        end_contract(
            session(), signed_in(), EndContract(person_id, contract_id, form.ends_on.data, today()), clock()
        )

    if not attempt(form, end, CONTRACT_WORDS):
        return _show(person_id, ending=(contract_id, form))
    return done(person_url(person_id), _("The contract's last day is set."))


def _role_form(standing: Standing, roles: list[RoleLine], **kwargs: Any) -> GiveRoleForm:
    places = [(place.id, place.name) for place in places_in_reach()]
    if (standing.limited_to or frozenset()) - dict(places).keys():  # retired since
        places += [
            (id_, name) for id_, name in home_names(session()).items() if id_ in (standing.limited_to or ())
        ]
    return GiveRoleForm(signed_in(), roles, dict(places).items(), standing, **kwargs)


def _show(
    person_id: int,
    *,
    form: PersonForm | None = None,
    role_form: GiveRoleForm | None = None,
    contract_form: ContractForm | None = None,
    ending: tuple[int, EndContractForm] | None = None,
    billing_form: BillingForm | None = None,
) -> Response:
    refused_forms: list[Any] = [form, role_form, contract_form, ending, billing_form]
    person, sheet = person_and_sheet(session(), signed_in(), person_id)
    if person.anonymised_at is not None:
        return _show_nobody(person)
    day, standing = today(), standing_of(session(), person)
    changeable = may_change(signed_in(), person, standing)
    roles = roles_of(session()) if standing.staff_role_id or signed_in().may(Permission.STAFF) else []
    if role_form is None and changeable and signed_in().may(Permission.STAFF):
        role_form = _role_form(standing, roles, formdata=None)
    contracts = contracts_of(session(), person_id)
    endings = {
        contract.id: EndContractForm(contract.id, day) for contract in contracts if not contract.over(day)
    }
    return page(
        "admin/people/show.html",
        wrong=any(refused_forms),
        person=person,
        contracts=contracts,
        prices={
            each.id: wording.tenant_money(each.price_minor)
            for each in contracts
            if each.price_minor is not None
        },
        teams=team_names_of(session(), person_id),
        day=day,
        form=form or PersonForm(homes(person), person, formdata=None),
        role_form=role_form,
        contract_form=contract_form or ContractForm(plans_on_offer(session()), day, formdata=None),
        sheet=sheet,
        address=tuple(
            filter(
                None, (sheet.street, f"{sheet.postal_code} {sheet.city}".strip(), country_name(sheet.country))
            )
        ),
        billing_form=billing_form or BillingForm(sheet.billing, formdata=None),
        endings=endings | dict([ending] if ending else []),
        nothing=Nothing(formdata=None),
        may_change=changeable,
        oneself=person.id == signed_in().person_id,
        may_anonymise=signed_in().may(Permission.PRIVACY) and signed_in().reaches(None),
        role_name=role_name(standing, roles),
        member=any(each.active(day) for each in contracts),
        invitation_days=INVITATION_LIFETIME.days,
    )


def _show_nobody(person: Person) -> Response:
    """Bookings still lead here: to a number, or to who it turned out to be."""
    return page("admin/people/nobody.html", person=person, kept=merged_into(session(), person.id))
