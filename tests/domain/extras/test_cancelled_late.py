"""What is owed of extras when a booking is cancelled after their lead time: shown, billed once, waived, or nothing."""

from typing import Any

import pytest
from sqlalchemy import select

from app.domain.booking.approval import decline
from app.domain.booking.cancel import cancel
from app.domain.booking.cancel_quote import CancelFee, fee_said, quote_cancel
from app.domain.booking.late_fees import Step, set_ladder
from app.domain.booking.mine import show
from app.domain.booking.terms import FeeChanged
from app.domain.extras.keeping import edit_extra
from app.domain.extras.terms import ExtraDetails
from app.domain.invoicing.issuing import lines_of
from app.domain.privacy.bookings import cancel_upcoming
from app.models import AuditEntry, Booking, BookingExtra, Charge, Resource, ResourceType, UnbilledBooking
from tests.support.kitchen import Kitchen


def _lunch(kitchen: Kitchen, **more: Any) -> int:
    """Owed in full from 27 hours before on; noon tomorrow is in 27 hours."""
    return kitchen.offer(lead_hours=27, cancel_percent=100, **more)


def _fee(kitchen: Kitchen, booking: Booking) -> CancelFee:
    view = show(kitchen.session, kitchen.owner, booking.id, kitchen.now)
    return quote_cancel(kitchen.session, view, kitchen.now)


def _cancel(kitchen: Kitchen, booking: Booking, who: str = "contact", **more: Any) -> Booking:
    done: Booking = kitchen.do(cancel, kitchen.who(who), booking.id, lambda: kitchen.now, **more)
    return done


def _ordered(kitchen: Kitchen, wanted: dict[int, int], **wish: Any) -> Booking:
    """The contact's, ordered by the front desk, whom no lead time binds."""
    booking = kitchen.book("contact", **wish)
    kitchen.order(booking, wanted, kitchen.who("desk"))
    return booking


def test_after_its_lead_time_it_is_billed_once_by_its_line(kitchen: Kitchen) -> None:
    lunch, coffee = _lunch(kitchen), kitchen.offer("Coffee", 300, lead_hours=27)
    half = kitchen.offer("Cake", 501, lead_hours=48, cancel_percent=50)
    gift = kitchen.offer("Flowers", 700, lead_hours=48, cancel_percent=100, tax_rate_id=None)
    booking = _ordered(kitchen, {lunch: 4, coffee: 4, half: 1, gift: 1})
    fee = _fee(kitchen, booking)
    assert [(each.name, each.minor) for each in fee.extras] == [("Lunch", 3600), ("Cake", 251)]
    assert (fee.percent, fee.room.minor, fee.total.minor) == (0, 0, 3851)
    with pytest.raises(FeeChanged):
        _cancel(kitchen, booking, seen_fee=3600)
    cancelled = _cancel(kitchen, booking, seen_fee=3851)
    assert fee_said(cancelled.quote) == fee
    for _ in range(3):
        kitchen.ahead(1)
        kitchen.run()
        kitchen.run()
    (invoice,) = kitchen.invoices("contact")
    found = {line.description: line.unit_minor for line in lines_of(kitchen.session, invoice.id)}
    assert sorted(found.values()) == [251, 3600]
    lines = kitchen.session.scalars(
        select(BookingExtra.id).where(BookingExtra.offer_id.in_([lunch, half]))
    ).all()
    keys = set(kitchen.session.scalars(select(Charge.reason_key)))
    assert keys == {f"booking:{booking.id}:extra:{line}" for line in lines}
    assert kitchen.session.scalars(select(UnbilledBooking.id)).all() == []


def test_until_then_nothing_is_owed(kitchen: Kitchen) -> None:
    lunch = _lunch(kitchen)
    booking = _ordered(kitchen, {lunch: 4}, hour=13)
    assert not _fee(kitchen, booking)
    _cancel(kitchen, booking, seen_fee=0)
    kitchen.ahead(3)
    kitchen.run()
    assert kitchen.invoices("contact") == []


def test_it_comes_beside_the_fee_of_the_room(kitchen: Kitchen) -> None:
    kitchen.do(set_ladder, kitchen.owner, None, [Step(48, 50)], lambda: kitchen.now)
    kitchen.session.get_one(Resource, kitchen.tenant.rooms["Fern"]).cancel_cutoff_minutes = 48 * 60
    kitchen.session.commit()
    booking = _ordered(kitchen, {_lunch(kitchen): 2})
    fee = _fee(kitchen, booking)
    assert (fee.percent, fee.ordered.minor) == (50, 1800)
    assert fee.room.minor * 2 == booking.price_minor > 0
    _cancel(kitchen, booking, seen_fee=fee.total.minor)
    kitchen.ahead(2)
    kitchen.run()
    (invoice,) = kitchen.invoices("contact")
    assert sum(line.unit_minor for line in lines_of(kitchen.session, invoice.id)) == fee.total.minor


def test_with_a_room_that_costs_nothing_it_is_owed_alone(kitchen: Kitchen) -> None:
    kitchen.session.get_one(ResourceType, kitchen.tenant.types["Meeting room"]).hourly_minor = 0
    kitchen.session.commit()
    booking = _ordered(kitchen, {_lunch(kitchen): 1})
    _cancel(kitchen, booking, seen_fee=900)
    kitchen.ahead(2)
    kitchen.run()
    (invoice,) = kitchen.invoices("contact")
    assert [line.unit_minor for line in lines_of(kitchen.session, invoice.id)] == [900]


def test_what_was_ordered_keeps_its_terms(kitchen: Kitchen) -> None:
    lunch = kitchen.offer(lead_hours=27)
    booking = _ordered(kitchen, {lunch: 4})
    details = ExtraDetails("Lunch", price_minor=900, lead_hours=90, cancel_percent=100)
    kitchen.do(edit_extra, kitchen.owner, lunch, details, kitchen.now)
    assert not _fee(kitchen, booking)


def test_staff_waive_it_and_that_is_written_down(kitchen: Kitchen) -> None:
    booking = _ordered(kitchen, {_lunch(kitchen): 4})
    cancelled = _cancel(kitchen, booking, "desk", reason="Snow", waive=True)
    assert fee_said(cancelled.quote) is None
    assert kitchen.session.scalars(select(UnbilledBooking.id)).all() == []
    entry = kitchen.session.scalars(select(AuditEntry).where(AuditEntry.action == "booking.cancelled")).one()
    assert entry.after["waived_minor"] == 3600


def test_what_the_house_calls_off_costs_nothing(kitchen: Kitchen) -> None:
    """The control: cancelled by whose it is, it would."""
    booking = _ordered(kitchen, {_lunch(kitchen): 4})
    assert _fee(kitchen, booking).total.minor == 3600
    cancel_upcoming(kitchen.session, booking.person_id, None, kitchen.now)
    kitchen.session.commit()
    assert kitchen.session.scalars(select(UnbilledBooking.id)).all() == []


@pytest.mark.parametrize("end", ["declined", "taken back"])
def test_what_was_never_approved_costs_nothing(kitchen: Kitchen, end: str) -> None:
    kitchen.session.get_one(Resource, kitchen.tenant.rooms["Fern"]).needs_approval = True
    kitchen.session.commit()
    booking = _ordered(kitchen, {_lunch(kitchen): 4})
    assert not _fee(kitchen, booking)
    if end == "declined":
        kitchen.do(decline, kitchen.who("desk"), booking.id, lambda: kitchen.now, reason="Full")
    else:
        _cancel(kitchen, booking, seen_fee=0)
    kitchen.ahead(2)
    kitchen.run()
    assert kitchen.invoices("contact") == []
