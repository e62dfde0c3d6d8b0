"""The demo people on the sign-in page, wherever the portal does not serve in earnest."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, request, url_for
from flask_babel import gettext as _
from wtforms.widgets import PasswordInput

from app.blueprints.auth.forms import SignInForm
from app.demo.logins import demo_addresses
from app.demo.spaces import PASSWORD
from app.settings import Settings
from app.web import auth
from app.web.database import session


@dataclass(frozen=True, slots=True)
class Demo:
    """`people` are (label, address that fills the form in as them); `example` is one of their e-mail addresses."""

    people: list[tuple[str, str]]
    example: str
    password: str


def demo(target: str) -> Demo | None:
    """What is offered to look around with, on the way to `target`; None in production, and where no demo is."""
    addresses = _addresses()
    if not addresses:
        return None
    labels = {"member": _("Member"), "contact": _("Contact"), "desk": _("Front desk"), "owner": _("Owner")}
    people = [(labels[who], url_for("auth.new", demo=who, next=target or None)) for who in addresses]
    return Demo(people, next(iter(addresses.values())), PASSWORD)


def sign_in_form() -> SignInForm:
    """The form, filled in for the demo person that the address names."""
    email = _addresses().get(request.args["demo"]) if "demo" in request.args else None
    if email is None:
        return SignInForm()
    form = SignInForm(email=email, password=PASSWORD)
    # A password that the README tells may be shown, so that one press signs in.
    form.password.widget = PasswordInput(hide_value=False)
    return form


def _addresses() -> dict[str, str]:
    if cast("Settings", current_app.extensions["portico_settings"]).production:
        return {}
    return demo_addresses(session(), auth.portal().slug)
