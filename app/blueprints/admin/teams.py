"""Teams at the front desk: founded, edited, retired; their people added, changed, removed."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, done, page, refused
from app.blueprints.admin.team_forms import FindTeams, TeamForm
from app.domain.actor import Permission
from app.domain.lookup import one
from app.domain.people.listing import home_names
from app.domain.team.listing import MemberRow, list_teams, people_of
from app.domain.team.manage import create_team, edit_team, restore_team, retire_team
from app.domain.team.members import add_member, change_member, remove_member, set_payer
from app.domain.team.terms import LastAdministrator, PaysForTeam
from app.kernel.errors import NotFound
from app.models import Team
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.team import (
    PERMISSION_WORDS,
    REFUSALS,
    AddressForm,
    MemberForm,
    last_administrator,
    pays_for_team,
    permission_words,
    seats_words,
)

blueprint = Blueprint("teams", __name__)


@blueprint.get("/teams")
@staff(Permission.PEOPLE, whole_house=True)
def index() -> Response:
    form = FindTeams(request.args)
    form.validate()
    words = form.q.data or ""
    found = list_teams(session(), words, form.page.data or 1)
    return page(
        "admin/teams/index.html",
        found=found,
        q=words,
        seats=seats_words,
        team_url=url_for("admin.teams.show", team_id=0).removesuffix("0"),
        **around(found.at, lambda number: _list_url(words, number)),
    )


def _list_url(words: str, number: int) -> str:
    return url_for("admin.teams.index", q=words or None, page=number if number > 1 else None)


@blueprint.get("/teams/new")
@staff(Permission.PEOPLE, whole_house=True)
def new() -> Response:
    return page("admin/teams/new.html", form=TeamForm(_homes()))


@blueprint.post("/teams")
@staff(Permission.PEOPLE, whole_house=True)
def create() -> Response:
    form = TeamForm(_homes())
    made: list[Team] = []
    if not attempt(
        form,
        lambda: made.append(create_team(session(), signed_in(), form.details(), clock())),
        REFUSALS,
    ):
        return page("admin/teams/new.html", wrong=True, form=form)
    return done(_url(made[0].id), _("%(name)s is added. Add its people next.", name=made[0].name))


@blueprint.get("/teams/<int:team_id>")
@staff(Permission.PEOPLE, whole_house=True)
def show(team_id: int) -> Response:
    return _show(team_id)


@blueprint.post("/teams/<int:team_id>")
@staff(Permission.PEOPLE, whole_house=True)
def update(team_id: int) -> Response:
    form = TeamForm(_homes(one(session(), Team, team_id)))
    if not attempt(
        form, lambda: edit_team(session(), signed_in(), team_id, form.details(), clock()), REFUSALS
    ):
        return _show(team_id, form=form)
    return done(_url(team_id), _("Saved."))


@blueprint.post("/teams/<int:team_id>/retirement")
@staff(Permission.PEOPLE, whole_house=True)
def create_retirement(team_id: int) -> Response:
    retire_team(session(), signed_in(), team_id, clock())
    session().commit()
    return done(url_for("admin.teams.index"), _("The team is retired."))


@blueprint.post("/teams/<int:team_id>/restoration")
@staff(Permission.PEOPLE, whole_house=True)
def create_restoration(team_id: int) -> Response:
    restore_team(session(), signed_in(), team_id, clock())
    session().commit()
    return done(_url(team_id), _("The team is back."))


@blueprint.get("/teams/<int:team_id>/people.csv")
@staff(Permission.PEOPLE, whole_house=True)
def export(team_id: int) -> Response:
    one(session(), Team, team_id)
    head = (
        _("Name"),
        _("E-mail"),
        _("Administrator"),
        _("Pays"),
        *(str(words) for words in PERMISSION_WORDS.values()),
        _("Suspended"),
        _("Since"),
    )

    def tick(*facts: bool) -> list[str]:
        return [_("yes") if fact else "" for fact in facts]

    rows = (
        (
            each.name,
            each.email,
            *tick(each.administrator, each.pays),
            *tick(*(getattr(each.permissions, name) for name in PERMISSION_WORDS)),
            *tick(each.suspended),
            each.joined_at.date().isoformat(),
        )
        for each in people_of(session(), team_id)
    )
    return csv_answer("team.csv", head, rows)


@blueprint.post("/teams/<int:team_id>/people")
@staff(Permission.PEOPLE, whole_house=True)
def create_member(team_id: int) -> Response:
    one(session(), Team, team_id)
    form = AddressForm()

    def add() -> None:
        add_member(session(), signed_in(), team_id, form.email.data or "", form.permissions(), clock())

    if not attempt(form, add, REFUSALS):
        return _show(team_id, adding=form)
    return done(_url(team_id), _("They are in the team."))


@blueprint.get("/teams/<int:team_id>/people/<int:person_id>")
@staff(Permission.PEOPLE, whole_house=True)
def edit_member(team_id: int, person_id: int) -> Response:
    team, member = _found(team_id, person_id)
    return _member_page(team, member, MemberForm(member, formdata=None))


@blueprint.post("/teams/<int:team_id>/people/<int:person_id>")
@staff(Permission.PEOPLE, whole_house=True)
def update_member(team_id: int, person_id: int) -> Response:
    team, member = _found(team_id, person_id)
    form = MemberForm(member)

    def change() -> None:
        change_member(
            session(),
            signed_in(),
            team_id,
            person_id,
            form.permissions(),
            clock(),
            administrator=bool(form.administrator.data),
        )

    if not attempt(form, change, REFUSALS):
        return _member_page(team, member, form, wrong=True)
    return done(_url(team_id), _("Saved."))


@blueprint.post("/teams/<int:team_id>/people/<int:person_id>/payment")
@staff(Permission.PEOPLE, whole_house=True)
def update_payer(team_id: int, person_id: int) -> Response:
    _team, member = _found(team_id, person_id)
    set_payer(session(), signed_in(), team_id, person_id, clock())
    session().commit()
    return done(_url(team_id), _("%(name)s pays for the team from now on.", name=member.name))


@blueprint.post("/teams/<int:team_id>/people/<int:person_id>/removal")
@staff(Permission.PEOPLE, whole_house=True)
def destroy_member(team_id: int, person_id: int) -> Response:
    _team, member = _found(team_id, person_id)
    try:
        remove_member(session(), signed_in(), team_id, person_id, clock())
    except LastAdministrator:
        return refused(_url(team_id), last_administrator())
    except PaysForTeam:
        return refused(_url(team_id), pays_for_team())
    session().commit()
    return done(_url(team_id), _("%(name)s is no longer in the team.", name=member.name))


def _url(team_id: int) -> str:
    return url_for("admin.teams.show", team_id=team_id)


def _homes(team: Team | None = None) -> list[tuple[int, str]]:
    """Locations to choose from; one that was retired since stays with the team that calls it home."""
    places = [(place.id, place.name) for place in auth.portal().places]
    if team and team.location_id and team.location_id not in dict(places):
        places.append((team.location_id, home_names(session())[team.location_id]))
    return places


def _found(team_id: int, person_id: int) -> tuple[Team, MemberRow]:
    team = one(session(), Team, team_id)
    for member in people_of(session(), team_id):
        if member.person_id == person_id:
            return team, member
    raise NotFound


def _show(team_id: int, *, form: TeamForm | None = None, adding: AddressForm | None = None) -> Response:
    team = one(session(), Team, team_id)
    people = people_of(session(), team_id)
    return page(
        "admin/teams/show.html",
        wrong=form is not None or adding is not None,
        team=team,
        people=people,
        seats=seats_words(len(people), team.seat_limit),
        orphaned=bool(people) and not any(each.administrator and not each.suspended for each in people),
        form=form or TeamForm(_homes(team), team, formdata=None),
        adding=adding or AddressForm(formdata=None),
        permission_words=permission_words,
    )


def _member_page(team: Team, member: MemberRow, form: MemberForm, *, wrong: bool = False) -> Response:
    return page("admin/teams/member.html", wrong=wrong, team=team, member=member, form=form)
