"""Stripe: its own pages take the cards, and its library speaks to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

import requests
import stripe
from stripe import StripeClient

from app.integrations.stripe_objects import disputed, id_of
from app.ports import (
    AccountFacts,
    BackState,
    CardAccess,
    CardFace,
    CardMoney,
    CardNews,
    CardsDown,
    CardsRefused,
    Disputed,
    Endpoint,
    KeyRefused,
    MoneyBack,
    MoneyState,
    NotSigned,
    Page,
    PageFacts,
    PageOrder,
    PageState,
)

_OURS = "portico"
"""The name under which our token is kept with everything that we make at Stripe."""
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "account.updated",
)
"""What we want to be told. Whatever else comes is thanked for and left alone."""
_WITHIN_S = (3.05, 20.0)
"""To connect, and to wait for an answer: a bank may take its time."""
_RETRIES = 2
_MONEY = {
    "succeeded": MoneyState.CAME,
    "canceled": MoneyState.GONE,
    "requires_action": MoneyState.ASKS,
    "requires_payment_method": MoneyState.REFUSED,
}
_PAGES = {"open": PageState.OPEN, "complete": PageState.DONE, "expired": PageState.ENDED}
_BACK = {"succeeded": BackState.DONE, "failed": BackState.FAILED, "canceled": BackState.FAILED}
_KNOWN_CLIENTS = 64
_MISSING = "resource_missing"

Answer = TypeVar("Answer")


class StripeCards:
    """`ports.Cards`. `address` is where the API is, when that is not Stripe's own."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        # One for all threads and keys, so that connections are kept whichever thread asks next
        self._line = requests.Session()
        self._client = lru_cache(_KNOWN_CLIENTS)(self._new_client)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def account(self, access: CardAccess) -> AccountFacts:
        client = self._client(access.key)
        with _faults():
            found = (
                client.v1.accounts.retrieve(access.account)
                if access.account
                else client.v1.accounts.retrieve_current()
            )
        return _account(found)

    def new_account(self, key: str, email: str, token: str) -> str:
        with _faults():
            made = self._client(key).v1.accounts.create(
                {"type": "standard", "email": email, "metadata": {_OURS: token}}
            )
        return made.id

    def onboarding(self, key: str, account: str, back: str, again: str) -> str:
        with _faults():
            link = self._client(key).v1.account_links.create(
                {"account": account, "type": "account_onboarding", "return_url": back, "refresh_url": again}
            )
        return link.url

    def listen(self, access: CardAccess, url: str) -> Endpoint:
        with _faults():
            made = self._client(access.key).v1.webhook_endpoints.create(
                {"url": url, "enabled_events": cast(Any, list(EVENTS)), "description": "Portico"}
            )
        return Endpoint(made.id, made.secret or "")

    def stop_listening(self, access: CardAccess, endpoint: str) -> None:
        _unless_gone(lambda: self._client(access.key).v1.webhook_endpoints.delete(endpoint))

    def new_customer(self, access: CardAccess, key: str, name: str, email: str) -> str:
        with _faults():
            made = self._client(access.key).v1.customers.create(
                {"name": name, "email": email, "metadata": {_OURS: key}}, _options(access, key)
            )
        return made.id

    def open_page(self, access: CardAccess, key: str, order: PageOrder) -> Page:
        asked = _page_asked(order)
        with _faults():
            made = self._client(access.key).v1.checkout.sessions.create(
                cast(Any, asked), _options(access, key)
            )
        return Page(made.id, made.url or "")

    def page(self, access: CardAccess, page: str) -> PageFacts:
        with _faults():
            found = self._client(access.key).v1.checkout.sessions.retrieve(
                page, {"expand": ["payment_intent", "setup_intent"]}, _options(access)
            )
        facts = found.to_dict()
        intent, setup = facts.get("payment_intent"), facts.get("setup_intent")
        kept = setup.get("payment_method") if setup and setup["status"] == "succeeded" else None
        return PageFacts(
            _PAGES[facts["status"]],
            _money(intent) if intent else None,
            facts.get("customer"),
            kept,
        )

    def close_page(self, access: CardAccess, page: str) -> None:
        with _faults():
            self._client(access.key).v1.checkout.sessions.expire(page, {}, _options(access))

    def begin_payment(
        self,
        access: CardAccess,
        key: str,
        token: str,
        customer: str,
        method: str,
        amount_minor: int,
        currency: str,
    ) -> str:
        with _faults():
            made = self._client(access.key).v1.payment_intents.create(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "customer": customer,
                    "payment_method": method,
                    "metadata": {_OURS: token},
                },
                _options(access, key),
            )
        return made.id

    def take_payment(self, access: CardAccess, key: str, payment: str, method: str) -> CardMoney:
        try:
            with _faults():
                taken = self._client(access.key).v1.payment_intents.confirm(
                    payment, {"payment_method": method, "off_session": True}, _options(access, key)
                )
        except CardsRefused as refusal:
            if not isinstance(refusal.__cause__, stripe.CardError):
                raise
            return self.payment(access, payment)
        return _money(taken.to_dict())

    def payment(self, access: CardAccess, payment: str) -> CardMoney:
        with _faults():
            found = self._client(access.key).v1.payment_intents.retrieve(payment, {}, _options(access))
        return _money(found.to_dict())

    def call_off(self, access: CardAccess, payment: str) -> None:
        with _faults():
            self._client(access.key).v1.payment_intents.cancel(payment, {}, _options(access))

    def card(self, access: CardAccess, method: str) -> CardFace:
        with _faults():
            found = self._client(access.key).v1.payment_methods.retrieve(method, {}, _options(access))
        card = found.to_dict().get("card") or {}
        return CardFace(
            method,
            card.get("display_brand") or card.get("brand") or "",
            card.get("last4") or "",
            card.get("exp_month") or 0,
            card.get("exp_year") or 0,
        )

    def forget_card(self, access: CardAccess, method: str) -> None:
        _unless_gone(lambda: self._client(access.key).v1.payment_methods.detach(method, {}, _options(access)))

    def forget_customer(self, access: CardAccess, customer: str) -> None:
        customers = self._client(access.key).v1.customers
        try:
            with _faults():
                kept = customers.payment_methods.list(customer, {"limit": 100}, _options(access))
                for each in kept.auto_paging_iter():
                    self.forget_card(access, each.id)
                customers.delete(customer, {}, _options(access))
        except CardsRefused as refusal:
            if refusal.code != _MISSING:
                raise

    def give_back(
        self, access: CardAccess, key: str, payment: str, amount_minor: int, token: str
    ) -> MoneyBack:
        with _faults():
            made = self._client(access.key).v1.refunds.create(
                {"payment_intent": payment, "amount": amount_minor, "metadata": {_OURS: token}},
                _options(access, key),
            )
        return _back(made.to_dict())

    def given_back(self, access: CardAccess, payment: str) -> list[MoneyBack]:
        with _faults():
            found = self._client(access.key).v1.refunds.list(
                {"payment_intent": payment, "limit": 100}, _options(access)
            )
        return [_back(each.to_dict()) for each in found.data]

    def given_back_since(self, access: CardAccess, since: datetime) -> list[MoneyBack]:
        with _faults():
            found = self._client(access.key).v1.refunds.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}, _options(access)
            )
            return [_back(each.to_dict()) for each in found.auto_paging_iter()]

    def disputes_of(self, access: CardAccess, payment: str) -> list[Disputed]:
        with _faults():
            found = self._client(access.key).v1.disputes.list(
                {"payment_intent": payment, "limit": 100}, _options(access)
            )
        return [disputed(each.to_dict()) for each in found.data]

    def disputes_since(self, access: CardAccess, since: datetime) -> list[Disputed]:
        with _faults():
            found = self._client(access.key).v1.disputes.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}, _options(access)
            )
            return [disputed(each.to_dict()) for each in found.auto_paging_iter()]

    def read(self, body: bytes, signature: str, secret: str) -> CardNews:
        try:
            event = stripe.Webhook.construct_event(body, signature, secret)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise NotSigned(str(error)) from error
        facts = event.to_dict()
        about = facts["data"]["object"]
        return CardNews(
            facts["id"],
            facts["type"],
            facts.get("account"),
            _token(about),
            id_of(about.get("payment_intent")),
        )

    def _new_client(self, key: str) -> StripeClient:
        return StripeClient(
            key,
            base_addresses=cast(Any, {"api": self._address} if self._address else None),
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_WITHIN_S, session=self._line),
        )


def _page_asked(order: PageOrder) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "mode": "payment" if order.lines else "setup",
        "client_reference_id": order.token,
        "metadata": {_OURS: order.token},
        "success_url": order.back,
        "cancel_url": order.away,
        "locale": order.language,
        "expires_at": int(order.ends_at.timestamp()),
    }
    if order.customer is not None:
        asked["customer"] = order.customer
    if not order.lines:
        setup = {"metadata": {_OURS: order.token}}
        return asked | {"currency": order.currency.lower(), "setup_intent_data": setup}
    asked["line_items"] = [
        {
            "quantity": 1,
            "price_data": {
                "currency": order.currency.lower(),
                "unit_amount": line.amount_minor,
                "product_data": {"name": line.name},
            },
        }
        for line in order.lines
    ]
    asked["payment_intent_data"] = {"metadata": {_OURS: order.token}}
    if order.keeps_card:
        asked["payment_intent_data"]["setup_future_usage"] = "off_session"
    return asked


def _options(access: CardAccess, key: str = "") -> Any:
    options: dict[str, str] = {}
    if access.account:
        options["stripe_account"] = access.account
    if key:
        options["idempotency_key"] = key
    return options


def _account(found: stripe.Account) -> AccountFacts:
    facts = found.to_dict()
    profile, settings = facts.get("business_profile") or {}, facts.get("settings") or {}
    name = profile.get("name") or (settings.get("dashboard") or {}).get("display_name") or ""
    return AccountFacts(facts["id"], name, bool(facts.get("charges_enabled")))


def _money(facts: Mapping[str, Any]) -> CardMoney:
    error = facts.get("last_payment_error") or {}
    code = error.get("code") or ""
    state = _MONEY.get(facts["status"], MoneyState.UNDER_WAY)
    if state is MoneyState.REFUSED and not error:
        state = MoneyState.UNDER_WAY  # no card was tried yet
    if code == "authentication_required":
        state = MoneyState.ASKS
    return CardMoney(
        facts["id"],
        state,
        facts.get("amount_received") or 0,
        str(facts["currency"]).upper(),
        facts.get("customer"),
        facts.get("payment_method"),
        error.get("decline_code") or code,
    )


def _back(facts: Mapping[str, Any]) -> MoneyBack:
    return MoneyBack(
        facts["id"],
        _BACK.get(facts["status"], BackState.PENDING),
        _token(facts),
        id_of(facts.get("payment_intent")),
        facts["amount"],
        str(facts["currency"]).upper(),
    )


def _token(facts: Mapping[str, Any]) -> str:
    return str((facts.get("metadata") or {}).get(_OURS) or "")


def _unless_gone(ask: Callable[[], object]) -> None:
    try:
        with _faults():
            ask()
    except KeyRefused:
        raise
    except CardsRefused:
        return


@contextmanager
def _faults() -> Iterator[None]:
    """Stripe's errors in our words."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise KeyRefused(error.code or "key", str(error.user_message or "")) from error
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        # 409: the same wish is being granted at this moment
        if error.http_status == 409:
            raise CardsDown(str(error)) from error
        raise CardsRefused(error.code or "invalid", str(error.user_message or error)) from error
    except stripe.StripeError as error:
        raise CardsDown(str(error)) from error
