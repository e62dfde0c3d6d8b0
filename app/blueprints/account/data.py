"""My data: a copy of everything that is held about oneself, and the way to have it deleted."""

from dataclasses import dataclass

from flask import Response as FlaskResponse
from flask import flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.account.routes import blueprint
from app.domain.passwords import WrongPassword
from app.domain.privacy.copies import Copy, ask_copy, copies_of, digest_of_copy
from app.domain.privacy.proof import signed_in_freshly
from app.domain.privacy.terms import CopyUnderWay, ProofNeeded
from app.kernel.errors import NotFound
from app.web import auth, wording
from app.web.access import signed_in
from app.web.database import session
from app.web.forms import Form
from app.web.htmx import go_to
from app.web.limits import by_account, password_tries, too_many, wait_sentence
from app.web.passwords import PasswordField
from app.web.ports import files


class ProofForm(Form):
    """The password, where the sign-in is not proof enough; empty otherwise."""

    password = PasswordField(_l("Your password"))

    def validate_proof(self, *, fresh: bool) -> bool:
        """Whether the form can be sent on; after a fresh sign-in it holds nothing but the CSRF token."""
        if fresh:
            del self.password
        return bool(self.validate())

    @property
    def typed(self) -> str:
        return (self.password.data or "") if "password" in self else ""


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy in words."""

    title: str
    detail: str
    href: str | None


@blueprint.get("/account/data")
@signed_in
def show_data() -> Response:
    return _page(ProofForm())


@blueprint.post("/account/data/copies")
@signed_in
def create_copy() -> Response:
    actor, form = auth.signed_in(), ProofForm()
    fresh = signed_in_freshly(session(), actor, auth.now())
    if not form.validate_proof(fresh=fresh):
        return _page(form, 422)
    asked, tries = by_account("copy by account", actor.email), password_tries(actor.email)
    if wait := asked.spent() or (0 if fresh else tries.spend()):
        form.say("", wait_sentence(wait))
        return too_many(_page(form), wait)
    try:
        ask_copy(session(), actor, form.typed, auth.now())
    except (ProofNeeded, WrongPassword) as refused:
        say_proof(form, refused)
        return _page(form, 422)
    except CopyUnderWay:
        session().rollback()
        flash(_("A copy is being made already."))
        return go_to(url_for("account.show_data"))
    session().commit()
    asked.spend()
    tries.refill()
    flash(_("We are making your copy, and mail you when it is ready."))
    return go_to(url_for("account.show_data"))


@blueprint.get("/account/data/copies/<int:copy_id>")
@signed_in
def show_copy(copy_id: int) -> FlaskResponse:
    """The archive itself, for its person, while its day lasts."""
    digest = digest_of_copy(session(), auth.signed_in(), copy_id, auth.now())
    data = files().get(auth.portal().tenant_id, digest)
    if data is None:
        raise NotFound
    response = FlaskResponse(data, mimetype="application/zip")
    name = f"{auth.portal().slug}-my-data-{auth.now().date().isoformat()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def say_proof(form: ProofForm, refused: ProofNeeded | WrongPassword) -> None:
    """Say what is wrong with the proof, at the password when the form has one."""
    session().rollback()
    field = "password" if "password" in form else ""
    if isinstance(refused, WrongPassword):
        form.say(field, _("This is not your current password."))
    else:
        form.say(field, _("Sign out and in again, so that we know it is you."))


def _page(form: ProofForm, status: int = 200) -> Response:
    actor, now = auth.signed_in(), auth.now()
    fresh = signed_in_freshly(session(), actor, now)
    if fresh and "password" in form and not form.errors:
        del form.password
    copies = copies_of(session(), actor, now)
    page = render_template(
        "account/data.html",
        form=form,
        rows=[_row(each) for each in copies],
        waiting=any(each.expires_at is None for each in copies),
    )
    return make_response(page, status)


def _row(copy: Copy) -> CopyRow:
    tz = auth.own_clock()
    asked = copy.asked_at.astimezone(tz)
    title = _("%(day)s, %(time)s", day=wording.long_day(asked.date()), time=wording.clock_time(asked, tz))
    if copy.expires_at is None:
        return CopyRow(title, _("Being made. Look again in a minute."), None)
    until = copy.expires_at.astimezone(tz)
    detail = _(
        "There until %(day)s, %(time)s",
        day=wording.day_inside(until.date(), auth.now().astimezone(tz).date()),
        time=wording.clock_time(until, tz),
    )
    return CopyRow(title, detail, url_for("account.show_copy", copy_id=copy.id))
