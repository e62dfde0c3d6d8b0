"""Credit of the demo's member: what their bookings used of their plan's, and a present; day passes of Northlight’s contact."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.booking.paying import pay_by_credit
from app.domain.credits.granting import ChangeCredit, give
from app.domain.credits.terms import Holder
from app.models import Booking, BookingStatus, CreditKind, CreditLine, Person
from app.tenancy import begin_writing

_PRESENT_MINOR = 1000
_DAYS = 3
_WELCOME = {"northlight": "Come and try it"}
"""With day passes; at Harbour one pays as one goes."""
_WORDS = {
    "northlight": "Sorry about the broken projector",
    "harbour": "Perdona lo del proyector",
}


def use_credits(session: Session, space: DemoSpace, now: datetime) -> None:
    """Let credit pay for the member's bookings, unless somebody used some before."""
    if session.scalars(select(CreditLine.id).where(CreditLine.booking_id.is_not(None)).limit(1)).first():
        return
    slug = space.tenant.slug
    member = session.scalars(select(Person.id).where(Person.email_key == f"member@{slug}.test")).one()
    present = ChangeCredit(Holder(member), CreditKind.MONEY, _PRESENT_MINOR, (), _WORDS[slug])
    give(session, demo_owner(session), present, now)
    if slug in _WELCOME:
        contact = session.scalars(select(Person.id).where(Person.email_key == f"contact@{slug}.test")).one()
        days = ChangeCredit(Holder(contact), CreditKind.DAYS, _DAYS, (), _WELCOME[slug])
        give(session, demo_owner(session), days, now)
    session.commit()
    begin_writing(session)
    bookings = session.scalars(
        select(Booking)
        .where(Booking.person_id == member, Booking.status == BookingStatus.CONFIRMED)
        .order_by(Booking.starts_at)
    ).all()
    for booking in bookings:
        pay_by_credit(session, booking, now)
    session.commit()
