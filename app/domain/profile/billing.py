"""What one's own invoices need to be made out to somebody: asked for before the first of them is written."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record
from app.domain.directory.index import index_people
from app.domain.invoicing.seller import payer_details
from app.domain.lookup import one
from app.domain.profile.checks import is_country
from app.domain.profile.own import profile_row, with_profile
from app.domain.profile.terms import BILLING_FACTS, BadProfile, Fault
from app.kernel.errors import Refusal
from app.models import Person
from app.models.invoice import TaxTreatment
from app.tenancy import begin_writing

_ADDRESS = ("street", "city", "country")
"""Without these a document has no address; there are countries without postal codes."""


class BillingMissing(Refusal):
    """What an invoice needs is not given. `fields` are of `BillingDetails`."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class BillingDetails:
    """Whom one's invoices are made out to, and one's company; "" for not given, the country as an ISO code."""

    billing_name: str = ""
    company: str = ""
    tax_id: str = ""
    billing_street: str = ""
    billing_postal_code: str = ""
    billing_city: str = ""
    billing_country: str = ""


def own_billing(session: Session, actor: Actor) -> BillingDetails:
    """What would be printed now: the billing details, and where there are none the own name and address. One statement."""
    person, profile = with_profile(session, actor.person_id)
    if profile is None:
        return BillingDetails(billing_name=person.name, company=person.company)
    given = BillingDetails(company=person.company, **{name: getattr(profile, name) for name in BILLING_FACTS})
    given = replace(given, billing_name=given.billing_name or person.name)
    if given.billing_street or given.billing_city:
        return given
    # As an invoice does: without an address to bill, the one they live at
    return replace(
        given,
        billing_street=profile.street,
        billing_postal_code=profile.postal_code,
        billing_city=profile.city,
        billing_country=profile.country,
    )


def missing(session: Session, actor: Actor, details: BillingDetails) -> frozenset[str]:
    """What an invoice to this person still needs. One statement."""
    needed = ["billing_name", *(f"billing_{name}" for name in _ADDRESS)]
    if payer_details(session, actor.person_id).treatment is TaxTreatment.REVERSE_CHARGE:
        needed.append("tax_id")
    return frozenset(name for name in needed if not getattr(details, name))


def give_billing(session: Session, actor: Actor, details: BillingDetails, now: datetime) -> None:
    """Keep what one's invoices are made out to. Raises BillingMissing, and BadProfile for what is no country."""
    if lacks := missing(session, actor, details):
        raise BillingMissing(lacks)
    if not is_country(details.billing_country):
        raise BadProfile({"billing_country": Fault.NO_COUNTRY})
    begin_writing(session)
    person = one(session, Person, actor.person_id, lock=True)
    profile = profile_row(session, person.id)
    if details.billing_name == person.name:
        # Their own name stands on it anyway, and is not to be there twice
        details = replace(details, billing_name="")
    before = {name: getattr(profile, name) for name in BILLING_FACTS} | {"company": person.company}
    _old, new = changes(before, asdict(details))
    for name, value in new.items():
        setattr(person if name == "company" else profile, name, value)
    if new:
        # By name only: what people say of themselves must not outlive its deletion in a trail that nobody can change.
        record(
            session,
            now,
            person.id,
            "person.updated",
            subject="person",
            subject_id=person.id,
            after={"profile": sorted(new)},
        )
    index_people(session, [person.id])
