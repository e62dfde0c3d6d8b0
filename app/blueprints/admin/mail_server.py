"""The tenant's own mail server: entered, tried, kept, given up. For owners, because every sign-in link passes it."""

import re
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import Trial, done, page
from app.blueprints.admin.sign_on.faults import fetching
from app.domain.actor import Permission
from app.domain.mail_server import UseServer, leave_server, own_server, typed_server, use_server
from app.models import MailSecurity
from app.ports import FetchFault, MailFault, MailMessage, MailNotSent, MailServer
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import EmailField, Form, SecretField, SegmentField, TextField, WholeField, options
from app.web.limits import by_account, wait_sentence
from app.web.ports import mail, secret_box

blueprint = Blueprint("mail_server", __name__, url_prefix="/settings/mail")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MOST_PORT = 65_535
_SECURITY = {
    MailSecurity.STARTTLS.value: _l("STARTTLS (usually 587)"),
    MailSecurity.TLS.value: _l("TLS (usually 465)"),
}


class MailServerForm(Form):
    host = TextField(_l("Server"), longest=253)
    port = WholeField(_l("Port"), least=1, most=_MOST_PORT)
    security = SegmentField(_l("Secured by"), choices=options(_SECURITY.items()))
    username = TextField(_l("Name to sign in with"), longest=254, required=False)
    password = SecretField(_l("Password"))
    sender = EmailField(_l("Mail comes from"))

    def validate_host(self, field: Any) -> None:
        if not _HOST.fullmatch(field.data):
            raise ValidationError(
                _("Enter a name such as smtp.example.com, without anything before or after it.")
            )

    def to_command(self) -> UseServer:
        return UseServer(
            self.host.data.lower(),
            self.port.data,
            MailSecurity(self.security.data),
            self.username.data,
            str(self.password.data or ""),
            self.sender.data,
        )


@blueprint.get("")
@staff(Permission.SIGN_ON, whole_house=True)
def show() -> Response:
    server = own_server(session())
    return _page(MailServerForm(formdata=None, data=_typed(server)), used=server is not None)


@blueprint.post("")
@staff(Permission.SIGN_ON, whole_house=True)
def update() -> Response:
    """Keep the server, or only try it: `trial` says that its button was pressed."""
    form = MailServerForm()
    used = own_server(session()) is not None
    if "trial" in request.form:
        if not form.validate():
            return _page(form, used=used, wrong=True)
        trial = _try(typed_server(session(), form.to_command(), secret_box()))
        return _page(form, used=used, trial=trial, wrong=not trial.worked)
    if not attempt(
        form, lambda: use_server(session(), signed_in(), form.to_command(), secret_box(), clock())
    ):
        return _page(form, used=used, wrong=True)
    return done(url_for("admin.mail_server.show"), _("Saved."))


@blueprint.post("/removal")
@staff(Permission.SIGN_ON, whole_house=True)
def destroy() -> Response:
    leave_server(session(), signed_in(), clock())
    session().commit()
    return done(url_for("admin.mail_server.show"), _("Mail goes through the host’s server again."))


def _page(form: MailServerForm, *, used: bool, trial: Trial | None = None, wrong: bool = False) -> Response:
    return page("admin/settings/mail.html", wrong=wrong, form=form, used=used, trial=trial)


def _typed(server: MailServer | None) -> dict[str, Any]:
    if server is None:
        return {"port": 587, "security": MailSecurity.STARTTLS.value}
    security = MailSecurity.TLS if server.tls else MailSecurity.STARTTLS
    return {
        "host": server.host,
        "port": server.port,
        "security": security.value,
        "username": server.username,
        "sender": server.sender,
    }


def _try(server: MailServer) -> Trial:
    """Send the person who asks a mail through it."""
    who, portal = auth.signed_in(), auth.portal()
    # Each asks a host and a port that somebody typed: enough to set one up, too little to look for open doors with.
    if wait := by_account("trial by account", who.email).spend():
        return Trial(worked=False, sentence=wait_sentence(wait))
    # Nobody else waits for a row of ours while a stranger's server thinks about it.
    session().rollback()
    subject = _("A test from %(name)s", name=portal.name)
    text = _("This mail came through %(host)s, so the server works.", host=server.host)
    message = MailMessage(
        to=who.email,
        subject=subject,
        text=f"{text}\n",
        html=render_template("mail/trial.html", subject=subject, text=text),
        sender_name=portal.name,
        tenant_id=portal.tenant_id,
        reference=f"trial.{auth.now():%Y%m%d%H%M%S%f}",
        server=server,
    )
    try:
        mail().send(message)
    except MailNotSent as refusal:
        return Trial(worked=False, sentence=_wrong(refusal, server))
    return Trial(worked=True, sentence=_("A test is on its way to %(email)s.", email=who.email))


def _wrong(refusal: MailNotSent, server: MailServer) -> str:
    said = str(refusal)
    if isinstance(refusal.fault, FetchFault):
        return fetching(refusal.fault, said.partition(": ")[2] or server.host)
    sentences = {
        MailFault.NOT_SECURE: _("It offers no secure connection (STARTTLS), so nothing was sent."),
        MailFault.LOGIN_REFUSED: _(
            "It does not accept the name and the password. It says: %(what)s", what=said
        ),
        MailFault.NO_LOGIN: _("It takes no name and password. Leave both empty."),
        MailFault.SENDER_REFUSED: _(
            "It takes no mail from %(sender)s. It says: %(what)s", sender=server.sender, what=said
        ),
        MailFault.ADDRESS_REFUSED: _("It takes no mail for your address. It says: %(what)s", what=said),
        MailFault.MAIL_REFUSED: _("It refused the mail itself. It says: %(what)s", what=said),
        MailFault.PASSWORD_UNREADABLE: _(
            "The stored password cannot be read with this server’s keys. Enter it again."
        ),
    }
    other = _("What answers there is no mail server, or not at this port: %(what)s", what=said)
    return sentences.get(refusal.fault, other) if refusal.fault else other
