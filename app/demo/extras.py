"""What the demo's spaces offer with a booking, what the member has ordered with the next one, and who comes to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.extras.keeping import create_extra
from app.domain.extras.terms import ExtraDetails, cost_of
from app.kernel.spans import Span
from app.models import (
    Booking,
    BookingExtra,
    BookingExtraOffer,
    BookingGuest,
    BookingStatus,
    ExtraPricing,
    Person,
    TaxCategory,
    TaxRate,
)

_LUNCH: dict[str, Any] = {
    "price_minor": 1250,
    "pricing": ExtraPricing.PERSON,
    "lead_hours": 24,
    "cancel_percent": 100,
}
_COFFEE: dict[str, Any] = {"price_minor": 350, "pricing": ExtraPricing.PERSON, "lead_hours": 2}
_PROJECTOR: dict[str, Any] = {"price_minor": 600, "pricing": ExtraPricing.HOUR, "stock": 2}
_FLIPCHART: dict[str, Any] = {"price_minor": 0, "pricing": ExtraPricing.BOOKING, "stock": 4}
_EXTRAS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "northlight": {
        "Lunch": ("Soup, bread and a salad, brought to the room.", _LUNCH),
        "Coffee and tea": ("A flask of each, with oat milk.", _COFFEE),
        "Projector": ("With a screen on wheels.", _PROJECTOR),
        "Flipchart": ("With paper and pens.", _FLIPCHART),
    },
    "harbour": {
        "Comida": ("Crema, pan y ensalada, en la sala.", _LUNCH),
        "Café y té": ("Un termo de cada, con bebida de avena.", _COFFEE),
        "Proyector": ("Con pantalla de ruedas.", _PROJECTOR),
        "Pizarra de papel": ("Con hojas y rotuladores.", _FLIPCHART),
    },
}


def offer_extras(session: Session, space: DemoSpace, now: datetime) -> None:
    """Offer them unless something is on offer, and have the member order lunch and expect a guest."""
    if session.scalars(select(BookingExtraOffer.id).limit(1)).first() is not None:
        return
    standard = select(TaxRate.id).where(TaxRate.category == TaxCategory.STANDARD).order_by(TaxRate.position)
    rate_id = session.scalars(standard.limit(1)).first()
    owner, made = demo_owner(session), []
    for position, (name, (description, facts)) in enumerate(_EXTRAS.get(space.tenant.slug, {}).items()):
        details = ExtraDetails(name, description, tax_rate_id=rate_id, position=position, **facts)
        made.append(create_extra(session, owner, details, now))
    booking = session.scalars(
        select(Booking)
        .join(Person, Person.id == Booking.person_id)
        .where(
            Person.email_key == f"member@{space.tenant.slug}.test",
            Booking.starts_at > now,
            Booking.status == BookingStatus.CONFIRMED,
        )
        .order_by(Booking.starts_at)
        .limit(1)
    ).first()
    if booking is None:
        return
    session.add(
        BookingGuest(booking_id=booking.id, person_id=booking.person_id, name="Nadia Rossi", added_at=now)
    )
    minutes = Span(booking.starts_at, booking.ends_at).minutes
    for offer in made[:2]:
        session.add(
            BookingExtra(
                booking_id=booking.id,
                offer_id=offer.id,
                name=offer.name,
                quantity=booking.people,
                price_minor=offer.price_minor,
                pricing=offer.pricing,
                total_minor=cost_of(offer.price_minor, offer.pricing, booking.people, minutes),
                tax_rate_id=offer.tax_rate_id,
                lead_hours=offer.lead_hours,
                cancel_percent=offer.cancel_percent,
            )
        )
    session.flush()
