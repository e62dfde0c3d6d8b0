"""Invitations: sent one by one, listed with what became of them, sent again, revoked."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, done, page, refused
from app.domain.actor import Permission
from app.domain.joining.invitations import invite, resend, revoke
from app.domain.joining.listing import InvitationFilter, State, list_invitations
from app.domain.joining.settings import load_joining
from app.domain.joining.words import INVITATION_LIFETIME, AlreadyInvited, AlreadyKnown, Invite, JoiningClosed
from app.domain.people.names import check_names
from app.domain.people.terms import LONGEST_NAME, BadName
from app.domain.plans.at_the_desk import plans_on_offer
from app.kernel.errors import LinkGone
from app.models import Invitation, JoiningMode
from app.web import auth
from app.web.access import staff
from app.web.attempts import Words, attempt, say
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.forms import ChoiceField, EmailField, Form, TextField, WholeField, id_or_none, options
from app.web.names import explain_name
from app.web.origin import request_origin

blueprint = Blueprint("invitations", __name__)

LONGEST_MESSAGE = 1000

STATES = {
    State.WAITING: _l("On its way"),
    State.SENT: _l("Sent"),
    State.OPENED: _l("Opened"),
    State.ACCEPTED: _l("Accepted"),
    State.REVOKED: _l("Revoked"),
    State.EXPIRED: _l("Expired"),
}


class InviteForm(Form):
    email = EmailField(_l("E-mail"))
    first_name = TextField(_l("First name"), longest=LONGEST_NAME, required=False)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME, required=False)
    location_id = ChoiceField(_l("Home location"), coerce=id_or_none)
    plan_id = ChoiceField(_l("Plan"), coerce=id_or_none)
    message = TextField(_l("A few words"), longest=LONGEST_MESSAGE, required=False, multiline=True)

    def __init__(self, plans: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        places = ((place.id, place.name) for place in auth.portal().places)
        self.location_id.choices = options(places, empty=_("None"))
        self.plan_id.choices = options(plans, empty=_("None"))

    def to_command(self) -> Invite:
        """Raises BadName for half a name, or one that is none: both or neither."""
        first, last = self.first_name.data or "", self.last_name.data or ""
        if first or last:
            check_names(first, last)
        return Invite(
            self.email.data or "",
            first,
            last,
            self.location_id.data,
            self.plan_id.data,
            self.message.data or "",
        )


class _Show(Form):
    class Meta:
        csrf = False

    show = ChoiceField(
        choices=options((which, which) for which in InvitationFilter), default=InvitationFilter.OPEN
    )
    page = WholeField(least=1, most=1_000_000, required=False)


WORDS: Words = {
    BadName: explain_name,
    AlreadyKnown: say("email", lambda: _("Somebody here has this e-mail already.")),
    AlreadyInvited: say(
        "email", lambda: _("An invitation to this e-mail is open. Send it again from the list.")
    ),
    JoiningClosed: say("", lambda: _("Joining is off. Switch it on in the settings first.")),
}


@blueprint.get("/people/invitations")
@staff(Permission.PEOPLE, whole_house=True)
def index() -> Response:
    form = _Show(request.args)
    form.validate()
    which = (
        InvitationFilter(form.show.data) if form.show.data and not form.show.errors else InvitationFilter.OPEN
    )
    found = list_invitations(session(), which, form.page.data or 1, auth.now())
    labels = {
        InvitationFilter.OPEN: _("Still open"),
        InvitationFilter.ACCEPTED: _("Accepted"),
        InvitationFilter.OVER: _("Revoked or expired"),
    }
    return page(
        "admin/invitations/index.html",
        found=found,
        which=which,
        states=STATES,
        joining_off=_off(),
        filters=[(label, _list_url(each), each is which) for each, label in labels.items()],
        today=today(),
        **around(found.at, lambda number: _list_url(which, number)),
    )


@blueprint.get("/people/invitations/new")
@staff(Permission.PEOPLE, whole_house=True)
def new() -> Response:
    return _new_page(InviteForm(plans_on_offer(session())))


@blueprint.post("/people/invitations")
@staff(Permission.PEOPLE, whole_house=True)
def create() -> Response:
    form = InviteForm(plans_on_offer(session()))
    made: list[Invitation] = []
    if not attempt(
        form,
        lambda: made.append(invite(session(), signed_in(), form.to_command(), request_origin(), clock())),
        WORDS,
    ):
        return _new_page(form, wrong=True)
    return done(_list_url(), _("%(email)s is invited.", email=made[0].email))


@blueprint.post("/people/invitations/<int:invitation_id>/mail")
@staff(Permission.PEOPLE, whole_house=True)
def create_mail(invitation_id: int) -> Response:
    """Send it again."""
    return _act(
        lambda: resend(session(), signed_in(), invitation_id, request_origin(), clock()),
        lambda each: _("A new mail to %(email)s is on its way.", email=each.email),
    )


@blueprint.post("/people/invitations/<int:invitation_id>/removal")
@staff(Permission.PEOPLE, whole_house=True)
def destroy(invitation_id: int) -> Response:
    return _act(
        lambda: revoke(session(), signed_in(), invitation_id, clock()),
        lambda each: _("The invitation of %(email)s is revoked.", email=each.email),
    )


def _act(verb: Callable[[], Invitation], sentence: Callable[[Invitation], str]) -> Response:
    try:
        invitation = verb()
    except LinkGone:
        return refused(_list_url(), _("That invitation was accepted or revoked meanwhile."))
    session().commit()
    return done(_list_url(), sentence(invitation))


def _new_page(form: InviteForm, *, wrong: bool = False) -> Response:
    return page(
        "admin/invitations/new.html",
        wrong=wrong,
        form=form,
        days=INVITATION_LIFETIME.days,
        joining_off=_off(),
    )


def _off() -> bool:
    return load_joining(session(), auth.visit().revision).mode is JoiningMode.OFF


def _list_url(which: InvitationFilter = InvitationFilter.OPEN, number: int = 1) -> str:
    return url_for(
        "admin.invitations.index",
        show=None if which is InvitationFilter.OPEN else which,
        page=number if number > 1 else None,
    )
