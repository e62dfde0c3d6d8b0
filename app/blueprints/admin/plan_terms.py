"""What a plan costs and asks for: an edit makes a new version, and contracts keep theirs until staff take them along."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.plan_forms import MIGRATE_WORDS, TERMS_WORDS, MigrateForm, TermsForm
from app.domain.actor import Permission
from app.domain.invoicing.rates import rates
from app.domain.lookup import one
from app.domain.passes.choices import pass_choices
from app.domain.plans.contracts import present_version
from app.domain.plans.previewing import first_invoices
from app.domain.plans.terms import VersionDetails
from app.domain.plans.versions import (
    contracts_on,
    migrate,
    plan_and_versions,
    renew_link,
    retire_plan,
    set_terms,
    whole_details_of,
)
from app.domain.spaces.choices import type_pairs
from app.kernel.walltime import local_date, zone
from app.models import Plan, PlanVersion, PlanVisibility
from app.web import auth, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in, today
from app.web.database import session

blueprint = Blueprint("plan_terms", __name__, url_prefix="/plans/<int:plan_id>/terms")


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def show(plan_id: int) -> Response:
    return _page(plan_id)


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def update(plan_id: int) -> Response:
    """Save them, or with `look` only show what the first invoices would be."""
    plan = one(session(), Plan, plan_id)
    form = _form(_terms_of(present_version(session(), plan.id)))
    if "look" in request.form:
        return _page(plan_id, form, wrong=not form.validate())
    if not attempt(
        form,
        lambda: set_terms(session(), signed_in(), plan_id, form.to_command(), auth.now()),
        TERMS_WORDS,
    ):
        return _page(plan_id, form, wrong=True)
    return done(_url(plan_id), _("Saved. Who joins from now on joins by these terms."))


@blueprint.post("/migration")
@staff(Permission.SPACES, whole_house=True)
def create_migration(plan_id: int) -> Response:
    form, count = MigrateForm(), 0

    def take_along() -> None:
        nonlocal count
        count = migrate(session(), signed_in(), plan_id, form.on.data, today(), auth.now())

    if not attempt(form, take_along, MIGRATE_WORDS):
        return _page(plan_id, migrating=form)
    return done(
        _url(plan_id),
        ngettext("%(num)s contract goes along.", "%(num)s contracts go along.", count),
    )


@blueprint.post("/link")
@staff(Permission.SPACES, whole_house=True)
def create_link(plan_id: int) -> Response:
    renew_link(session(), signed_in(), plan_id, auth.now())
    session().commit()
    return done(_url(plan_id), _("The link is new. The one before leads nowhere any more."))


@blueprint.post("/retirement")
@staff(Permission.SPACES, whole_house=True)
def create_retirement(plan_id: int) -> Response:
    retire_plan(session(), signed_in(), plan_id, auth.now(), retired=True)
    session().commit()
    return done(_url(plan_id), _("Nobody joins it any more. Who is on it stays."))


@blueprint.post("/return")
@staff(Permission.SPACES, whole_house=True)
def destroy_retirement(plan_id: int) -> Response:
    retire_plan(session(), signed_in(), plan_id, auth.now(), retired=False)
    session().commit()
    return done(_url(plan_id), _("It is on offer again."))


def _page(
    plan_id: int,
    form: TermsForm | None = None,
    *,
    wrong: bool = False,
    migrating: MigrateForm | None = None,
) -> Response:
    plan, versions = plan_and_versions(session(), plan_id)
    counts = contracts_on(session(), plan.id)
    present = versions[0] if versions else None
    shown = form or _form(_terms_of(present), formdata=None)
    older = sum(count for version_id, count in counts.items() if present and version_id != present.id)
    return page(
        "admin/plans/terms.html",
        wrong=wrong or migrating is not None,
        plan=plan,
        form=shown,
        invoices=_invoices(shown, valid=form is None or not wrong),
        versions=[_version_row(each, counts.get(each.id, 0)) for each in versions],
        older=older,
        migrating=migrating or MigrateForm(formdata=None),
        link=_link(plan, present),
    )


def _form(terms: VersionDetails | None, **kwargs: Any) -> TermsForm:
    return TermsForm(
        rates(session()), type_pairs(session()), pass_choices(session()), today(), terms, **kwargs
    )


def _terms_of(present: PlanVersion | None) -> VersionDetails | None:
    if present is None:
        return None
    return whole_details_of(session(), present)


def _invoices(form: TermsForm, *, valid: bool) -> list[tuple[str, str]]:
    """When the first invoices of somebody who joins on the form's day would come, and what they ask for."""
    if not valid or form.price_minor.data is None:
        return []
    found = first_invoices(form.to_command(), form.joins_on.data or today())
    return [(wording.full_day(each.bill_on), wording.tenant_money(each.amount_minor)) for each in found]


def _version_row(version: PlanVersion, contracts: int) -> tuple[str, str, str]:
    made = wording.full_day(local_date(version.made_at, zone(auth.portal().zone)))
    return (
        _("Version %(number)s", number=version.number),
        f"{wording.tenant_money(version.price_minor)}, {made}",
        ngettext("%(num)s contract", "%(num)s contracts", contracts),
    )


def _link(plan: Plan, present: PlanVersion | None) -> str | None:
    """The address that leads to a plan which no list shows; empty while nobody has asked for one."""
    if present is None or present.visibility is not PlanVisibility.LINK:
        return None
    return f"{request.host_url}plans/l/{plan.link_token}" if plan.link_token else ""


def _url(plan_id: int) -> str:
    return url_for("admin.plan_terms.show", plan_id=plan_id)
