"""The settings of joining: who may join, what the form asks for, and the terms."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.joining.fields import FIELDS
from app.domain.joining.settings import Joining, change_joining, read_joining
from app.domain.joining.terms import LONGEST_TEXT, NewTerms, current_terms, publish_terms, versions
from app.domain.joining.words import Wish
from app.models import JoiningMode
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import CheckField, ChoiceField, Form, SegmentField, TextField, options

blueprint = Blueprint("joining", __name__)

MODES = {
    JoiningMode.OFF: _l("Nobody"),
    JoiningMode.INVITED: _l("The invited"),
    JoiningMode.OPEN: _l("Everybody"),
}
WISHES = {
    Wish.REQUIRED: _l("Required"),
    Wish.OPTIONAL: _l("Optional"),
    Wish.HIDDEN: _l("Hidden"),
}


class _JoiningForm(Form):
    mode = SegmentField(_l("Who may join"), choices=options(MODES.items()))
    needs_approval = CheckField(_l("Staff let each of them in"))

    def wanted(self) -> Joining:
        return Joining(
            JoiningMode(self.mode.data),
            bool(self.needs_approval.data),
            {each.key: Wish(self[f"wish_{each.key}"].data) for each in FIELDS},
        )


class TermsForm(Form):
    title = TextField(_l("Title"), longest=120)
    text = TextField(_l("Text"), longest=LONGEST_TEXT, multiline=True)
    for_everybody = ChoiceField(
        _l("Who has to accept it"),
        choices=options(
            (("yes", _l("Everybody, at their next sign-in")), ("no", _l("Only who joins from now on")))
        ),
    )

    def to_command(self) -> NewTerms:
        return NewTerms(self.title.data or "", self.text.data or "", self.for_everybody.data == "yes")


def joining_form(now: Joining | None = None) -> _JoiningForm:
    """The form with a choice for each field of the registry."""
    wishes: dict[str, Any] = {
        f"wish_{each.key}": SegmentField(_(each.label), choices=options(WISHES.items())) for each in FIELDS
    }
    kind: type[_JoiningForm] = type("JoiningForm", (_JoiningForm,), wishes)
    if now is None:
        return kind()
    start = {f"wish_{key}": wish.value for key, wish in now.wishes.items()}
    return kind(formdata=None, data={"mode": now.mode.value, "needs_approval": now.needs_approval, **start})


@blueprint.get("/settings/joining")
@staff(Permission.SETTINGS, whole_house=True)
def show() -> Response:
    return _page()


@blueprint.post("/settings/joining")
@staff(Permission.SETTINGS, whole_house=True)
def update() -> Response:
    form = joining_form()
    if not attempt(form, lambda: change_joining(session(), signed_in(), form.wanted(), clock())):
        return _page(form=form)
    return done(url_for("admin.joining.show"), _("Saved."))


@blueprint.post("/settings/joining/terms")
@staff(Permission.SETTINGS, whole_house=True)
def create_terms() -> Response:
    form = TermsForm()
    if not attempt(form, lambda: publish_terms(session(), signed_in(), form.to_command(), clock())):
        return _page(terms_form=form)
    return done(url_for("admin.joining.show"), _("The new version holds from now on."))


def _page(*, form: _JoiningForm | None = None, terms_form: TermsForm | None = None) -> Response:
    current = current_terms(session())
    start = {"title": current.title, "text": current.text} if current else {}
    return page(
        "admin/joining/show.html",
        wrong=bool(form or terms_form),
        form=form or joining_form(read_joining(session())),
        terms_form=terms_form or TermsForm(formdata=None, data=start | {"for_everybody": "yes"}),
        fields=[f"wish_{each.key}" for each in FIELDS],
        current=current,
        versions=versions(session()),
    )
