"""Inviting people into a team, by its administrator."""

from flask import flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.team.room import blueprint, press, team_url
from app.blueprints.team.routes import show_page
from app.domain.team.invite import InviteToTeam, invite, resend, revoke
from app.domain.team.listing import own_team
from app.web import auth
from app.web.access import in_section
from app.web.attempts import attempt
from app.web.database import session
from app.web.htmx import go_to
from app.web.limits import by_account, too_many, wait_sentence
from app.web.origin import request_origin
from app.web.team import REFUSALS, AddressForm


@blueprint.post("/team/<int:team_id>/invitations")
@in_section("account")
def create_invitation(team_id: int) -> Response:
    own_team(session(), auth.signed_in(), team_id, administrator=True)
    form = AddressForm()

    def send() -> None:
        wish = InviteToTeam(team_id, form.email.data or "", form.permissions(), request_origin())
        invite(session(), auth.signed_in(), wish, auth.clock())

    if not form.validate():
        return show_page(team_id, form, 422)
    if wait := by_account("team invitation by account", auth.signed_in().email).spend():
        form.say("", wait_sentence(wait))
        return too_many(show_page(team_id, form), wait)
    if not attempt(form, send, REFUSALS):
        return show_page(team_id, form, 422)
    flash(_("An invitation to %(email)s is on its way.", email=form.email.data))
    return go_to(team_url(team_id))


@blueprint.post("/team/<int:team_id>/invitations/<int:invitation_id>/mail")
@in_section("account")
def create_mail(team_id: int, invitation_id: int) -> Response:
    own_team(session(), auth.signed_in(), team_id, administrator=True)
    if wait := by_account("team invitation by account", auth.signed_in().email).spend():
        flash(wait_sentence(wait))
        return go_to(team_url(team_id))
    return press(
        team_url(team_id),
        lambda: resend(session(), auth.signed_in(), team_id, invitation_id, request_origin(), auth.clock()),
        _("It is on its way again, with a new link."),
    )


@blueprint.post("/team/<int:team_id>/invitations/<int:invitation_id>/removal")
@in_section("account")
def destroy_invitation(team_id: int, invitation_id: int) -> Response:
    own_team(session(), auth.signed_in(), team_id, administrator=True)
    return press(
        team_url(team_id),
        lambda: revoke(session(), auth.signed_in(), team_id, invitation_id, auth.clock()),
        _("The invitation is taken back; its link no longer works."),
    )
