"""People: found, added, changed, put on a plan, given a role, locked out and let in again."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import Nothing, attempt, done, page, refused, today
from app.blueprints.admin.people_forms import (
    CONTRACT_WORDS,
    DETAILS_WORDS,
    ROLE_WORDS,
    ROLES,
    ContractForm,
    EndContractForm,
    PersonForm,
    RoleForm,
    last_owner,
    owners_business,
)
from app.blueprints.admin.spreadsheet import csv_answer
from app.domain.actor import Permission
from app.domain.lookup import one
from app.domain.new_password import INVITED, LINK_LIFETIMES
from app.domain.people.contracts import contracts_of, end_contract, plans_on_offer, start_contract
from app.domain.people.details import create_person, edit_person, may_touch
from app.domain.people.listing import PAGE_SIZE, PeopleFilter, every_person, home_names, list_people
from app.domain.people.standing import invite, reinstate, set_role, suspend
from app.domain.people.terms import EndContract, LastOwner, NewContract, NotOneself, StaffIsOwnersBusiness
from app.models import Person, Role
from app.web import auth
from app.web.access import staff
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import ChoiceField, Form, SearchField, WholeField, options
from app.web.origin import request_origin

blueprint = Blueprint("people", __name__)


class _Find(Form):
    class Meta:
        csrf = False

    q = SearchField()
    show = ChoiceField(choices=options((which, which) for which in PeopleFilter), default=PeopleFilter.ALL)
    page = WholeField(least=1, most=1_000_000, required=False)


def _asked() -> tuple[_Find, str, PeopleFilter]:
    """What the address asks for; nonsense asks for everybody."""
    form = _Find(request.args)
    form.validate()
    which = PeopleFilter(form.show.data) if form.show.data and not form.show.errors else PeopleFilter.ALL
    return form, form.q.data or "", which


@blueprint.get("/people")
@staff(Permission.PEOPLE)
def index() -> Response:
    form, words, which = _asked()
    found = list_people(session(), today(), words, which, form.page.data or 1)
    first = (found.page - 1) * PAGE_SIZE + 1
    return page(
        "admin/people/index.html",
        form=form,
        found=found,
        which=which,
        q=words,
        roles=ROLES,
        homes=home_names(session()),
        filters=_filters(which, words),
        person_url=_address_start(),
        previous=_list_url(words, which, found.page - 1) if found.page > 1 else None,
        following=_list_url(words, which, found.page + 1) if found.page < found.pages else None,
        first=first,
        last=first + len(found.people) - 1,
    )


def _address_start() -> str:
    """What every person's address starts with: building each would cost more than reading the row."""
    return url_for("admin.people.show", person_id=0).removesuffix("0")


def _list_url(words: str, which: PeopleFilter, number: int = 1) -> str:
    given: dict[str, Any] = {
        "q": words,
        "show": "" if which is PeopleFilter.ALL else which,
        "page": number if number > 1 else "",
    }
    return url_for("admin.people.index", **{key: value for key, value in given.items() if value})


def _filters(which: PeopleFilter, words: str) -> list[tuple[str, str, bool]]:
    labels = {
        PeopleFilter.ALL: _("All"),
        PeopleFilter.MEMBERS: _("Members"),
        PeopleFilter.CONTACTS: _("Contacts"),
        PeopleFilter.STAFF: _("Staff"),
        PeopleFilter.SUSPENDED: _("Suspended"),
    }
    return [(label, _list_url(words, each), each is which) for each, label in labels.items()]


@blueprint.get("/people.csv")
@staff(Permission.PEOPLE)
def export() -> Response:
    _form, words, which = _asked()
    homes = home_names(session())
    head = (
        _("First name"),
        _("Last name"),
        _("E-mail"),
        _("Company"),
        _("Home location"),
        _("Plans"),
        _("Role"),
        _("Suspended"),
        _("Since"),
    )
    rows = (
        (
            person.first_name,
            person.last_name,
            person.email,
            person.company,
            homes.get(person.location_id or 0, ""),
            ", ".join(person.plans),
            "" if person.role is Role.NONE else str(ROLES[person.role]),
            _("yes") if person.suspended else "",
            person.created_at.date().isoformat(),
        )
        for person in every_person(session(), today(), words, which)
    )
    return csv_answer("people.csv", head, rows)


@blueprint.get("/people/new")
@staff(Permission.PEOPLE)
def new() -> Response:
    return page("admin/people/new.html", form=PersonForm(_homes()))


@blueprint.post("/people")
@staff(Permission.PEOPLE)
def create() -> Response:
    form = PersonForm(_homes())
    made: list[Person] = []
    if not attempt(
        form,
        lambda: made.append(create_person(session(), signed_in(), form.details(), clock())),
        DETAILS_WORDS,
    ):
        return page("admin/people/new.html", wrong=True, form=form)
    return done(
        url_for("admin.people.show", person_id=made[0].id), _("%(name)s is added.", name=made[0].name)
    )


@blueprint.get("/people/<int:person_id>")
@staff(Permission.PEOPLE)
def show(person_id: int) -> Response:
    return _show(person_id)


@blueprint.post("/people/<int:person_id>")
@staff(Permission.PEOPLE)
def update(person_id: int) -> Response:
    person = one(session(), Person, person_id)
    form = PersonForm(_homes(person), person)
    if not attempt(
        form, lambda: edit_person(session(), signed_in(), person_id, form.details(), clock()), DETAILS_WORDS
    ):
        return _show(person_id, form=form)
    return done(_url(person_id), _("Saved."))


@blueprint.post("/people/<int:person_id>/role")
@staff(Permission.STAFF)
def update_role(person_id: int) -> Response:
    one(session(), Person, person_id)
    form = RoleForm()
    if not attempt(
        form, lambda: set_role(session(), signed_in(), person_id, Role(form.role.data), clock()), ROLE_WORDS
    ):
        return _show(person_id, role_form=form)
    return done(_url(person_id), _("The role is changed."))


@blueprint.post("/people/<int:person_id>/contracts")
@staff(Permission.PEOPLE)
def create_contract(person_id: int) -> Response:
    one(session(), Person, person_id)
    form = ContractForm(plans_on_offer(session()), today())

    def start() -> None:
        wish = NewContract(person_id, form.plan_id.data, form.starts_on.data, form.ends_on.data)
        start_contract(session(), signed_in(), wish, clock())

    if not attempt(form, start, CONTRACT_WORDS):
        return _show(person_id, contract_form=form)
    return done(_url(person_id), _("The contract is made."))


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
    return done(_url(person_id), _("The contract's last day is set."))


@blueprint.post("/people/<int:person_id>/suspension")
@staff(Permission.PEOPLE)
def create_suspension(person_id: int) -> Response:
    try:
        suspend(session(), signed_in(), person_id, clock())
    except NotOneself:
        return refused(_url(person_id), _("You cannot suspend yourself."))
    except StaffIsOwnersBusiness:
        return refused(_url(person_id), owners_business())
    except LastOwner:
        return refused(_url(person_id), last_owner())
    session().commit()
    return done(_url(person_id), _("Suspended, and signed out everywhere."))


@blueprint.post("/people/<int:person_id>/reinstatement")
@staff(Permission.PEOPLE)
def create_reinstatement(person_id: int) -> Response:
    try:
        reinstate(session(), signed_in(), person_id, clock())
    except StaffIsOwnersBusiness:
        return refused(_url(person_id), owners_business())
    session().commit()
    return done(_url(person_id), _("Welcome back: signing in works again."))


@blueprint.post("/people/<int:person_id>/invitation")
@staff(Permission.PEOPLE)
def create_invitation(person_id: int) -> Response:
    try:
        invite(session(), signed_in(), person_id, request_origin(), clock())
    except StaffIsOwnersBusiness:
        return refused(_url(person_id), owners_business())
    session().commit()
    return done(_url(person_id), _("A mail with a link to set a password is on its way."))


def _url(person_id: int) -> str:
    return url_for("admin.people.show", person_id=person_id)


def _homes(person: Person | None = None) -> list[tuple[int, str]]:
    """Locations to choose from; one that was retired since stays with who calls it home."""
    places = [(place.id, place.name) for place in auth.portal().places]
    if person and person.location_id and person.location_id not in dict(places):
        places.append((person.location_id, home_names(session())[person.location_id]))
    return places


def _show(
    person_id: int,
    *,
    form: PersonForm | None = None,
    role_form: RoleForm | None = None,
    contract_form: ContractForm | None = None,
    ending: tuple[int, EndContractForm] | None = None,
) -> Response:
    person = one(session(), Person, person_id)
    day = today()
    contracts = contracts_of(session(), person_id)
    refused_forms: list[Any] = [form, role_form, contract_form, ending]
    endings = {
        contract.id: EndContractForm(contract.id, day) for contract in contracts if not contract.over(day)
    }
    return page(
        "admin/people/show.html",
        wrong=any(refused_forms),
        person=person,
        contracts=contracts,
        day=day,
        form=form or PersonForm(_homes(person), person, formdata=None),
        role_form=role_form or RoleForm(formdata=None, data={"role": person.role}),
        contract_form=contract_form or ContractForm(plans_on_offer(session()), day, formdata=None),
        endings=endings | dict([ending] if ending else []),
        roles=ROLES,
        nothing=Nothing(formdata=None),
        may_change=may_touch(signed_in(), person),
        oneself=person.id == signed_in().person_id,
        may_give_roles=signed_in().may(Permission.STAFF),
        member=any(each.active(day) for each in contracts),
        invitation_days=LINK_LIFETIMES[INVITED].days,
    )
