"""Two people who are one: found, shown side by side, merged."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.blueprints.admin.people_forms import last_owner, owners_business
from app.domain.actor import Permission
from app.domain.lookup import one
from app.domain.people.listing import find_people
from app.domain.people.terms import LastOwner, NotOneself, StaffIsOwnersBusiness
from app.domain.privacy.anonymise import Goner
from app.domain.privacy.merge import Moving, merge_people, plan_merge
from app.domain.privacy.terms import Merge, SamePerson, WeakerProtection
from app.kernel.errors import NotFound
from app.models import Person
from app.models.base import LARGEST_ID
from app.web import auth
from app.web.access import staff
from app.web.attempts import Words, attempt, say
from app.web.auth import clock, signed_in, today
from app.web.database import session
from app.web.forms import ChoiceField, Form, SearchField, WholeField, options
from app.web.ports import files
from app.web.staff_words import ROLES

blueprint = Blueprint("merging", __name__)


class _Find(Form):
    class Meta:
        csrf = False

    q = SearchField()
    other = WholeField(least=1, most=LARGEST_ID, required=False)


class MergeForm(Form):
    """Whose words survive: the first one's, whose page it is, or the other's."""

    other = WholeField(least=1, most=LARGEST_ID)
    email = ChoiceField(_l("E-mail that stays"))
    name = ChoiceField(_l("Name that stays"))

    def __init__(self, kept: Person | None = None, gone: Person | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        mails, names = ("", ""), ("", "")
        if kept and gone:
            mails, names = (kept.email, gone.email), (kept.name, gone.name)
        self.email.choices = options(zip(("kept", "gone"), mails, strict=True))
        self.name.choices = options(zip(("kept", "gone"), names, strict=True))


@blueprint.get("/people/<int:person_id>/merging")
@staff(Permission.PEOPLE, whole_house=True)
def new(person_id: int) -> Response:
    person = one(session(), Person, person_id)
    if person.anonymised_at is not None:
        raise NotFound
    found = _Find(request.args)
    found.validate()
    if found.other.data and not found.other.errors:
        return _compare(person, found.other.data, None)
    words = found.q.data or ""
    found_people = find_people(session(), signed_in(), today(), words) if words else ()
    people = [each for each in found_people if each.id != person_id]
    return page("admin/people/merge_with.html", person=person, form=found, q=words, people=people)


@blueprint.post("/people/<int:person_id>/merging")
@staff(Permission.PEOPLE, whole_house=True)
def create(person_id: int) -> Response:
    person = one(session(), Person, person_id)
    form = MergeForm()
    form.email.choices = form.name.choices = options([("kept", ""), ("gone", "")])
    gone: list[Goner] = []

    def merge() -> None:
        wish = Merge(
            person_id,
            form.other.data,
            take_email=form.email.data == "gone",
            take_name=form.name.data == "gone",
        )
        gone.append(merge_people(session(), signed_in(), wish, clock()))

    if not attempt(form, merge, MERGE_WORDS):
        if form.other.errors or not form.other.data:
            return refused(
                url_for("admin.merging.new", person_id=person_id), _("Choose somebody to merge with.")
            )
        return _compare(person, form.other.data, form)
    for digest in gone[0].digests:
        files().remove(auth.portal().tenant_id, digest)
    return done(url_for("admin.people.show", person_id=person_id), _("They are one person now."))


MERGE_WORDS: Words = {
    SamePerson: say("", lambda: _("That is the same person.")),
    NotOneself: say("", lambda: _("Your own account cannot be the one that goes. Start from your own page.")),
    StaffIsOwnersBusiness: say("", owners_business),
    LastOwner: say("", last_owner),
    WeakerProtection: say(
        "",
        lambda: _(
            "To sign in, the one that goes has to show more than the one that stays, who would be staff with a password alone. "
            "Merge them the other way round, or have a second factor set up first."
        ),
    ),
}


def _compare(person: Person, other_id: int, form: MergeForm | None) -> Response:
    try:
        kept, gone, moving = plan_merge(session(), signed_in(), person.id, other_id)
    except (SamePerson, NotOneself, StaffIsOwnersBusiness, WeakerProtection) as refusal:
        _field, sentence = MERGE_WORDS[type(refusal)](refusal)
        return page(
            "admin/people/merge_with.html",
            wrong=True,
            person=person,
            form=_Find(formdata=None),
            q="",
            people=[],
            problem=sentence,
        )
    shown = MergeForm(kept, gone, formdata=None, data={"other": gone.id, "email": "kept", "name": "kept"})
    if form is not None:
        shown.form_errors.extend(form.form_errors)
    return page(
        "admin/people/merge.html",
        wrong=form is not None,
        kept=kept,
        gone=gone,
        moving=[_words(each) for each in moving],
        form=shown,
        roles=ROLES,
    )


def _words(each: Moving) -> tuple[str, int, bool]:
    labels = {
        "contract": _("Contracts"),
        "booking": _("Bookings"),
        "notice": _("Messages"),
        "person_profile": _("Profile"),
        "person_skill": _("Skills"),
        "team_member": _("Teams"),
        "login_session": _("Signed-in devices"),
        "deletion": _("Wish to be deleted"),
        "record_view": _("Looks at their record"),
    }
    return labels.get(each.table, each.table.replace("_", " ").capitalize()), each.rows, each.moves
