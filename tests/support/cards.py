"""Payment by card as tests need it: a Stripe for each worker, a portal that takes cards there, and somebody who pays."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlsplit

import httpx
from flask import Flask
from sqlalchemy.orm import Session
from stripe import RequestsClient, StripeClient

from app.jobs.cards import settle_cards
from app.kernel.clock import Clock, system_clock
from app.models import (
    Allocation,
    AttemptInvoice,
    AttemptKind,
    AttemptState,
    CardAttempt,
    CardDispute,
    CardRefund,
    CardSetting,
    DisputeState,
    HeldMoney,
    HoldReason,
    Invoice,
    OutsideRefund,
    Payment,
    RefundState,
    SavedCard,
)
from app.web.database import db
from tests.support.invoices import bill
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.stripe import StripeDouble
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld

_KEYS = count(1)
OPEN_MINOR = 17600
"""What is open of each invoice that `Till.bill` issues."""


@dataclass
class Till:
    """A tenant that takes cards with a key of its own, in an account that no other test has."""

    app: Flask
    tenant: TenantWorld
    stripe: StripeDouble
    key: str
    account: str

    def bill(self, who: str = "member", now: datetime | None = None) -> int:
        """Issue an invoice that leaves `OPEN_MINOR` open; its id."""
        with inside(self.app, self.tenant) as session:
            return bill(session, self.tenant, who, now or datetime.now(UTC))["invoice_id"]

    def person(self, who: str = "member") -> Visitor:
        visitor = Visitor(self.app, self.tenant)
        visitor.sign_in(who)
        return visitor

    def press_pay(self, who: Visitor, *invoice_ids: int, keep: bool = False) -> str:
        """Press the button; the address that it leads to."""
        data = {"invoice": [str(each) for each in invoice_ids], **({"keep": "1"} if keep else {})}
        answer = who.post("/invoices/payments", data, form="/account")
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def pay(
        self, who: Visitor, *invoice_ids: int, number: str = "4242424242424242", keep: bool = False
    ) -> str:
        """Pay on Stripe's page and come back; what the page says then."""
        url = self.press_pay(who, *invoice_ids, keep=keep)
        assert url.startswith(self.stripe.origin), who.get(url).text
        return self.come_back(who, self.stripe.pay(url, number))

    def come_back(self, who: Visitor, answer: httpx.Response) -> str:
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["Location"])
        back = who.get(f"{parts.path}?{parts.query}")
        assert back.status_code == 200
        return back.text

    def pay_at_desk(self, invoice_id: int, amount: str) -> None:
        """Have the front desk take money for it."""
        paid = {"way": "desk", "amount": amount, "received_on": f"{datetime.now(UTC):%Y-%m-%d}"}
        answer = Desk(self.app, self.tenant, "desk").send(f"/admin/invoices/{invoice_id}/payments", paid)
        assert answer.status_code == 303, answer.text

    def work(self, clock: Clock = system_clock) -> None:
        """Let the background do what is due."""
        kit = self.app.extensions["portico_cards"]
        with self.app.app_context():
            settle_cards(db.session.session_factory, self.tenant.id, kit, clock)

    def hear(self, server: str) -> None:
        """Have Stripe tell that server what happens, signed as was agreed when the key was entered."""
        (setting,) = rows(self.app, self.tenant, CardSetting)
        secret = self.app.extensions["portico_secret_box"].open(setting.endpoint_secret)
        self.stripe.add_webhook(f"{server}/webhooks/stripe", secret, key=self.key)

    def open_of(self, invoice_id: int) -> int:
        """What is still open of an invoice, from the rows themselves."""
        (invoice,) = rows(self.app, self.tenant, Invoice, id=invoice_id)
        settled = rows(self.app, self.tenant, Allocation, invoice_id=invoice_id)
        return invoice.total_minor - sum(each.amount_minor for each in settled)

    def by_card(self) -> int:
        """All that came by card, in the books."""
        return sum(each.amount_minor for each in rows(self.app, self.tenant, Payment, way="card"))

    def held(self) -> list[HeldMoney]:
        return rows(self.app, self.tenant, HeldMoney)

    def attempts(self) -> list[CardAttempt]:
        return rows(self.app, self.tenant, CardAttempt)

    def balance(self, currency: str = "gbp") -> int:
        """What Stripe has of it."""
        return self.stripe.balance().get(self.account, {}).get(currency, 0)


def card_rows(
    session: Session, tenant: TenantWorld, who: str, invoice_id: int, now: datetime
) -> dict[str, int]:
    """Somebody's card, money of theirs that waits, and a refund that came back: ids by what an address calls them."""
    attempt = CardAttempt(
        payer_id=tenant.people[who],
        kind=AttemptKind.PAGE,
        state=AttemptState.HELD,
        token=f"{tenant.id}.rows",
        account="acct_rows",
        amount_minor=500,
        currency="GBP",
        intent="pi_rows",
        begun_at=now,
    )
    card = SavedCard(
        person_id=tenant.people[who],
        account="acct_rows",
        method=f"pm_{tenant.slug}",
        brand="visa",
        last_digits="4242",
        expires_month=12,
        expires_year=2034,
        added_at=now,
    )
    session.add_all([attempt, card])
    session.flush()
    held = HeldMoney(
        attempt_id=attempt.id, reason=HoldReason.SETTLED, amount_minor=500, currency="GBP", came_at=now
    )
    session.add_all([held, AttemptInvoice(attempt_id=attempt.id, invoice_id=invoice_id, amount_minor=500)])
    session.flush()
    refund = CardRefund(
        attempt_id=attempt.id,
        held_id=held.id,
        amount_minor=500,
        currency="GBP",
        state=RefundState.FAILED,
        asked_at=now,
    )
    outside = OutsideRefund(
        attempt_id=attempt.id,
        refund=f"re_{tenant.slug}",
        amount_minor=500,
        currency="GBP",
        state=RefundState.DONE,
        found_at=now,
    )
    dispute = CardDispute(
        attempt_id=attempt.id,
        dispute=f"dp_{tenant.slug}",
        amount_minor=500,
        currency="GBP",
        reason="fraudulent",
        state=DisputeState.LOST,
        found_at=now,
        lost_at=now,
    )
    session.add_all([refund, outside, dispute])
    session.flush()
    return {
        "card_id": card.id,
        "held_id": held.id,
        "refund_id": refund.id,
        "outside_id": outside.id,
        "dispute_id": dispute.id,
    }


def open_till(app: Flask, tenant: TenantWorld, stripe: StripeDouble) -> Till:
    """Enter a fresh key at the front desk, as an owner does."""
    key = f"sk_test_{tenant.id}_{next(_KEYS)}_{datetime.now(UTC):%H%M%S%f}"
    account = stripe.add_key(key)
    answer = Desk(app, tenant, "owner").send("/admin/settings/payments", {"key": key})
    assert answer.status_code == 303, answer.text
    # What the key set up leads to a server that does not listen; tests that need one say where theirs is.
    client = StripeClient(key, base_addresses={"api": stripe.origin}, http_client=RequestsClient())
    for each in stripe.objects("webhook_endpoint", account):
        client.v1.webhook_endpoints.delete(each["id"])
    return Till(app, tenant, stripe, key, account)
