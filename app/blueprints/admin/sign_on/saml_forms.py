"""The forms of a SAML provider: its description or what stands in one, and which attribute means what."""

from contextlib import closing
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField
from wtforms.validators import ValidationError

from app.domain.sign_on.saml import SamlSetup, described, setup_of
from app.domain.sign_on.terms import Kit
from app.models import SignOnProvider
from app.web.forms import CheckField, Form, Label, TextField

_NAMES = ("email", "first_name", "last_name", "subject")
_END = "-----END CERTIFICATE-----"
_LARGEST = 1024 * 1024
_LONGEST_ADDRESS = 1000


class DescriptionFile(FileField):
    """A metadata file; `data` is its bytes, or None when none was chosen."""

    def __init__(self, label: Label = None, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": ".xml,application/xml,text/xml"}, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = next((value for value in valuelist if isinstance(value, FileStorage) and value.filename), None)
        if sent is None:
            return
        with closing(sent):
            data = sent.stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ValidationError(_("The file is too large to be a description."))
        self.data = data


class SamlForm(Form):
    """How a SAML provider is reached: by its description, else by hand."""

    name = TextField(_l("What your people call it"), longest=60)
    description_url = TextField(_l("Address of its metadata"), longest=_LONGEST_ADDRESS, required=False)
    description = DescriptionFile(_l("Or its metadata as a file"))
    entity_id = TextField(_l("Entity ID"), longest=300, required=False)
    sign_on_url = TextField(_l("Address for signing in"), longest=_LONGEST_ADDRESS, required=False)
    logout_url = TextField(_l("Address for signing out"), longest=_LONGEST_ADDRESS, required=False)
    certificates = TextField(_l("Its certificates"), longest=40_000, required=False, multiline=True)

    def setup(self, was: SamlSetup, kit: Kit) -> SamlSetup:
        """The setup that the form asks for. Raises SignOnFailed for a description that cannot be had or read."""
        url = self.description_url.data or ""
        if self.description.data:
            return replace(
                described(kit.saml.read_description(self.description.data), was), description_url=""
            )
        if url:
            return replace(described(kit.saml.fetch_description(url), was), description_url=url)
        return replace(
            was,
            entity_id=self.entity_id.data or "",
            sign_on_url=self.sign_on_url.data or "",
            logout_url=self.logout_url.data or "",
            certificates=tuple(kit.saml.read_certificate(one) for one in _each(self.certificates.data)),
            description_url="",
        )

    @property
    def source(self) -> str:
        """The field that what cannot be read came from."""
        if self.description.data:
            return "description"
        return "description_url" if self.description_url.data else "certificates"


def saml_form(provider: SignOnProvider) -> SamlForm:
    """The form, filled in with what is there."""
    setup = setup_of(provider)
    return SamlForm(
        formdata=None,
        data={
            "name": provider.name,
            "description_url": setup.description_url,
            "entity_id": setup.entity_id,
            "sign_on_url": setup.sign_on_url,
            "logout_url": setup.logout_url,
            "certificates": "\n".join(one.strip() for one in setup.certificates),
        },
    )


class AttributesForm(Form):
    """Which attribute means what, and how freely the provider may answer."""

    email = TextField(_l("E-mail"), longest=300, required=False)
    first_name = TextField(_l("First name"), longest=300, required=False)
    last_name = TextField(_l("Last name"), longest=300, required=False)
    subject = TextField(_l("What tells people apart"), longest=300, required=False)
    any_name_id = CheckField(_l("Let it choose the form of the NameID"))
    unasked = CheckField(_l("People may start at the provider's own page"))

    def setup(self, was: SamlSetup) -> SamlSetup:
        """The setup with these choices."""
        names = {what: self[what].data for what in _NAMES if self[what].data}
        return replace(
            was, names=names, any_name_id=bool(self.any_name_id.data), unasked=bool(self.unasked.data)
        )


def attributes_form(provider: SignOnProvider) -> AttributesForm:
    """The form, filled in with what is there."""
    setup = setup_of(provider)
    switches = {"any_name_id": setup.any_name_id, "unasked": setup.unasked}
    return AttributesForm(formdata=None, data={**setup.names, **switches})


def _each(typed: str | None) -> list[str]:
    """Several certificates one after the other, in PEM; or a single one in bare base64."""
    return [
        part.strip() + (f"\n{_END}" if "BEGIN" in part else "")
        for part in (typed or "").split(_END)
        if part.strip()
    ]
