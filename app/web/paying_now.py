"""Bookings that are paid at once: their invoice in the moment they are made, and the way to pay it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import current_app, request, url_for
from flask_babel import gettext as _

from app.domain.billing.at_once import bill_at_once
from app.domain.billing.owed import owed_for_bookings
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import Policy, policy_by, policy_for
from app.domain.team.made_for import that_are_a_teams
from app.kernel.money import Money
from app.models import BookingStatus, PayWhen
from app.web import auth, wording
from app.web.access import is_open
from app.web.auth import today
from app.web.charge_words import ChargeSentences
from app.web.database import session


@dataclass(frozen=True, slots=True)
class ToPay:
    """What is open of a booking: where it is paid, and until when."""

    href: str
    words: str


def policy_of(person_id: int) -> Policy:
    """When that person pays for what the asking person books; what is for another is the team's. A statement for another."""
    actor = auth.signed_in()
    if person_id == actor.person_id:
        return policy_by(auth.portal().billing, is_member=actor.is_member)
    return policy_for(session(), person_id, today()).for_team()


def agrees(policy: Policy) -> bool:
    """Whether the page that was sent had said so, where it is to be paid at once."""
    return policy.when is not PayWhen.NOW or said_now()


def policy_of_change(view: BookingView, *, for_team: bool | None = None) -> Policy:
    """When is paid what a booking comes to cost more if whoever asks changes it: as it was agreed, else by the policy of the house.
    A statement for somebody else's, and one for what somebody else had booked where `for_team` does not say whose it is to pay."""
    if view.pays is not None:
        return Policy(view.pays)
    actor = auth.signed_in()
    person_id = view.person_id
    policy = policy_of(person_id) if is_own(view) else policy_for(session(), person_id, today())
    by_staff = view.booked_by_id == actor.person_id and actor.acts_for_others(view.location_id)
    is_theirs = policy.when is PayWhen.NOW and view.booked_by and not by_staff
    if is_theirs and for_team is None:
        for_team = bool(that_are_a_teams(session(), [view.id]))
    return policy.for_team() if is_theirs and for_team else policy


def is_own(view: BookingView) -> bool:
    """Whether it is of whoever asks."""
    return view.person_id == auth.signed_in().person_id


def said_now() -> bool:
    """Whether the page that was sent had said that it is paid at once."""
    return request.form.get("pays") == PayWhen.NOW


def bill_now(pays: PayWhen | None) -> int | None:
    """After the commit, bill one's own booking that is paid at once; the invoice that can be paid, None where there is none. What
    could not be billed now is with the next sweep."""
    if pays is not PayWhen.NOW:
        return None
    words = ChargeSentences(current_app)
    return bill_at_once(session(), auth.signed_in().person_id, today(), words, auth.now())


def invoice_address(invoice_id: int | None) -> str:
    """Where an invoice is paid; empty where there is none, or the house shows none."""
    return url_for("invoices.show", invoice_id=invoice_id) if invoice_id and is_open("invoices") else ""


def due_words(policy: Policy, due: Money, *, team: bool = False) -> str:
    """What is due now, and what later."""
    amount = wording.money(due)
    if policy.when is PayWhen.NOW:
        words = _("Due now: %(amount)s. The next page is your invoice, where you pay it.", amount=amount)
        if policy.within is None:
            return words
        return f"{words} {_within_words(policy.within)}"
    if policy.when is PayWhen.END:
        return _("Due now: nothing. Due later: %(amount)s, billed the day after it is over.", amount=amount)
    if team:
        return _("Nothing to pay now: it goes on the team’s next invoice.")
    return _("Nothing to pay now: it goes on your next invoice.")


def _within_words(within: timedelta) -> str:
    length = wording.minutes(int(within.total_seconds()) // 60)
    return _("Not paid within %(length)s, the booking is cancelled and nothing is owed.", length=length)


def more_words(view: BookingView, policy: Policy, more: Money | None = None) -> str:
    """That what a booking comes to cost more is paid at once, and what becomes of it where it is not; empty where it is paid later.
    `more` is how much that is, where it is known already."""
    if policy.when is not PayWhen.NOW:
        return ""
    if not is_own(view):
        return _("What it costs more is billed at once.")
    said = [at_once_words(more)]
    if view.starts_at <= auth.now():
        return said[0]
    if view.pays is PayWhen.NOW:
        said.append(
            _("A booking that something was paid of stays; what is open then is owed like every invoice.")
        )
    elif policy.within is not None:
        said.append(_within_words(policy.within))
    return " ".join(said)


def at_once_words(more: Money | None) -> str:
    """What is to be paid at once, and where."""
    if more is None:
        return _("What you add is paid at once: the next page is your invoice, where you pay it.")
    amount = wording.money(more)
    if not auth.portal().prices_include_tax:
        amount = _("%(amount)s and tax", amount=amount)
    return _(
        "This is paid at once: %(amount)s. The next page is your invoice, where you pay it.", amount=amount
    )


def later_words(policy: Policy | None) -> str:
    """When all dates of a series are paid; None for whoever books for somebody else."""
    if policy is None:
        return _("What credit does not pay is paid as the house has it for them.")
    if policy.when is PayWhen.NOW:
        return _(
            "What credit does not pay is due now, for all dates together: the next page is your invoice."
        )
    if policy.when is PayWhen.END:
        return _("Nothing to pay now: each date is billed the day after it is over.")
    return _("Nothing to pay now: each date is paid like a booking by itself.")


def to_pay(views: Sequence[BookingView]) -> dict[int, ToPay]:
    """Of one's own bookings those that stand unpaid, by their ids. A statement where one of them is paid at once, none else."""
    me = auth.signed_in().person_id
    wanted = [each for each in views if each.pays is PayWhen.NOW and each.person_id == me]
    if not wanted or not is_open("invoices"):
        return {}
    owed = owed_for_bookings(session(), me)
    return {
        each.id: ToPay(url_for("invoices.show", invoice_id=owed[each.id]), _until_words(each))
        for each in wanted
        if each.id in owed
    }


def _until_words(view: BookingView) -> str:
    if view.pay_until is None or view.status is not BookingStatus.CONFIRMED:
        return _("It is not paid yet.")
    tz = ZoneInfo(view.zone)
    day = wording.day_inside(view.pay_until.astimezone(tz).date(), auth.now().astimezone(tz).date())
    return _(
        "It is not paid yet. Pay until %(day)s, %(time)s, else it is cancelled.",
        day=day,
        time=wording.clock_time(view.pay_until, tz),
    )
