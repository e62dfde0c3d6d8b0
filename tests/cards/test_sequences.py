"""Whatever happens in whatever order, to messages and to answers: what the books say came is what Stripe has."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.invoicing.verifying import verify
from app.models import CardCustomer, CardRefund, Invoice, InvoiceLine
from tests.support.cards import Till
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor

_CARDS = ("4242424242424242", "4000000000000002", "4000002500003155", "4000002760003184")
_FAULTS = ("error_before", "error_after", "timeout_after", "close_before", "rate_limit")
_WEATHER: tuple[dict[str, Any], ...] = (
    {},
    {"duplicate": 2},
    {"hold": True},
    {"drop": True},
    {"stale": True, "retries": 0},
)
_WHAT = [
    *["bill", "pay", "pay", "pay", "press", "type", "back", "desk", "refund", "refund", "held"],
    *["weather", "release", "fail", "work", "work", "automatic", "keep"],
]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(_WHAT),
        st.integers(0, 1000),
    ),
    min_size=6,
    max_size=18,
)


@dataclass
class Story:
    """A member, a desk, and what they have in front of them."""

    till: Till
    maya: Visitor
    desk: Desk
    invoices: list[int] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    minutes: int = 0

    def later(self) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=self.minutes)

    def do(self, what: str, chance: int) -> None:
        getattr(self, what)(random.Random(chance))

    def bill(self, _dice: random.Random) -> None:
        self.invoices.append(self.till.bill())

    def press(self, dice: random.Random) -> None:
        if self.invoices:
            chosen = dice.sample(self.invoices, dice.randint(1, len(self.invoices)))
            url = self.till.press_pay(self.maya, *chosen, keep=dice.random() < 0.3)
            if url.startswith(self.till.stripe.origin):
                self.pages.append(url)

    def pay(self, dice: random.Random) -> None:
        self.press(dice)
        if self.pages:
            self.till.stripe.pay(self.pages[-1])

    def keep(self, _dice: random.Random) -> None:
        url = str(self.maya.post("/invoices/cards", form="/account").location)
        if url.startswith(self.till.stripe.origin):
            self.till.stripe.pay(url)

    def type(self, dice: random.Random) -> None:
        if self.pages:
            bank = dice.choice(["complete", "complete", "fail", None])
            self.till.stripe.pay(dice.choice(self.pages), dice.choice(_CARDS), bank=bank)

    def back(self, dice: random.Random) -> None:
        attempts = self.till.attempts()
        if attempts:
            assert self.maya.get(f"/invoices/payments/{dice.choice(attempts).token}").status_code == 200

    def desk_pays(self, dice: random.Random) -> None:
        invoice = dice.choice(self.invoices)
        left = self.till.open_of(invoice)
        if left:
            self.till.pay_at_desk(invoice, f"{dice.randint(1, left) / 100:.2f}")

    def refund(self, dice: random.Random) -> None:
        if self.invoices:
            invoice = dice.choice(self.invoices)
            line = rows(self.till.app, self.till.tenant, InvoiceLine, invoice_id=invoice)[0].id
            amount = f"{dice.randint(1, 9000) / 100:.2f}"
            form = {f"line-{line}": amount, "reason": "Why not", "refund": "y"}
            self.desk.send(f"/admin/invoices/{invoice}/credit-notes", form)

    def held(self, dice: random.Random) -> None:
        for each in self.till.held():
            verb = dice.choice(["use", "refund"])
            self.desk.send(f"/admin/payments/{each.id}/{verb}")

    def weather(self, dice: random.Random) -> None:
        self.till.stripe.weather(**dice.choice(_WEATHER))

    def release(self, dice: random.Random) -> None:
        self.till.stripe.release("shuffle", seed=dice.randint(0, 99), times=dice.randint(1, 2))

    def fail(self, dice: random.Random) -> None:
        self.till.stripe.fail(dice.choice(_FAULTS), times=dice.randint(1, 3), seconds=0.05)

    def work(self, dice: random.Random) -> None:
        self.minutes += dice.choice([0, 11, 70, 5000])
        self.till.work(self.later)

    def automatic(self, dice: random.Random) -> None:
        self.maya.post("/invoices/cards/automatic", {"allowed": dice.choice("01")}, form="/account")


@pytest.fixture
def story(till: Till, live_server: str) -> Story:
    till.hear(live_server)
    till.app.config["LIMITS"] = dict.fromkeys(till.app.config["LIMITS"], "100000 per hour")
    return Story(till, till.person(), Desk(till.app, till.tenant, "desk"))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=_STEPS)
def test_what_the_books_say_came_is_what_stripe_has(story: Story, steps: list[tuple[str, int]]) -> None:
    story.invoices, story.pages = [], []
    for each in rows(story.till.app, story.till.tenant, CardCustomer):
        change(story.till.app, story.till.tenant, CardCustomer, each.id, automatic_since=None)
    story.do("bill", 0)
    for what, chance in steps:
        story.do({"desk": "desk_pays"}.get(what, what), chance)
    _calm_down(story)
    _check(story)


def _calm_down(story: Story) -> None:
    """Stripe is well again, and the worker has had days to find out what it missed."""
    stripe = story.till.stripe
    stripe.calm()
    stripe.release()
    stripe.settle()
    for _each in range(4):
        story.minutes += 3 * 60
        story.till.work(story.later)


def _check(story: Story) -> None:
    till = story.till
    held = sum(each.amount_minor for each in till.held() if each.settled_at is None)
    refunds = rows(till.app, till.tenant, CardRefund)
    back = sum(each.amount_minor for each in refunds if each.credit_note_id and each.state == "done")
    assert {each.state for each in refunds} <= {"done"}
    assert till.balance() == till.by_card() + held - back
    invoices = [each for each in rows(till.app, till.tenant, Invoice, kind="invoice") if each.number]
    assert all(0 <= till.open_of(each.id) <= each.total_minor for each in invoices)
    assert not [each for each in till.attempts() if each.state == "open" and each.kind == "automatic"]
    with inside(till.app, till.tenant) as session:
        assert verify(session).faults == ()
