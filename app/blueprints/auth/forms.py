"""Forms for who is not signed in."""

from flask_babel import lazy_gettext as _l

from app.web.forms import EmailField, Form, TextField
from app.web.passwords import PasswordField


class SignInForm(Form):
    email = EmailField(_l("E-mail"))
    password = PasswordField(_l("Password"))


class AddressForm(Form):
    """Where a mail may go."""

    email = EmailField(_l("E-mail"))


class ResetForm(Form):
    password = PasswordField(_l("New password"))


class CodeForm(Form):
    code = TextField(_l("Code"), longest=40)
