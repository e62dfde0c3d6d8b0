"""The teams one is in, each by itself, and leaving one."""

from dataclasses import dataclass

from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.team.room import blueprint, press, team_url
from app.domain.profile.visible import visible_people
from app.domain.team.invite import OpenInvitation, open_invitations
from app.domain.team.listing import own_team, own_teams, people_of
from app.domain.team.members import leave
from app.domain.team.showing import show_team
from app.kernel.walltime import local_date, zone
from app.web import auth, wording
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to
from app.web.team import AddressForm, ShowingForm, permission_words, seats_words


@blueprint.get("/team")
@in_section("account")
def index() -> str:
    return render_template("team/index.html", teams=own_teams(session(), auth.signed_in()), seats=seats_words)


@blueprint.get("/team/<int:team_id>")
@in_section("account")
def show(team_id: int) -> Response:
    return show_page(team_id, AddressForm(formdata=None))


@blueprint.post("/team/<int:team_id>/departure")
@in_section("account")
def create_departure(team_id: int) -> Response:
    team = own_team(session(), auth.signed_in(), team_id)
    return press(
        url_for("team.index"),
        lambda: leave(session(), auth.signed_in(), team_id, auth.clock()),
        _("You have left %(team)s.", team=team.name),
    )


def _faces(person_ids: list[int]) -> dict[int, str | None]:
    return {
        each.person_id: each.face_digest for each in visible_people(session(), auth.signed_in(), person_ids)
    }


def show_page(
    team_id: int, form: AddressForm, status: int = 200, showing: ShowingForm | None = None
) -> Response:
    """A team's page; `form` is its administrator's invitation, `showing` what they decide about the directory."""
    team = own_team(session(), auth.signed_in(), team_id)
    people = people_of(session(), team_id)
    page = render_template(
        "team/show.html",
        team=team,
        seats=seats_words(team.people, team.seat_limit),
        people=people,
        faces=_faces([each.person_id for each in people]),
        invitations=_invited(team_id) if team.administrator else [],
        form=form,
        showing=showing or ShowingForm(formdata=None, data={"listed": team.listed, "about": team.about}),
        own_id=auth.signed_in().person_id,
        permission_words=permission_words,
    )
    return make_response(page, status)


@blueprint.post("/team/<int:team_id>/showing")
@in_section("account")
def update_showing(team_id: int) -> Response:
    """Whether others find the team, for its administrators."""
    own_team(session(), auth.signed_in(), team_id, administrator=True)
    form = ShowingForm()

    def show() -> None:
        show_team(session(), auth.signed_in(), team_id, form.showing(), auth.clock())

    if not attempt(form, show):
        return show_page(team_id, AddressForm(formdata=None), 422, showing=form)
    flash(_("Saved."))
    return go_to(team_url(team_id))


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """An open invitation in words; `state` is empty while all is well."""

    id: int
    email: str
    state: str
    detail: str


def _invited(team_id: int) -> list[InvitedRow]:
    found = open_invitations(session(), team_id, auth.now())
    return [InvitedRow(each.id, each.email, *_standing(each)) for each in found]


def _standing(each: OpenInvitation) -> tuple[str, str]:
    if each.undeliverable:
        return _("Came back"), _("The mail could not be delivered. Is the address right?")
    if each.expired:
        return _("Expired"), _("The link is too old. Send it again for a new one.")
    last_day = wording.day_and_month(local_date(each.expires_at, zone(auth.portal().zone)))
    return "", _("The link works until %(day)s.", day=last_day)
