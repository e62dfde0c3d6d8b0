"""Bookings that are billed at once, and change afterwards: what each part of them came to is compared with what was charged for it.
More is charged; less is credited on the invoice that it stands on (docs/decisions/0052-when-bookings-are-paid.md)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.reasons import booking_more_key, of_these_bookings, part_of_booking
from app.domain.invoicing.crediting import credit_in_hand, left_to_credit
from app.domain.invoicing.terms import CreditLines
from app.models import Allocation, Booking, Charge, DocumentKind, Invoice, InvoiceLine

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a booking comes to by now: the room, or one thing that was ordered with it."""

    booking_id: int
    charge: NewCharge


@dataclass(slots=True)
class _Billed:
    """What a part of a booking was charged until now, the latest first."""

    key: str
    charges: list[Charge]
    again: int = 0
    """How often it was charged anew since."""

    def next_key(self) -> str:
        self.again += 1
        return booking_more_key(self.key, len(self.charges) + self.again - 1)


@dataclass(slots=True)
class _Credit:
    """What is taken off one invoice."""

    amounts: dict[int, int]
    charges: dict[int, int]
    reasons: list[str]


def bill_differences(
    session: Session,
    booking_ids: Collection[int],
    parts: Sequence[Part],
    today: date,
    now: datetime,
) -> None:
    """Charge what these bookings came to cost more than was charged for them, and credit what they came to cost less, within a
    transaction that holds the bookings and who pays for them. Nothing of it twice: what was credited stands among the charges.

    What staff had credited by hand is not credited again. One that something was paid of is owed like every invoice for what it
    costs more, and not cancelled. Raises as `credit`.
    """
    wanted: dict[str, NewCharge] = {}
    for part in parts:
        known = part_of_booking(part.charge.reason_key)
        if known is not None:
            wanted[known[1]] = part.charge
    had = _charged(session, booking_ids)
    notes: dict[int, _Credit] = {}
    dearer: set[int] = set()
    for key in {**had, **wanted}:
        if _bill_part(session, _Billed(key, had.get(key, [])), wanted.get(key), notes, today, now):
            dearer.update(_bookings_of([key]))
    _issue_notes(session, notes, now)
    _keep_paid(session, [each for found in had.values() for each in found], dearer)


def credit_beyond(
    session: Session,
    booking_ids: Collection[int],
    owed: Mapping[str, int],
    today: date,
    now: datetime,
) -> None:
    """Credit what was charged for these bookings beyond what is owed of each part, by its key, and charge nothing: for whom nobody
    bills any more. Within such a transaction, and raises as `bill_differences`. What is kept is kept with the tax that it was
    billed with."""
    notes: dict[int, _Credit] = {}
    for key, charges in _charged(session, booking_ids).items():
        beyond = sum(each.unit_minor for each in charges) - owed.get(key, 0)
        if beyond > 0:
            _give_back(session, _Billed(key, charges), charges, beyond, notes, today, now)
    _issue_notes(session, notes, now)


def _issue_notes(session: Session, notes: Mapping[int, _Credit], now: datetime) -> None:
    for invoice_id, each in sorted(notes.items()):
        reason = ", ".join(dict.fromkeys(each.reasons))[:_LONGEST_REASON]
        credit_in_hand(session, None, CreditLines(invoice_id, each.amounts, reason, each.charges), now)


def _keep_paid(session: Session, charges: Sequence[Charge], dearer: set[int]) -> None:
    """Of those that cost more, the ones of which money has come for a charge wait for none any more. No statement for none."""
    before = {each.id: each.reason_key for each in charges}
    asked = [charge_id for charge_id, key in before.items() if dearer.intersection(_bookings_of([key]))]
    if not asked:
        return
    query = (
        select(InvoiceLine.charge_id)
        .join(
            Allocation,
            and_(
                Allocation.tenant_id == InvoiceLine.tenant_id, Allocation.invoice_id == InvoiceLine.invoice_id
            ),
        )
        .where(InvoiceLine.charge_id.in_(asked), Allocation.payment_id.is_not(None))
    )
    paid = _bookings_of(before[each] for each in session.scalars(query) if each is not None)
    if paid:
        session.execute(update(Booking).where(Booking.id.in_(paid)).values(pay_until=None))


def _bookings_of(reason_keys: Iterable[str]) -> set[int]:
    return {known[0] for key in reason_keys if (known := part_of_booking(key)) is not None}


def _bill_part(
    session: Session,
    billed: _Billed,
    due: NewCharge | None,
    notes: dict[int, _Credit],
    today: date,
    now: datetime,
) -> bool:
    """What was charged with another tax is given back with that tax, as far as it still stands, and charged with the one by now.
    Whether anything was charged."""
    more = (due.unit_minor if due else 0) - sum(each.unit_minor for each in billed.charges)
    same = [each for each in billed.charges if due is None or each.tax_rate_id == due.tax_rate_id]
    others = [each for each in billed.charges if each not in same]
    if others:
        more += _give_back(
            session, billed, others, sum(each.unit_minor for each in others), notes, today, now
        )
    if more > 0 and due is not None:
        again = billed.next_key() if billed.charges else due.reason_key
        put_charge(session, replace(due, unit_minor=more, reason_key=again), now)
        return True
    if more < 0:
        _give_back(session, billed, same, -more, notes, today, now)
    return False


def _charged(session: Session, booking_ids: Collection[int]) -> dict[str, list[Charge]]:
    """What was charged for these bookings, whoever it was charged to, by the part of it, the latest first."""
    query = select(Charge).where(of_these_bookings(Charge.reason_key, booking_ids))
    found: dict[str, list[Charge]] = {}
    for charge in session.scalars(query.order_by(Charge.id.desc())):
        known = part_of_booking(charge.reason_key)
        if known is not None:
            found.setdefault(known[1], []).append(charge)
    return found


def _give_back(
    session: Session,
    billed: _Billed,
    charged: list[Charge],
    less: int,
    notes: dict[int, _Credit],
    today: date,
    now: datetime,
) -> int:
    """Of what was charged last first: on the invoice that it stands on, and where it stands on none off what is billed next. How
    much that was: what staff have credited is not there any more."""
    lines, before = _issued_lines(session, [each.id for each in charged]), less
    for charge in charged:
        if less <= 0:
            break
        if charge.unit_minor <= 0:
            continue
        line = lines.get(charge.id)
        most = charge.unit_minor if line is None else _left(session, line, notes)
        minor = min(most, less)
        if minor <= 0:
            continue
        back = NewCharge(
            charge.payer_id,
            billed.next_key(),
            charge.description,
            -minor,
            charge.tax_rate_id,
            today,
            location_id=charge.location_id,
        )
        put_charge(session, back, now)
        less -= minor
        if line is not None:
            _note_credit(session, notes, line, back)
    return before - less


def _note_credit(session: Session, notes: dict[int, _Credit], line: InvoiceLine, back: NewCharge) -> None:
    charge_id = session.scalars(select(Charge.id).where(Charge.reason_key == back.reason_key)).one()
    credit = notes.setdefault(line.invoice_id, _Credit({}, {}, []))
    credit.amounts[line.id], credit.charges[line.id] = -back.unit_minor, charge_id
    credit.reasons.append(back.description)


def _issued_lines(session: Session, charge_ids: Collection[int]) -> dict[int, InvoiceLine]:
    """The lines of issued invoices on which charges stand, by the charge."""
    rows = session.scalars(
        select(InvoiceLine)
        .join(Invoice, and_(Invoice.tenant_id == InvoiceLine.tenant_id, Invoice.id == InvoiceLine.invoice_id))
        .where(
            InvoiceLine.charge_id.in_(charge_ids),
            Invoice.issued_at.is_not(None),
            Invoice.kind == DocumentKind.INVOICE,
        )
    )
    return {line.charge_id: line for line in rows if line.charge_id is not None}


def _left(session: Session, line: InvoiceLine, notes: Mapping[int, _Credit]) -> int:
    """What of a line was not credited yet, by staff or here."""
    if line.invoice_id in notes and line.id in notes[line.invoice_id].amounts:
        return 0
    invoice = session.get_one(Invoice, line.invoice_id)
    return next((left for each, left in left_to_credit(session, invoice) if each.id == line.id), 0)
