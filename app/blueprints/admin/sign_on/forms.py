"""The forms of a provider: how it is reached, and what it may decide."""

import re
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.blueprints.admin.sign_on.presets import PRESETS, Preset
from app.domain.sign_on.terms import ProviderDetails
from app.models import SignOnProvider
from app.web.forms import CheckField, Form, SecretField, TextField

_PARTS = ("server", "realm", "domain", "auth_server", "directory", "issuer")
_DOMAIN = re.compile(r"(?!-)[^\s@/:]+\.[^\s@/:.]+")


class ConnectionForm(Form):
    """How an OpenID provider is reached. Which of the parts are there is the preset's to say."""

    name = TextField(_l("What your people call it"), longest=60)
    server = TextField(_l("Address of the server"), longest=200)
    realm = TextField(_l("Realm"), longest=100)
    domain = TextField(_l("Domain"), longest=200)
    auth_server = TextField(_l("Authorization server"), longest=100, required=False)
    directory = TextField(_l("Directory (tenant) ID"), longest=100)
    issuer = TextField(_l("Issuer"), longest=300)
    client_id = TextField(_l("Client ID"), longest=200)
    secret = SecretField(_l("Client secret"))

    def __init__(self, preset: Preset, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preset = preset
        for part in _PARTS:
            if part not in preset.fields:
                del self[part]

    def details(self, was: ProviderDetails) -> ProviderDetails:
        """The provider with this connection."""
        parts = {part: str(self[part].data or "") for part in self.preset.fields}
        settings = {key: value for key, value in was.settings.items() if key not in _PARTS}
        settings |= parts | {
            "preset": self.preset.key,
            "issuer": self.preset.issuer(parts),
            "client_id": self.client_id.data or "",
        }
        return replace(was, name=self.name.data or "", settings=settings, secret=self.secret.data or None)


def connection_form(provider: SignOnProvider, preset: Preset) -> ConnectionForm:
    """The form, filled in with what is there."""
    kept = {key: value for key, value in provider.settings.items() if key in (*_PARTS, "client_id")}
    return ConnectionForm(preset, formdata=None, data={"name": provider.name, **kept})


class PolicyForm(Form):
    """What a provider may decide."""

    button = TextField(_l("What the button says"), longest=60, required=False)
    creates_people = CheckField(_l("Let in people who are not known yet"))
    trusted = CheckField(_l("Open the account of whoever has the same e-mail"))
    vouches_for_email = CheckField(_l("Believe its e-mail addresses without a word that they are checked"))
    email_domains = TextField(_l("Only e-mail addresses of these domains"), longest=1000, required=False)
    group_claim = TextField(_l("Claim that holds the groups"), longest=120, required=False)
    group_teams = TextField(_l("Groups and their teams"), longest=4000, required=False, multiline=True)
    forbids_member_passwords = CheckField(_l("Members must not sign in with a password"))
    forbids_staff_passwords = CheckField(_l("Staff must not sign in with a password"))

    def validate_email_domains(self, field: TextField) -> None:
        wrong = [domain for domain in _domains(field.data) if not _DOMAIN.fullmatch(domain)]
        if wrong:
            raise ValidationError(
                _("%(domain)s is not a domain. One looks like example.com.", domain=wrong[0])
            )

    def validate_group_teams(self, field: TextField) -> None:
        for line in (field.data or "").splitlines():
            if line.strip() and not all(part.strip() for part in _pair(line)):
                raise ValidationError(_("Write one pair a line, like: staff = Team Blue"))

    def details(self, was: ProviderDetails) -> ProviderDetails:
        """The provider with this policy."""
        pairs = (_pair(line) for line in (self.group_teams.data or "").splitlines() if line.strip())
        return replace(
            was,
            button=self.button.data or "",
            settings={**was.settings, "vouches_for_email": bool(self.vouches_for_email.data)},
            creates_people=bool(self.creates_people.data),
            email_domains=tuple(_domains(self.email_domains.data)),
            trusted=bool(self.trusted.data),
            group_claim=self.group_claim.data or "",
            group_teams={group.strip(): team.strip() for group, team in pairs},
            forbids_member_passwords=bool(self.forbids_member_passwords.data),
            forbids_staff_passwords=bool(self.forbids_staff_passwords.data),
        )


def policy_form(provider: SignOnProvider) -> PolicyForm:
    """The form, filled in with what is there."""
    return PolicyForm(
        formdata=None,
        data={
            "button": provider.button,
            "creates_people": provider.creates_people,
            "trusted": provider.trusted,
            "vouches_for_email": provider.settings.get("vouches_for_email") is True,
            "email_domains": ", ".join(provider.email_domains),
            "group_claim": provider.group_claim,
            "group_teams": "\n".join(f"{group} = {team}" for group, team in provider.group_teams.items()),
            "forbids_member_passwords": provider.forbids_member_passwords,
            "forbids_staff_passwords": provider.forbids_staff_passwords,
        },
    )


def new_details(key: str) -> ProviderDetails:
    """What a provider of that preset begins as. Raises KeyError for one that there is not."""
    preset = PRESETS[key]
    settings = {"preset": key}
    if not preset.fields:
        settings["issuer"] = preset.issuer({})
    return ProviderDetails(name=preset.name, settings=settings)


def _domains(typed: str | None) -> list[str]:
    return [domain.removeprefix("@").casefold() for domain in re.split(r"[\s,;]+", typed or "") if domain]


def _pair(line: str) -> tuple[str, str]:
    group, _equals, team = line.rpartition("=")
    return group, team
