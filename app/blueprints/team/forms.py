"""Forms for who joins a team."""

from flask_babel import lazy_gettext as _l

from app.domain.people.terms import LONGEST_NAME
from app.web.forms import Form, TextField
from app.web.passwords import PasswordField


class JoinForm(Form):
    """Somebody new says who they are; the address is the invitation's."""

    first_name = TextField(_l("First name"), longest=LONGEST_NAME)
    last_name = TextField(_l("Last name"), longest=LONGEST_NAME)
    password = PasswordField(_l("Password"))
