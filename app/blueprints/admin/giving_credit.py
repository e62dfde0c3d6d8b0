"""What somebody, or a team, has of credit, how it came and went, and giving or taking some with a reason."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.credit_forms import CreditForm
from app.domain.actor import Permission
from app.domain.credits.granting import give, take
from app.domain.credits.terms import Holder
from app.domain.lookup import one
from app.domain.passes.choices import pass_choices
from app.domain.reach import person_in_reach
from app.domain.spaces.choices import type_pairs
from app.kernel.walltime import zone
from app.models import Team
from app.web import auth, credit_words
from app.web.access import staff
from app.web.attempts import attempt
from app.web.database import session

blueprint = Blueprint("credits", __name__)


@blueprint.get("/people/<int:person_id>/credits")
@staff(Permission.PEOPLE)
def show(person_id: int) -> Response:
    return _show_person(person_id)


@blueprint.post("/people/<int:person_id>/credits")
@staff(Permission.PEOPLE)
def create(person_id: int) -> Response:
    """Give or take, as the form says."""
    person_in_reach(session(), auth.signed_in(), person_id)
    form = _form()
    if not _change(form, Holder(person_id)):
        return _show_person(person_id, form)
    return done(url_for("admin.credits.show", person_id=person_id), _said(form))


@blueprint.get("/teams/<int:team_id>/credits")
@staff(Permission.PEOPLE, whole_house=True)
def show_team(team_id: int) -> Response:
    return _show_team(team_id)


@blueprint.post("/teams/<int:team_id>/credits")
@staff(Permission.PEOPLE, whole_house=True)
def create_for_team(team_id: int) -> Response:
    """The same for what a team shares."""
    one(session(), Team, team_id)
    form = _form()
    if not _change(form, Holder(team_id=team_id)):
        return _show_team(team_id, form)
    return done(url_for("admin.credits.show_team", team_id=team_id), _said(form))


def _form(**kwargs: Any) -> CreditForm:
    return CreditForm(type_pairs(session()), pass_choices(session()), **kwargs)


def _change(form: CreditForm, holder: Holder) -> bool:
    def change() -> None:
        verb = give if form.gives else take
        verb(session(), auth.signed_in(), form.to_command(holder, zone(auth.portal().zone)), auth.now())

    return attempt(form, change, form.words())


def _said(form: CreditForm) -> str:
    return _("The credit is given.") if form.gives else _("The credit is taken.")


def _show_person(person_id: int, form: CreditForm | None = None) -> Response:
    person = person_in_reach(session(), auth.signed_in(), person_id)
    return _page(
        Holder(person_id),
        form,
        name=person.name,
        back=url_for("admin.people.show", person_id=person_id),
        here=url_for("admin.credits.create", person_id=person_id),
    )


def _show_team(team_id: int, form: CreditForm | None = None) -> Response:
    team = one(session(), Team, team_id)
    return _page(
        Holder(team_id=team_id),
        form,
        name=team.name,
        back=url_for("admin.teams.show", team_id=team_id),
        here=url_for("admin.credits.create_for_team", team_id=team_id),
        closed=team.retired_at is not None,
    )


def _page(
    holder: Holder, form: CreditForm | None, *, name: str, back: str, here: str, closed: bool = False
) -> Response:
    return page(
        "admin/people/credits.html",
        wrong=form is not None,
        name=name,
        back=back,
        here=here,
        closed=closed,
        credits=credit_words.shown(holder),
        form=form or _form(formdata=None),
    )
