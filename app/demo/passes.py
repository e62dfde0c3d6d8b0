"""Passes of the demo's spaces: kinds, a product that carries one, a time pass of Northlight's contact; at Harbour, where one pays
as one goes, the visits of its contact."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import day_visit_key
from app.domain.credits.granting import ChangeCredit, give
from app.domain.credits.terms import Holder
from app.domain.credits.visiting import ask_for_passes
from app.domain.passes.fitting import Window
from app.domain.passes.keeping import PassDetails, create_pass
from app.domain.pay_as_you_go.setting import set_visit_price
from app.domain.pay_as_you_go.terms import VisitPrice
from app.domain.plans.terms import Benefit
from app.domain.products.keeping import create_product
from app.domain.products.terms import ProductDetails
from app.kernel.cycles import DAY
from app.kernel.walltime import local_date, zone
from app.models import (
    CheckIn,
    CreditKind,
    Location,
    PaidBy,
    PaidVisit,
    PassType,
    Person,
    TaxCategory,
    TaxRate,
)
from app.tenancy import begin_writing

_WORKDAYS = range(5)
_MORNINGS = tuple(Window(day, 8 * 60, 13 * 60) for day in _WORKDAYS)
_EVENINGS = (
    *(Window(day, 17 * 60, 22 * 60) for day in _WORKDAYS),
    *(Window(day, 8 * 60, 22 * 60) for day in (5, 6)),
)
_KINDS = {
    "northlight": (("Mornings", _MORNINGS), ("Evenings and weekends", _EVENINGS)),
    "harbour": (("Mañanas", _MORNINGS), ("Tardes y fines de semana", _EVENINGS)),
}
"""Of days, and of hours in the house."""
_PRODUCT = {
    "northlight": ("Ten mornings", "Ten mornings at any desk, on working days until one."),
    "harbour": ("Diez mañanas", "Diez mañanas en cualquier mesa, de lunes a viernes hasta la una."),
}
_PRODUCT_MINOR = 11000
_HOURS = 12
_DAY_MINOR = 1800
_DAYS_AGO = (1, 6, 8)
_STAY = timedelta(hours=5)


def let_visitors_in(session: Session, space: DemoSpace, now: datetime) -> None:
    """Have whoever is on no plan need a pass, and make what there is to have, unless somebody did before."""
    if session.scalars(select(PassType.id).limit(1)).first() is not None:
        return
    slug, owner = space.tenant.slug, demo_owner(session)
    ask_for_passes(session, owner, now, needed=True)
    session.commit()
    (mornings, at_eight), (evenings, later) = _KINDS[slug]
    of_days = create_pass(session, owner, PassDetails(mornings, windows=at_eight), now).id
    session.commit()
    details = PassDetails(evenings, CreditKind.MINUTES, 1, later)
    of_hours = create_pass(session, owner, details, now).id
    session.commit()
    taxed = TaxRate.category == TaxCategory.STANDARD
    rate_id = session.scalars(select(TaxRate.id).where(taxed, TaxRate.retired_at.is_(None)).limit(1)).one()
    name, description = _PRODUCT[slug]
    carried = (Benefit(CreditKind.DAYS, 10, pass_type_id=of_days),)
    product = ProductDetails(
        name, _PRODUCT_MINOR, rate_id, description=description, benefits=carried, credit_days=90, position=9
    )
    create_product(session, owner, product, now)
    session.commit()
    contact = session.scalars(select(Person.id).where(Person.email_key == f"contact@{slug}.test")).one()
    if slug == "northlight":
        minutes = ChangeCredit(
            Holder(contact), CreditKind.MINUTES, _HOURS * 60, (), "Try an evening", pass_type_id=of_hours
        )
        give(session, owner, minutes, now)
    else:
        today = local_date(now, zone(space.tenant.zone))
        price = VisitPrice(
            offered=True, paid_by=PaidBy.DAY, price_minor=_DAY_MINOR, cap_minor=None, tax_rate_id=rate_id
        )
        set_visit_price(session, owner, price, today, now)
        session.commit()
        _visits(session, contact, rate_id, now)
    session.commit()


def _visits(session: Session, person_id: int, rate_id: int, now: datetime) -> None:
    """Days in the house that come with their next invoice."""
    begin_writing(session)
    place = session.scalars(select(Location).order_by(Location.position, Location.id).limit(1)).one()
    tz = zone(place.zone)
    for ago in reversed(_DAYS_AGO):
        at = now - timedelta(days=ago)
        day = local_date(at, tz)
        visit = PaidVisit(
            person_id=person_id,
            location_id=place.id,
            day=day,
            paid_by=PaidBy.DAY,
            price_minor=_DAY_MINOR,
            tax_rate_id=rate_id,
            charged_minor=_DAY_MINOR,
        )
        session.add(visit)
        session.flush()
        session.add(
            CheckIn(
                person_id=person_id,
                location_id=place.id,
                starts_at=at,
                ends_at=min(at + _STAY, now),
                paid_visit_id=visit.id,
            )
        )
        charge = NewCharge(
            person_id,
            day_visit_key(person_id, day),
            f"Pase de día, {place.name}, {day:%d/%m/%Y}",
            _DAY_MINOR,
            rate_id,
            local_date(now, tz) + DAY,
            from_day=day,
            until_day=day,
            location_id=place.id,
        )
        put_charge(session, charge, now)
    session.flush()
