"""The page of signing in: the providers, and the owner's switches for the ways that need none."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.sign_on.presets import PRESETS, preset_of
from app.domain.actor import Permission
from app.domain.sign_in_settings import SignInSettings, change_sign_in
from app.domain.sign_on.providers import list_providers
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.database import session
from app.web.forms import CheckField, Form

blueprint = Blueprint("sign_in", __name__, url_prefix="/settings/sign-in")


class SignInSettingsForm(Form):
    mail_links = CheckField(_l("Sign in by mail"))
    staff_factor = CheckField(_l("Staff need a second factor"))

    def to_command(self) -> SignInSettings:
        return SignInSettings(self.mail_links.data, self.staff_factor.data)


def signing_in_page(refused: SignInSettingsForm | None = None) -> Response:
    portal = auth.portal()
    form = refused or SignInSettingsForm(
        formdata=None, data={"mail_links": portal.mail_links, "staff_factor": portal.staff_factor}
    )
    rows = [(each, preset_of(each.settings)) for each in list_providers(session())]
    return page(
        "admin/sign_on/index.html",
        wrong=refused is not None,
        form=form,
        rows=rows,
        presets=PRESETS.values(),
    )


@blueprint.post("")
@staff(Permission.SIGN_ON, whole_house=True)
def update() -> Response:
    form = SignInSettingsForm()
    if not attempt(form, lambda: change_sign_in(session(), auth.signed_in(), form.to_command(), auth.now())):
        return signing_in_page(form)
    return done(url_for("admin.sign_on.index"), _("Saved."))
