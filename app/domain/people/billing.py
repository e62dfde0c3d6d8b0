"""What staff see of somebody's profile, and the details that invoices need, which staff may put right."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.lookup import one
from app.domain.people.details import check_may_touch
from app.domain.profile.checks import is_country
from app.domain.profile.own import profile_row
from app.domain.profile.terms import BILLING_FACTS, BadProfile, Fault
from app.domain.reach import check_person_within_reach
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import Authenticator, Passkey, Person, PersonProfile, RecoveryCode
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class Billing:
    """Whom an invoice is made out to; "" for not given, the country as an ISO code."""

    billing_name: str = ""
    tax_id: str = ""
    billing_street: str = ""
    billing_postal_code: str = ""
    billing_city: str = ""
    billing_country: str = ""


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """What the front desk knows of somebody beside name and e-mail."""

    job_title: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    billing: Billing = Billing()
    has_factors: bool = False
    """Whether there is a second factor, or what is left of one, to take away."""


def person_and_sheet(session: Session, actor: Actor, person_id: int) -> tuple[Person, StaffSheet]:
    """One of the tenant's people with their sheet, an empty one for who never said anything; one statement.

    Raises NotFound, also for somebody out of reach.
    """
    if not 0 < person_id <= LARGEST_ID:
        raise NotFound
    found = session.execute(
        select(
            Person, PersonProfile, or_(*(_has_one(each) for each in (Authenticator, Passkey, RecoveryCode)))
        )
        .outerjoin(
            PersonProfile,
            and_(PersonProfile.tenant_id == Person.tenant_id, PersonProfile.person_id == Person.id),
        )
        .where(Person.id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    person: Person = found[0]
    profile: PersonProfile | None = found[1]
    check_person_within_reach(actor, person)
    sheet = StaffSheet() if profile is None else _sheet(profile)
    return person, replace(sheet, has_factors=bool(found[2]))


def _has_one(factor: type[Authenticator | Passkey | RecoveryCode]) -> ColumnElement[bool]:
    return exists().where(factor.tenant_id == Person.tenant_id, factor.person_id == Person.id)


def _sheet(row: PersonProfile) -> StaffSheet:
    billing = Billing(**{name: getattr(row, name) for name in BILLING_FACTS})
    return StaffSheet(row.job_title, row.phone, row.street, row.postal_code, row.city, row.country, billing)


def edit_billing(session: Session, actor: Actor, person_id: int, billing: Billing, clock: Clock) -> None:
    """Change whom somebody's invoices are made out to. Raises NotFound, StaffIsOwnersBusiness and BadProfile."""
    if not is_country(billing.billing_country):
        raise BadProfile({"billing_country": Fault.NO_COUNTRY})
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    check_may_touch(actor, person)
    profile = profile_row(session, person.id)
    before = {name: getattr(profile, name) for name in BILLING_FACTS}
    old, new = changes(before, asdict(billing))
    for name, value in new.items():
        setattr(profile, name, value)
    if new:
        record_row(session, actor, clock(), person, "billing_edited", before=old, after=new)
    session.flush()
