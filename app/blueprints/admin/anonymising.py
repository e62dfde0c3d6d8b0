"""Making somebody anonymous at once: what stays is said first, and the reason is asked for."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.people_forms import last_owner, owners_business
from app.domain.actor import Permission
from app.domain.lookup import one
from app.domain.people.terms import LastOwner, NotOneself, StaffIsOwnersBusiness
from app.domain.privacy.anonymise import Goner, anonymise
from app.domain.privacy.bookings import count_upcoming
from app.domain.privacy.terms import Reason
from app.kernel.errors import NotFound
from app.models import Person
from app.web import auth
from app.web.access import staff
from app.web.attempts import Words, attempt, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import ChoiceField, Form, options
from app.web.ports import files

blueprint = Blueprint("anonymising", __name__)

REASONS = {
    Reason.ASKED: _l("They asked for it"),
    Reason.UNUSED: _l("They are no longer with us"),
    Reason.MISTAKE: _l("Entered by mistake"),
}


class AnonymiseForm(Form):
    reason = ChoiceField(_l("Reason"), choices=options(REASONS.items()))


@blueprint.get("/people/<int:person_id>/anonymising")
@staff(Permission.PRIVACY, whole_house=True)
def new(person_id: int) -> Response:
    return _page(person_id, AnonymiseForm(formdata=None))


@blueprint.post("/people/<int:person_id>/anonymising")
@staff(Permission.PRIVACY, whole_house=True)
def create(person_id: int) -> Response:
    one(session(), Person, person_id)
    form, gone = AnonymiseForm(), list[Goner]()
    if not attempt(
        form,
        lambda: gone.append(anonymise(session(), signed_in(), person_id, Reason(form.reason.data), clock())),
        ANONYMISE_WORDS,
    ):
        return _page(person_id, form, wrong=True)
    for digest in gone[0].digests:
        files().remove(auth.portal().tenant_id, digest)
    return done(url_for("admin.people.index"), _("Nothing here says any more who that was."))


ANONYMISE_WORDS: Words = {
    NotOneself: say("", lambda: _("To leave yourself, go to My account, My data.")),
    StaffIsOwnersBusiness: say("", owners_business),
    LastOwner: say("", last_owner),
}


def _page(person_id: int, form: AnonymiseForm, *, wrong: bool = False) -> Response:
    person = one(session(), Person, person_id)
    if person.anonymised_at is not None:
        raise NotFound
    upcoming = count_upcoming(session(), person.id, auth.now())
    return page("admin/people/anonymise.html", wrong=wrong, person=person, form=form, upcoming=upcoming)
