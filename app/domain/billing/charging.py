"""Charges: what somebody owes, put down once, and gathered into a draft when its day has come."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.invoicing.amounts import price_of
from app.domain.invoicing.drafting import put_charge_line, put_draft
from app.domain.invoicing.terms import MOST_LINES
from app.domain.lookup import hold_person
from app.domain.or_nothing import insert_or_nothing
from app.models import Charge, Invoice, InvoiceLine, Location
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class NewCharge:
    """Something to bill; see `models.Charge`."""

    payer_id: int
    reason_key: str
    description: str
    unit_minor: int
    tax_rate_id: int
    bill_on: date
    quantity_thousandths: int = 1000
    from_day: date | None = None
    until_day: date | None = None
    location_id: int | None = None


def put_charge(session: Session, charge: NewCharge, now: datetime) -> bool:
    """Put it down within a transaction that writes, unless its reason stands already, whatever it amounts to then.

    True when it is new.
    """
    values = {name: getattr(charge, name) for name in NewCharge.__slots__}
    return insert_or_nothing(session, Charge, created_at=now, **values) is not None


def take_back_charge(session: Session, reason_key: str) -> bool:
    """Forget a charge that nobody was billed for, within a transaction that writes.

    False when there is none, or when it stands on an invoice.
    """
    charge = session.scalars(
        select(Charge).where(Charge.reason_key == reason_key, unbilled()).with_for_update()
    ).one_or_none()
    if charge is None:
        return False
    session.delete(charge)
    session.flush()
    return True


def unbilled() -> ColumnElement[bool]:
    """Whether no line names a charge: thrown-away drafts give theirs back."""
    return ~exists().where(InvoiceLine.tenant_id == Charge.tenant_id, InvoiceLine.charge_id == Charge.id)


def due_payers(session: Session, today: date) -> list[int]:
    """Who has charges to be billed on a local day, in the order of their ids."""
    query = select(Charge.payer_id).where(unbilled(), Charge.bill_on <= today).distinct()
    return list(session.scalars(query.order_by(Charge.payer_id)))


def due_charges(session: Session, payer_id: int, today: date) -> list[Charge]:
    """What one payer may be billed for on a local day, as an invoice lists it; no more than an invoice holds."""
    query = select(Charge).where(Charge.payer_id == payer_id, unbilled(), Charge.bill_on <= today)
    return list(session.scalars(query.order_by(Charge.bill_on, Charge.id).limit(MOST_LINES)))


def gather(
    session: Session, actor: Actor | None, payer_id: int, today: date, now: datetime
) -> Invoice | None:
    """A draft of everything that one payer may be billed for; None where there is nothing, or less than nothing: what is
    given back waits for something that it can be taken off.

    `actor` None is the portal itself. Two at once make one draft: the second waits for the payer's row, and sees then
    that every charge stands on a line. Raises NotFound for somebody whose data is gone, and SellerUnknown.
    """
    begin_writing(session)
    hold_person(session, payer_id)
    return gather_in_hand(session, actor, payer_id, today, now)


def gather_in_hand(
    session: Session, actor: Actor | None, payer_id: int, today: date, now: datetime
) -> Invoice | None:
    """The same within a transaction that holds the payer. Raises as `gather`."""
    charges = due_charges(session, payer_id, today)
    if not charges or sum(price_of(each.unit_minor, each.quantity_thousandths) for each in charges) < 0:
        return None
    invoice = put_draft(session, actor, payer_id, _place(session, charges), now)
    for charge in charges:
        put_charge_line(session, invoice, charge)
    return invoice


def _place(session: Session, charges: list[Charge]) -> int | None:
    """Where all of it was had, if that is one place that is still run."""
    ids = {charge.location_id for charge in charges}
    query = select(Location.id).where(Location.id.in_(ids), Location.retired_at.is_(None))
    return session.scalars(query).one_or_none() if len(ids) == 1 else None
