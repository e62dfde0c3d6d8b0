"""What must be true of the money of bookings: of credit, of charges and of the documents that they stand on."""

from collections import Counter
from datetime import timedelta
from typing import Any

from tests.support.busy.house import PAY_WITHIN
from tests.support.busy.rows import Rows

_WITHIN = timedelta(minutes=PAY_WITHIN)


def check_paid(rows: Rows) -> None:
    """All of it at one moment."""
    assert not overdrawn(rows), "more credit used than given"
    _check_credit(rows)
    _check_charges(rows)
    _check_documents(rows)


def check_given_up(before: Rows, rows: Rows) -> None:
    """After nothing but what the worker does each minute: cancelled is what was to be paid by now, was billed for so long, and of which
    nothing was paid; and nothing else."""
    for booking_id, was in before.bookings.items():
        if was.status == "confirmed":
            cancelled = rows.bookings[booking_id].status == "cancelled"
            assert cancelled == _is_unpaid(before, was), booking_id


def owed(rows: Rows, booking_id: int) -> Counter[str]:
    """What is left to bill of a booking, by the keys of its parts: the room, and what was ordered with it and is taxed."""
    booking, room = rows.bookings[booking_id], f"booking:{booking_id}"
    found = Counter({room: due_of(rows, booking_id)})
    if booking.status == "cancelled":
        kept = booking.quote.get("cancellation", {}).get("extras", ())
        found.update({f"{room}:extra:{each['line_id']}": each["minor"] for each in kept})
    elif booking.status == "confirmed":
        lines = [each for each in rows.extras if each.booking_id == booking_id and each.tax_rate_id]
        found.update({f"{room}:extra:{each.id}": each.total_minor for each in lines})
    return found


def due_of(rows: Rows, booking_id: int) -> int:
    """What is left to bill of a room: its price less what credit paid, or what cancelling it late keeps."""
    booking = rows.bookings[booking_id]
    if booking.status == "cancelled":
        return int(booking.quote.get("cancellation", {}).get("due_minor", 0))
    if booking.status != "confirmed":
        return 0
    credit = booking.quote.get("credit", {})
    paid = credit.get("worth_minor", 0) + credit.get("money_minor", 0)
    assert 0 <= paid <= booking.price_minor
    return int(booking.price_minor - paid)


def overdrawn(rows: Rows) -> list[int]:
    """Grants of which more was used than was given, or more came back than was used."""
    left: Counter[int] = Counter()
    for line in rows.lines:
        left[line.grant_id] += line.amount
    return [grant.id for grant in rows.grants if not 0 <= left[grant.id] <= grant.amount]


def _check_credit(rows: Rows) -> None:
    """What the quotes say that credit pays is what was used of the grants."""
    kinds = {grant.id: grant.kind for grant in rows.grants}
    used: Counter[tuple[int | None, str]] = Counter()
    for line in rows.lines:
        used[line.booking_id, kinds[line.grant_id]] -= line.amount
    for booking in rows.bookings.values():
        said: dict[str, int] = {}
        if booking.status == "confirmed":
            said = booking.quote.get("credit", {})
        elif booking.status == "cancelled":
            said = booking.quote.get("cancellation", {}).get("kept", {})
        assert used[booking.id, "time"] == said.get("minutes", 0)
        assert used[booking.id, "money"] == said.get("money_minor", 0)


def _check_charges(rows: Rows) -> None:
    """What was charged for each part of a booking is what is left to pay of it, unless it waits to be billed; and prices are those of
    the quotes."""
    charged: dict[int, Counter[str]] = {}
    for charge in rows.charges.values():
        booking_id, part = _part(charge)
        charged.setdefault(booking_id, Counter())[part] += charge.unit_minor
    for booking in rows.bookings.values():
        assert booking.price_minor == booking.quote["total_minor"]
        if booking.id not in rows.unbilled:
            assert charged.get(booking.id, Counter()) == owed(rows, booking.id)
        else:
            assert booking.status in ("confirmed", "cancelled")
            # Only what is paid at once is billed before it is over, and then looked at again
            assert booking.pays == "now" or booking.id not in charged


def _check_documents(rows: Rows) -> None:
    """A charge is billed once, as it is: less than nothing on a credit note for the same thing. What is paid at once is billed in the
    transaction that charges it, and nothing is credited or settled twice."""
    credited: Counter[int] = Counter()
    for line in rows.lines_billed.values():
        charge = rows.charges[line.charge_id]
        note = rows.documents[line.invoice_id].kind == "credit_note"
        assert charge.unit_minor == (-line.unit_minor if note else line.unit_minor)
        if note:
            credited[line.credits_line_id] += line.unit_minor
            billed = rows.lines_billed[line.credits_line_id]
            assert _part(rows.charges[billed.charge_id]) == _part(charge)
            assert rows.documents[billed.invoice_id].payer_id == rows.documents[line.invoice_id].payer_id
    assert all(minor <= rows.lines_billed[each].unit_minor for each, minor in credited.items())
    on_lines = Counter(line.charge_id for line in rows.lines_billed.values())
    for charge in rows.charges.values():
        booking = rows.bookings[_part(charge)[0]]
        assert on_lines[charge.id] == 1 or (booking.pays != "now" and not on_lines[charge.id])
    settled: Counter[int] = Counter()
    for each in rows.allocations:
        settled[each.invoice_id] += each.amount_minor
    assert all(minor <= rows.documents[each].total_minor for each, minor in settled.items())


def _part(charge: Any) -> tuple[int, str]:
    """For which booking a charge is, and for which part of it: `booking:7:extra:3:more:1` is for the third thing that was ordered."""
    words = charge.reason_key.split(":")
    return int(words[1]), ":".join(words[: 4 if words[2:3] == ["extra"] else 2])


def _is_unpaid(rows: Rows, booking: Any) -> bool:
    """Of a confirmed booking that is paid at once, and has not begun."""
    if booking.pay_until is None or booking.pay_until > rows.now or booking.starts_at <= rows.now:
        return False
    charges = {each.id for each in rows.charges.values() if _part(each)[0] == booking.id}
    bills = {
        line.invoice_id
        for line in rows.lines_billed.values()
        if line.charge_id in charges and rows.documents[line.invoice_id].kind == "invoice"
    }
    paid = any(each.invoice_id in bills and each.payment_id for each in rows.allocations)
    billed = min((rows.documents[each].issued_at for each in bills), default=rows.now)
    is_open = any(_open(rows, each) > 0 for each in bills)
    return is_open and not paid and booking.checked_in_at is None and billed + _WITHIN <= rows.now


def _open(rows: Rows, invoice_id: int) -> int:
    settled = sum(each.amount_minor for each in rows.allocations if each.invoice_id == invoice_id)
    return int(rows.documents[invoice_id].total_minor - settled)
