"""Charges: what somebody owes, put down once, and gathered into a draft when its day has come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.invoicing.amounts import price_of
from app.domain.invoicing.drafting import put_charge_lines, put_drafts
from app.domain.invoicing.terms import MOST_LINES
from app.domain.lookup import hold_person
from app.domain.or_nothing import insert_each_or_nothing, insert_or_nothing
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


def put_charges(session: Session, charges: Iterable[NewCharge], now: datetime) -> None:
    """The same with several at once."""
    rows = [{name: getattr(each, name) for name in NewCharge.__slots__} for each in charges]
    insert_each_or_nothing(session, Charge, [{"created_at": now, **row} for row in rows])


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


def due_charges(session: Session, payer_ids: Collection[int], today: date) -> dict[int, list[Charge]]:
    """What each of these payers may be billed for on a local day, as an invoice lists it; no more than an invoice holds.

    Who may be billed for nothing is not in it.
    """
    place = func.row_number().over(partition_by=Charge.payer_id, order_by=(Charge.bill_on, Charge.id))
    wanted = (
        select(Charge.id, place.label("place"))
        .where(Charge.payer_id.in_(payer_ids), unbilled(), Charge.bill_on <= today)
        .subquery()
    )
    query = select(Charge).join(wanted, wanted.c.id == Charge.id).where(wanted.c.place <= MOST_LINES)
    found: dict[int, list[Charge]] = {}
    for charge in session.scalars(query.order_by(Charge.bill_on, Charge.id)):
        found.setdefault(charge.payer_id, []).append(charge)
    return found


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
    return next(iter(gather_each_in_hand(session, actor, [payer_id], today, now)), None)


def gather_each_in_hand(
    session: Session, actor: Actor | None, payer_ids: Collection[int], today: date, now: datetime
) -> list[Invoice]:
    """A draft for each of several payers who are held, where there is something to bill. Asks no more of the database than
    for one; raises as `gather`, having drafted nothing."""
    due = {payer: each for payer, each in due_charges(session, payer_ids, today).items() if _sum(each) >= 0}
    if not due:
        return []
    drafts = put_drafts(session, actor, _places(session, due), now)
    put_charge_lines(session, [(draft, due[draft.payer_id]) for draft in drafts])
    return drafts


def _sum(charges: list[Charge]) -> int:
    return sum(price_of(each.unit_minor, each.quantity_thousandths) for each in charges)


def _places(session: Session, due: dict[int, list[Charge]]) -> dict[int, int | None]:
    """Where all that each payer is billed for was had, if that is one place that is still run."""
    had = {payer: {charge.location_id for charge in charges} for payer, charges in due.items()}
    ids = set().union(*had.values()) - {None}
    run = select(Location.id).where(Location.id.in_(ids), Location.retired_at.is_(None))
    still = set(session.scalars(run)) if ids else set()
    return {payer: next(iter(at & still), None) if len(at) == 1 else None for payer, at in had.items()}
