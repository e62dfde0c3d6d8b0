"""People: found, taken along as a spreadsheet, added."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, done, page
from app.blueprints.admin.days import places_in_reach
from app.blueprints.admin.people_forms import DETAILS_WORDS, PersonForm
from app.domain.actor import Permission
from app.domain.people.details import create_person
from app.domain.people.listing import PeopleFilter, every_person, home_names, list_people
from app.models import Person, Role
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in, today
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import ChoiceField, Form, SearchField, WholeField, options
from app.web.staff_words import ROLES

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
    found = list_people(session(), signed_in(), today(), words, which, form.page.data or 1)
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
        **around(found.at, lambda number: _list_url(words, which, number)),
    )


def _address_start() -> str:
    """What every person's address starts with: building each would cost more than reading the row."""
    return url_for("admin.people.show", person_id=0).removesuffix("0")


def _list_url(words: str, which: PeopleFilter, number: int = 1) -> str:
    return url_for(
        "admin.people.index",
        q=words or None,
        show=None if which is PeopleFilter.ALL else which,
        page=number if number > 1 else None,
    )


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
        for person in every_person(session(), signed_in(), today(), words, which)
    )
    return csv_answer("people.csv", head, rows)


@blueprint.get("/people/new")
@staff(Permission.PEOPLE)
def new() -> Response:
    return page("admin/people/new.html", form=PersonForm(homes()))


@blueprint.post("/people")
@staff(Permission.PEOPLE)
def create() -> Response:
    form = PersonForm(homes())
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


def person_url(person_id: int) -> str:
    return url_for("admin.people.show", person_id=person_id)


def homes(person: Person | None = None) -> list[tuple[int, str]]:
    """Locations to choose from; one that was retired since stays with who calls it home."""
    places = [(place.id, place.name) for place in places_in_reach()]
    if person and person.location_id and person.location_id not in dict(places):
        places.append((person.location_id, home_names(session())[person.location_id]))
    return places
