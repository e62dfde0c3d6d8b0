"""What comes with a booking: chosen in the checkout, and changed until it begins."""

from typing import Any

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.bookings.checkout_page import checkout_form, checkout_page, is_anothers, own_view
from app.blueprints.bookings.room import blueprint
from app.domain.booking import mine
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import Policy
from app.domain.extras.choosing import order, orderable
from app.domain.extras.terms import Orderable
from app.models import BookingStatus
from app.web import auth, booked
from app.web.access import in_section, require_bookings_at
from app.web.arrears import arrears, lead_to_invoices
from app.web.attempts import attempt
from app.web.database import session
from app.web.extras import EXTRA_WORDS, asks_for_more, extra_rows, wanted_of, with_extras
from app.web.forms import Form
from app.web.htmx import go_to
from app.web.paying_now import (
    bill_now,
    invoice_address,
    is_own,
    more_words,
    policy_of_change,
    said_now,
)

Answer = Response | str | tuple[str, int]


class ExtrasForm(Form):
    """So many of each; its fields are those of what can be had."""


@blueprint.get("/bookings/<int:booking_id>/extras")
@in_section("bookings")
def edit_extras(booking_id: int) -> Answer:
    """What can be had with a booking of one's own. What is only held is changed in its checkout."""
    view = mine.show(session(), auth.signed_in(), booking_id, auth.now())
    if view.status is BookingStatus.HELD:
        return go_to(url_for("bookings.show_checkout", booking_id=booking_id))
    offers = orderable(session(), view, auth.now())
    return _page(view, with_extras(ExtrasForm, offers), offers)


@blueprint.post("/bookings/<int:booking_id>/extras")
@in_section("bookings")
def update_extras(booking_id: int) -> Answer:
    """Have so many of each, and go on to the invoice where they are paid at once.

    From the checkout, the same with the new price; 422 with the sentence where it is not to be had.
    """
    view = own_view(booking_id)
    if is_anothers(view):
        return go_to(url_for("bookings.index_mine"))
    require_bookings_at(view.location_id)
    offers = orderable(session(), view, auth.now())
    held = view.status is BookingStatus.HELD
    form: Any = checkout_form(offers) if held else with_extras(ExtrasForm, offers)
    owing = arrears()
    # Leaving something out is open to who is behind with paying
    if owing is not None and asks_for_more(form, offers):
        return lead_to_invoices(owing)
    done = attempt(
        form,
        lambda: order(
            session(),
            auth.signed_in(),
            booking_id,
            wanted_of(form, offers),
            auth.clock(),
            only_later=not held and is_own(view) and not said_now(),
        ),
        EXTRA_WORDS,
    )
    if done and not held:
        flash(_("Saved."))
        invoice = invoice_address(bill_now(own_view(booking_id).pays)) if is_own(view) else ""
        return go_to(invoice or url_for("bookings.show", booking_id=booking_id))
    offers = orderable(session(), view, auth.now())
    answer = checkout_page(view, form, offers) if held else _page(view, form, offers)
    return answer if done else (answer, 422)


def _page(view: BookingView, form: Form, offers: list[Orderable]) -> str:
    # What waits for approval is billed once it is approved
    policy = policy_of_change(view) if view.status is BookingStatus.CONFIRMED else Policy()
    return render_template(
        "bookings/extras.html",
        one=booked.booked_rows([view])[0],
        form=form,
        extras=extra_rows(form, offers, view),
        pays=policy.when.value,
        at_once=more_words(view, policy),
        changeable=any(not each.settled for each in offers),
        back=url_for("bookings.show", booking_id=view.id),
    )
