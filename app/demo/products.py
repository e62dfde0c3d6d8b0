"""What the demo's shops sell, a locker that the member has, and what lies in their basket."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.products.keeping import create_product
from app.domain.products.terms import ProductDetails
from app.kernel.walltime import local_date, zone
from app.models import (
    BasketLine,
    Contract,
    Location,
    Person,
    PlanAudience,
    Product,
    ProductBilling,
    ProductSubscription,
    TaxCategory,
    TaxRate,
)
from app.models.plan import running_on
from app.tenancy import begin_writing

_NEXT: dict[str, Any] = {"billing": ProductBilling.NEXT}
_CARD: dict[str, Any] = {"price_minor": 2400}
_LOCKER: dict[str, Any] = {
    "price_minor": 1500,
    "recurring": True,
    "stock": 18,
    "audience": PlanAudience.MEMBERS,
    **_NEXT,
}
_PRINTS: dict[str, Any] = {"price_minor": 900, **_NEXT}
_TICKET: dict[str, Any] = {"price_minor": 1200, "stock": 4}
_PRODUCTS: dict[str, dict[str, dict[str, Any]]] = {
    "northlight": {
        "Coffee card": {"description": "Ten coffees from the machine on level 2.", **_CARD},
        "Locker": {"description": "A locker with a key of your own, by the cloakroom.", **_LOCKER},
        "Print pack": {"description": "A hundred pages in black, or thirty in colour.", **_PRINTS},
        "Winter supper": {"description": "Thursday at seven, at the long table. Soup included.", **_TICKET},
    },
    "harbour": {
        "Tarjeta de café": {"description": "Diez cafés de la máquina de la planta baja.", **_CARD},
        "Taquilla": {"description": "Una taquilla con llave propia, junto al guardarropa.", **_LOCKER},
        "Bono de impresión": {"description": "Cien páginas en negro, o treinta en color.", **_PRINTS},
        "Cena de invierno": {"description": "El jueves a las siete, en la mesa larga.", **_TICKET},
    },
}


def fill_shop(session: Session, space: DemoSpace, now: datetime) -> None:
    """Put the products on sale, unless somebody did before."""
    if session.scalars(select(Product.id).limit(1)).first() is not None:
        return
    owner = demo_owner(session)
    taxed = TaxRate.category == TaxCategory.STANDARD
    rate_id = session.scalars(select(TaxRate.id).where(taxed, TaxRate.retired_at.is_(None)).limit(1)).one()
    place_id = session.scalars(select(Location.id).order_by(Location.position, Location.id).limit(1)).one()
    for position, (name, about) in enumerate(_PRODUCTS[space.tenant.slug].items()):
        # What there are so many of is in one place
        where = place_id if "stock" in about else None
        wish = ProductDetails(name, tax_rate_id=rate_id, position=position, location_id=where, **about)
        create_product(session, owner, wish, now)
        session.commit()
    _member(session, space, now)


def _member(session: Session, space: DemoSpace, now: datetime) -> None:
    """The member has the locker, paid for as long as their contract is, and means to buy a coffee card."""
    begin_writing(session)
    today = local_date(now, zone(space.tenant.zone))
    person_id = session.scalars(select(Person.id).where(Person.email_key.like("member@%"))).one()
    contract = session.scalars(
        select(Contract).where(Contract.person_id == person_id, running_on(today)).limit(1)
    ).one()
    locker = session.scalars(select(Product).where(Product.recurring.is_(True))).one()
    card = session.scalars(select(Product).where(Product.position == 0)).one()
    session.add_all(
        [
            ProductSubscription(
                person_id=person_id,
                product_id=locker.id,
                contract_id=contract.id,
                quantity=1,
                price_minor=locker.price_minor,
                tax_rate_id=locker.tax_rate_id,
                starts_on=contract.starts_on,
                billed_until=contract.billed_until,
            ),
            BasketLine(person_id=person_id, product_id=card.id, quantity=1),
        ]
    )
    session.commit()
