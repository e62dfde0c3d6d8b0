"""People of a team, as its administrator looks after them."""

from flask import make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.team.room import blueprint, press, team_url
from app.domain.team.listing import MemberRow, OwnTeam, own_team, people_of
from app.domain.team.members import change_member, hand_over, remove_member, set_payer
from app.kernel.errors import NotFound
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to
from app.web.team import REFUSALS, MemberForm


@blueprint.get("/team/<int:team_id>/people/<int:person_id>")
@in_section("account")
def edit_member(team_id: int, person_id: int) -> Response:
    team, member = _found(team_id, person_id)
    return _page(team, member, MemberForm(member, formdata=None))


@blueprint.post("/team/<int:team_id>/people/<int:person_id>")
@in_section("account")
def update_member(team_id: int, person_id: int) -> Response:
    team, member = _found(team_id, person_id)
    form = MemberForm(member)

    def change() -> None:
        change_member(
            session(),
            auth.signed_in(),
            team_id,
            person_id,
            form.permissions(),
            auth.clock(),
            administrator=bool(form.administrator.data),
        )

    return go_to(team_url(team_id)) if attempt(form, change, REFUSALS) else _page(team, member, form, 422)


@blueprint.post("/team/<int:team_id>/people/<int:person_id>/removal")
@in_section("account")
def destroy_member(team_id: int, person_id: int) -> Response:
    _team, member = _found(team_id, person_id)
    return press(
        team_url(team_id),
        lambda: remove_member(session(), auth.signed_in(), team_id, person_id, auth.clock()),
        _("%(name)s is no longer in the team.", name=member.name),
    )


@blueprint.post("/team/<int:team_id>/people/<int:person_id>/payment")
@in_section("account")
def update_payer(team_id: int, person_id: int) -> Response:
    _team, member = _found(team_id, person_id)
    return press(
        team_url(team_id),
        lambda: set_payer(session(), auth.signed_in(), team_id, person_id, auth.clock()),
        _("%(name)s pays for the team from now on.", name=member.name),
    )


@blueprint.post("/team/<int:team_id>/people/<int:person_id>/administration")
@in_section("account")
def update_administrator(team_id: int, person_id: int) -> Response:
    _team, member = _found(team_id, person_id)
    return press(
        team_url(team_id),
        lambda: hand_over(session(), auth.signed_in(), team_id, person_id, auth.clock()),
        _("%(name)s administrates the team from now on.", name=member.name),
    )


def _found(team_id: int, person_id: int) -> tuple[OwnTeam, MemberRow]:
    """The team, and the person in it. NotFound for all but its administrators."""
    team = own_team(session(), auth.signed_in(), team_id, administrator=True)
    for member in people_of(session(), team_id):
        if member.person_id == person_id:
            return team, member
    raise NotFound


def _page(team: OwnTeam, member: MemberRow, form: MemberForm, status: int = 200) -> Response:
    page = render_template(
        "team/member.html",
        team=team,
        member=member,
        form=form,
        oneself=member.person_id == auth.signed_in().person_id,
        here=url_for("team.edit_member", team_id=team.id, person_id=member.person_id),
    )
    return make_response(page, status)
