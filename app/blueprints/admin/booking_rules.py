"""The house's rules of booking: kept in order, and tried on somebody's wish before it is theirs to make."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.blueprints.admin.rule_forms import RULE_WORDS, RuleForm, TrialForm
from app.blueprints.admin.rule_trial import first_trial, tried
from app.domain.actor import Permission
from app.domain.booking.house_rules.choices import RuleChoices, rule_choices
from app.domain.booking.house_rules.doubts import doubts
from app.domain.booking.house_rules.keeping import (
    NAME_LENGTH,
    TooManyRules,
    copy_rule,
    create_rule,
    edit_rule,
    put_rules_in_order,
    remove_rule,
    switch_rule,
)
from app.domain.booking.house_rules.listing import house_rules
from app.domain.booking.house_rules.terms import Rule
from app.domain.spaces.terms import NameTaken
from app.kernel.errors import NotFound
from app.kernel.walltime import zone
from app.models import BookingRule
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in
from app.web.database import session
from app.web.forms import id_of
from app.web.htmx import wants_part
from app.web.rule_words import (
    doubt_words,
    rule_words,
    sample_obstacles,
)
from app.web.sentences import obstacle_sentence

blueprint = Blueprint("booking_rules", __name__, url_prefix="/booking-rules")

_MOVES = {"up": -1, "down": 1}


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def index() -> Response:
    rules = house_rules(session())
    names = rule_choices(session(), rules)
    return page(
        "admin/booking_rules/index.html", **_listed(rules, names), form=first_trial(names), trial=None
    )


@blueprint.get("/trial")
@staff(Permission.SPACES, whole_house=True)
def show_trial() -> Response:
    """What the rules say to somebody's wish, as the address has it; 422 with a sentence at the field for what makes no sense."""
    rules = house_rules(session())
    names = rule_choices(session(), rules)
    form = TrialForm(names, formdata=request.args) if request.args else first_trial(names)
    trial = tried(form, rules) if request.args and form.validate() else None
    return page(
        "admin/booking_rules/index.html",
        wrong=bool(form.errors),
        **_listed(rules, names),
        form=form,
        trial=trial,
    )


@blueprint.get("/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    return _new(RuleForm(rule_choices(session()), formdata=None))


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form, made = RuleForm(rule_choices(session())), list[BookingRule]()
    if not attempt(
        form,
        lambda: made.append(create_rule(session(), signed_in(), form.rule(), auth.now())),
        RULE_WORDS,
    ):
        return _new(form, wrong=True)
    return done(_url(made[0].id), _("%(name)s is the last rule now.", name=made[0].name))


@blueprint.post("/order")
@staff(Permission.SPACES, whole_house=True)
def update_order() -> Response:
    """Put the rules in the order of the list `order`; `move` (`12:up`) moves one."""
    typed = [each for text in request.form.getlist("order") if (each := id_of(text)) is not None]
    put_rules_in_order(session(), signed_in(), _moved(typed, request.form.get("move", "")), auth.now())
    session().commit()
    if not wants_part():
        return redirect(url_for("admin.booking_rules.index"), code=303)
    rules = house_rules(session())
    return make_response(
        render_template("admin/booking_rules/_list.html", **_listed(rules, rule_choices(session(), rules)))
    )


@blueprint.get("/<int:rule_id>")
@staff(Permission.SPACES, whole_house=True)
def show(rule_id: int) -> Response:
    rules, rule = _one(rule_id)
    names = rule_choices(session(), rules)
    return _show(rules, rule, names, RuleForm(names, rule, formdata=None))


@blueprint.post("/<int:rule_id>")
@staff(Permission.SPACES, whole_house=True)
def update(rule_id: int) -> Response:
    rules, rule = _one(rule_id)
    form = RuleForm(rule_choices(session(), rules))
    if not attempt(
        form,
        lambda: edit_rule(session(), signed_in(), rule_id, form.rule(), auth.now()),
        RULE_WORDS,
    ):
        rules, rule = _one(rule_id)
        return _show(rules, rule, rule_choices(session(), rules), form, wrong=True)
    return done(_url(rule_id), _("Saved."))


@blueprint.post("/<int:rule_id>/copy")
@staff(Permission.SPACES, whole_house=True)
def create_copy(rule_id: int) -> Response:
    rules, rule = _one(rule_id)
    name = _free_name(rule.name, {each.name for each in rules})
    try:
        made = copy_rule(session(), signed_in(), rule_id, name, auth.now())
    except (NameTaken, TooManyRules):
        return refused(_url(rule_id), _("It could not be copied. Try again."))
    session().commit()
    return done(_url(made.id), _("This is the copy. It is off until you switch it on."))


@blueprint.post("/<int:rule_id>/switch")
@staff(Permission.SPACES, whole_house=True)
def update_switch(rule_id: int) -> Response:
    on = request.form.get("state") == "on"
    switch_rule(session(), signed_in(), rule_id, auth.now(), on=on)
    session().commit()
    path = _url(rule_id) if "stay" in request.form else url_for("admin.booking_rules.index")
    return done(
        path, _("It decides from now on.") if on else _("It is off. Nothing is refused by it any more.")
    )


@blueprint.post("/<int:rule_id>/removal")
@staff(Permission.SPACES, whole_house=True)
def destroy(rule_id: int) -> Response:
    remove_rule(session(), signed_in(), rule_id, auth.now())
    session().commit()
    return done(url_for("admin.booking_rules.index"), _("Removed."))


def _one(rule_id: int) -> tuple[list[Rule], Rule]:
    rules = house_rules(session())
    for rule in rules:
        if rule.id == rule_id:
            return rules, rule
    raise NotFound


def _moved(order: list[int], move: str) -> list[int]:
    """The order with one rule a place further up or down; as it was where there is no such place."""
    text, _colon, direction = move.partition(":")
    rule_id = id_of(text)
    if rule_id not in order or direction not in _MOVES:
        return order
    to = min(max(order.index(rule_id) + _MOVES[direction], 0), len(order) - 1)
    others = [each for each in order if each != rule_id]
    return [*others[:to], rule_id, *others[to:]]


def _free_name(name: str, taken: set[str]) -> str:
    """`Evenings (2)`, or the next number that no rule has."""
    number = 2
    while (found := f"{name[: NAME_LENGTH - 6]} ({number})") in taken:
        number += 1
    return found


def _listed(rules: list[Rule], names: RuleChoices) -> dict[str, Any]:
    """The list with what is doubtful about each rule."""
    doubtful = doubts(rules, names.room_types, auth.today())
    return {
        "rows": [
            {
                "id": rule.id,
                "number": rule.number,
                "name": rule.name,
                "on": rule.enabled,
                "href": _url(rule.id),
                "detail": rule_words(rule, names),
                "doubts": [doubt_words(each) for each in doubtful.get(rule.id, ())],
            }
            for rule in rules
        ]
    }


def _new(form: RuleForm, *, wrong: bool = False) -> Response:
    return page("admin/booking_rules/new.html", wrong=wrong, form=form)


def _show(
    rules: list[Rule], rule: Rule, names: RuleChoices, form: RuleForm, *, wrong: bool = False
) -> Response:
    tz = zone(auth.portal().zone)
    return page(
        "admin/booking_rules/show.html",
        wrong=wrong,
        rule=rule,
        form=form,
        heading=_("Rule %(number)s", number=rule.number),
        detail=rule_words(rule, names),
        doubts=[doubt_words(each) for each in doubts(rules, names.room_types, auth.today()).get(rule.id, ())],
        sentences=list(dict.fromkeys(obstacle_sentence(each, tz) for each in sample_obstacles(rule))),
    )


def _url(rule_id: int) -> str:
    return url_for("admin.booking_rules.show", rule_id=rule_id)
