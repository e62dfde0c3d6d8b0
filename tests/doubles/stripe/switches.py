"""The switches of a test, under `/test/…`, in JSON. Nothing of this exists at Stripe."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.doubles.stripe.balance import balances
from tests.doubles.stripe.charges import turn_refund
from tests.doubles.stripe.disputes import open_dispute, turn_dispute
from tests.doubles.stripe.errors import missing
from tests.doubles.stripe.gate import Gate, order
from tests.doubles.stripe.platform import add_endpoint, connect, open_for_business
from tests.doubles.stripe.tides import turn_what_is_due
from tests.doubles.stripe.webhooks import Postman, Weather
from tests.doubles.stripe.world import Account, Obj, World, everything, visible

Asked = dict[str, Any]


class Switches:
    def __init__(self, world: World, gate: Gate, postman: Postman) -> None:
        self.world, self.gate, self.postman = world, gate, postman
        self.known: dict[tuple[str, str], Callable[[Asked], Any]] = {
            ("POST", "/test/keys"): self.add_key,
            ("POST", "/test/accounts"): self.add_account,
            ("POST", "/test/accounts/ready"): self.make_ready,
            ("POST", "/test/accounts/revoke"): self.revoke,
            ("POST", "/test/webhooks"): self.add_webhook,
            ("POST", "/test/weather"): self.set_weather,
            ("POST", "/test/release"): self.release,
            ("POST", "/test/resend"): self.resend,
            ("GET", "/test/deliveries"): self.deliveries,
            ("POST", "/test/faults"): self.fault,
            ("POST", "/test/calm"): self.calm,
            ("POST", "/test/clock"): self.advance,
            ("POST", "/test/refunds"): self.turn_refund,
            ("POST", "/test/disputes"): self.dispute,
            ("GET", "/test/balance"): self.balance,
            ("GET", "/test/objects"): self.objects,
            ("POST", "/test/objects"): self.bend,
            ("POST", "/test/events"): self.tell,
            ("GET", "/test/calls"): self.calls,
            ("POST", "/test/reset"): self.reset,
        }

    def turn(self, method: str, path: str, asked: Asked) -> Any:
        """Do what is asked and return what is to be told."""
        switch = self.known.get((method, path))
        if switch is None:
            raise missing("switch", f"{method} {path}")
        with self.world.lock:
            return switch(asked)

    def _account(self, asked: Asked) -> Account:
        """The account named by `account`, or the one that `key` opens, or that of the first key."""
        if "account" in asked:
            return self.world.accounts[asked["account"]]
        key = asked.get("key", next(iter(self.world.keys)))
        return self.world.accounts[self.world.keys[key]]

    def add_key(self, asked: Asked) -> Obj:
        key = asked["key"]
        account = self._account(asked) if key in self.world.keys else self.world.add_key(key)
        return {"account": account.id}

    def add_account(self, asked: Asked) -> Obj:
        """A connected account, ready unless said otherwise."""
        return {"account": connect(self.world, self._account(asked), ready=asked.get("ready", True)).id}

    def make_ready(self, asked: Asked) -> Obj:
        open_for_business(self.world, self._account(asked))
        return {}

    def revoke(self, asked: Asked) -> Obj:
        """The owner of a connected account takes the platform's access away."""
        account = self._account(asked)
        application = {"id": "ca_test", "object": "application", "name": "Portal under test"}
        self.world.emit(account, "account.application.deauthorized", application)
        account.platform = None
        return {}

    def add_webhook(self, asked: Asked) -> Obj:
        made = add_endpoint(
            self.world,
            self._account(asked),
            asked["url"],
            secret=asked.get("secret"),
            connected=asked.get("connected", False),
        )
        return {"id": made["id"], "secret": made["_secret"]}

    def set_weather(self, asked: Asked) -> Obj:
        self.postman.weather = Weather(**asked)
        return asdict(self.postman.weather)

    def release(self, asked: Asked) -> Obj:
        return {"sent": self.postman.release(**asked)}

    def resend(self, asked: Asked) -> Obj:
        account = self._account(asked)
        self.postman.resend(account.find("event", asked["event"]), account)
        return {}

    def deliveries(self, _asked: Asked) -> Obj:
        held = [{"event": each.event["id"], "type": each.event["type"]} for each in self.postman.held]
        return {"pending": self.postman.pending(), "held": held, "log": self.postman.log}

    def fault(self, asked: Asked) -> Obj:
        order(self.gate, asked)
        return {}

    def calm(self, _asked: Asked) -> Obj:
        self.gate.faults.clear()
        self.postman.weather = Weather()
        return {}

    def advance(self, asked: Asked) -> Obj:
        self.world.offset += asked["seconds"]
        turn_what_is_due(self.world)
        return {"now": self.world.now()}

    def turn_refund(self, asked: Asked) -> Obj:
        account = self._account(asked)
        turn_refund(self.world, account, account.find("refund", asked["refund"]), asked["status"])
        return {}

    def dispute(self, asked: Asked) -> Obj:
        """Dispute a `payment_intent`, or have a `dispute` go on to another `status`."""
        account = self._account(asked)
        if "dispute" in asked:
            found = account.find("dispute", asked["dispute"])
            turn_dispute(self.world, account, found, asked["status"])
        else:
            found = open_dispute(self.world, account, asked["payment_intent"], asked)
        return {"id": found["id"]}

    def balance(self, _asked: Asked) -> Obj:
        """By account, what succeeded less what was refunded, in each currency."""
        return {account.id: balances(account) for account in self.world.accounts.values()}

    def objects(self, _asked: Asked) -> Obj:
        """Everything, by account and kind."""
        return {account.id: everything(account) for account in self.world.accounts.values()}

    def bend(self, asked: Asked) -> Obj:
        """Change an object behind everybody's back: another amount, another currency."""
        found = self._account(asked).any(asked["id"])
        if found is None:
            raise missing("object", asked["id"])
        unknown = set(asked["fields"]) - set(found)
        if unknown:
            raise ValueError(f"it has no {sorted(unknown)}")
        found.update(asked["fields"])
        bent: Obj = visible(found)
        return bent

    def tell(self, asked: Asked) -> Obj:
        """Send an event that nothing led to, properly signed."""
        self.world.emit(self._account(asked), asked["type"], asked["object"])
        return {}

    def calls(self, _asked: Asked) -> list[Obj]:
        """What the API was asked so far: method, path, idempotency key, status (none where no answer was sent)."""
        return self.gate.calls

    def reset(self, _asked: Asked) -> Obj:
        self.world.reset()
        self.postman.clear()
        self.gate.faults, self.gate.calls = [], []
        return {}
