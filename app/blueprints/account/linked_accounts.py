"""The accounts elsewhere that open this one: linked and unlinked by their owner."""

from dataclasses import dataclass

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.account.proof import proof_needed
from app.blueprints.account.routes import blueprint
from app.domain.people.terms import LastOwner
from app.domain.sign_on.linking import OnlyWayIn, linked_accounts, unlink
from app.domain.sign_on.providers import buttons, find_provider
from app.domain.sign_on.terms import Button, LinkedAccount, SignOnRefused
from app.web import auth, wording
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import go_to
from app.web.sign_on import send_away


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """One linked account in words."""

    id: int
    provider: str
    email: str
    used: str
    works: bool


@dataclass(frozen=True, slots=True)
class LinkedSection:
    """What `account/_linked_accounts.html` shows."""

    accounts: list[LinkedRow]
    buttons: list[Button]
    """What else can be linked."""


def linked_section() -> LinkedSection:
    """The signed-in person's accounts elsewhere; two statements."""
    found = linked_accounts(session(), auth.signed_in())
    linked = {each.provider_id for each in found}
    others = [each for each in buttons(session()) if each.provider_id not in linked]
    return LinkedSection([_row(each) for each in found], others)


@blueprint.get("/account/linked-accounts")
@in_section("account")
def index_linked_accounts() -> str:
    return render_template("account/index_linked_accounts.html", linked=linked_section())


@blueprint.post("/account/linked-accounts/providers/<int:provider_id>")
@in_section("account")
def create_linked_account(provider_id: int) -> Response:
    """Off to the provider. A form, and not a link: somebody else's page must not make us link their account."""
    if question := proof_needed():
        return question
    provider = find_provider(session(), provider_id, enabled=True)
    here = url_for("account.index_linked_accounts")
    try:
        return send_away(provider.id, provider.protocol, provider.name, here, auth.signed_in().person_id)
    except SignOnRefused as refused:
        session().rollback()
        current_app.logger.warning(
            "linking refused: provider=%s reason=%s", provider.id, refused.reason.value
        )
        flash(_("%(name)s cannot be reached right now. Try again in a minute.", name=provider.name))
        return go_to(here)


@blueprint.post("/account/linked-accounts/<int:identity_id>/removal")
@in_section("account")
def destroy_linked_account(identity_id: int) -> Response:
    here = url_for("account.index_linked_accounts")
    try:
        unlink(session(), auth.signed_in(), identity_id, auth.now())
    except (OnlyWayIn, LastOwner):
        session().rollback()
        flash(_("It is your only way to sign in, so it stays. Set a password first."))
        return go_to(here)
    session().commit()
    flash(_("The account is unlinked."))
    return go_to(here)


def _row(each: LinkedAccount) -> LinkedRow:
    tz = auth.own_clock()
    day, today = each.used_at.astimezone(tz).date(), auth.now().astimezone(tz).date()
    used = _("last used %(day)s", day=wording.day_inside(day, today))
    return LinkedRow(each.id, each.provider, each.email, used, each.works)
