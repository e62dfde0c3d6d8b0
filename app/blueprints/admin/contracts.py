"""Everybody's contracts: found, filtered, taken along as a spreadsheet. What is done about one is on its person's page."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import around, page
from app.blueprints.admin.days import places_in_reach
from app.domain.actor import Permission
from app.domain.people.listing import home_names
from app.domain.plans.listing import (
    ContractListed,
    FindContracts,
    WhichContracts,
    every_contract,
    list_contracts,
    plan_names,
)
from app.domain.plans.terms import ContractState
from app.kernel.money import plain
from app.web import auth, wording
from app.web.access import staff
from app.web.auth import signed_in, today
from app.web.contract_words import contract_days, cycle_words, state_badge
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import ChoiceField, Form, SearchField, WholeField, id_or_none, options
from app.web.invoices import Badge

blueprint = Blueprint("contracts", __name__)

_FILTERS = {
    WhichContracts.ALL: _l("All"),
    WhichContracts.PENDING: _l("Waits for approval"),
    WhichContracts.ACTIVE: _l("Active"),
    WhichContracts.PAUSED: _l("Paused"),
    WhichContracts.ENDING: _l("Ending"),
    WhichContracts.COMING: _l("Begins later"),
    WhichContracts.ENDED: _l("Ended"),
}


class _Find(Form):
    class Meta:
        csrf = False

    q = SearchField(_l("Name, e-mail or company"))
    plan = ChoiceField(_l("Plan"), coerce=id_or_none)
    location = ChoiceField(_l("Home location"), coerce=id_or_none)
    page = WholeField(least=1, most=1_000_000, required=False)

    def __init__(self, plans: list[tuple[int, str]]) -> None:
        super().__init__(request.args)
        self.plan.choices = options(plans, empty=_("Every plan"))
        places = [(place.id, place.name) for place in places_in_reach()]
        self.location.choices = options(places, empty=_("Every location"))


@blueprint.get("/contracts")
@staff(Permission.PEOPLE)
def index() -> Response:
    form, find = _asked()
    found = list_contracts(session(), signed_in(), today(), find, form.page.data or 1)
    # Building each address anew would cost more than reading the row
    people = url_for("admin.people.show", person_id=0).removesuffix("0")
    return page(
        "admin/contracts/index.html",
        form=form,
        find=find,
        rows=[
            (each.person, *_words(each), f"{people}{each.person_id}#contracts-title") for each in found.rows
        ],
        filters=[
            (str(label), _list_url(find, which=which), which is find.which)
            for which, label in _FILTERS.items()
        ],
        export=url_for("admin.contracts.export", **_address(find)),
        **around(found.at, lambda number: _list_url(find, number=number)),
    )


@blueprint.get("/contracts.csv")
@staff(Permission.PEOPLE)
def export() -> Response:
    _form, find = _asked()
    homes, currency = home_names(session()), auth.portal().currency
    head = (
        _("Name"),
        _("E-mail"),
        _("Home location"),
        _("Plan"),
        _("State"),
        _("From"),
        _("Until"),
        _("Quantity"),
        _("Price of one"),
        _("How often"),
        _("Currency"),
    )
    rows = (
        (
            each.person,
            each.email,
            homes.get(each.location_id or 0, ""),
            each.plan,
            state_badge(each.state).words,
            each.starts_on.isoformat(),
            each.ends_on.isoformat() if each.ends_on else "",
            str(each.quantity),
            "" if each.price_minor is None else plain(each.price_minor, currency),
            _cycle(each),
            "" if each.price_minor is None else currency,
        )
        for each in every_contract(session(), signed_in(), today(), find)
    )
    return csv_answer("contracts.csv", head, rows)


def _asked() -> tuple[_Find, FindContracts]:
    """What the address asks for; nonsense asks for everybody's."""
    form = _Find(plan_names(session()))
    form.validate()
    given = request.args.get("which", "")
    find = FindContracts(
        form.q.data or "",
        WhichContracts(given) if given in set(WhichContracts) else WhichContracts.ALL,
        None if form.plan.errors else form.plan.data,
        None if form.location.errors else form.location.data,
    )
    return form, find


def _address(find: FindContracts, which: WhichContracts | None = None) -> dict[str, Any]:
    which = which or find.which
    return {
        "q": find.words or None,
        "which": None if which is WhichContracts.ALL else which.value,
        "plan": find.plan_id,
        "location": find.location_id,
    }


def _list_url(find: FindContracts, which: WhichContracts | None = None, number: int = 1) -> str:
    return url_for("admin.contracts.index", **_address(find, which), page=number if number > 1 else None)


def _words(each: ContractListed) -> tuple[Badge | None, str, str, str]:
    """Where it stands, unless it simply runs; what it is and since when; what it costs, and how often."""
    parts = [
        _("%(count)s × %(plan)s", count=each.quantity, plan=each.plan) if each.quantity > 1 else each.plan,
        contract_days(each.starts_on, each.ends_on, today()),
    ]
    badge = None if each.state is ContractState.ACTIVE else state_badge(each.state)
    price = "" if each.price_minor is None else wording.tenant_money(each.price_minor * each.quantity)
    return badge, " · ".join(parts), price, _cycle(each)


def _cycle(each: ContractListed) -> str:
    if each.cycle_unit is None or each.cycle_count is None:
        return ""
    return cycle_words(each.cycle_unit, each.cycle_count)
