"""The addresses of the API: which types check their parameters, and which handler answers.

`knows` are the parameters that the double gives a meaning to. Others that Stripe has are refused rather than ignored.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params
from stripe.params import checkout as checkout_params

from tests.doubles.stripe import (
    balance,
    charges,
    checkout,
    customers,
    disputes,
    intents,
    methods,
    platform,
    setups,
)
from tests.doubles.stripe.call import Call
from tests.doubles.stripe.errors import StripeError, unsupported
from tests.doubles.stripe.params import Tree, check
from tests.doubles.stripe.world import Obj

LIST = "limit starting_after ending_before created"


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    kind: Any
    handler: Callable[[Call], Obj]
    knows: str = ""

    def match(self, method: str, path: str) -> list[str] | None:
        """The ids in the address, if it is this one."""
        found = re.fullmatch(re.sub(r"<\w+>", r"([^/]+)", self.path), path)
        return list(found.groups()) if found and method == self.method else None

    def check(self, given: Tree) -> Obj:
        checked = check(self.kind, given)
        for name in checked:
            if name not in {"expand", "metadata", *self.knows.split()}:
                raise unsupported(name)
        return checked


_CUSTOMER = "address description email name phone preferred_locales shipping tax_exempt invoice_settings"
_SESSION = (
    "mode customer customer_email customer_creation client_reference_id line_items success_url cancel_url expires_at "
    "payment_intent_data setup_intent_data payment_method_types currency locale ui_mode submit_type"
)
_INTENT = (
    "amount currency customer description receipt_email setup_future_usage payment_method payment_method_types "
    "automatic_payment_methods confirm off_session return_url"
)

P = params
C = checkout_params
ROUTES = (
    Route("POST", "/v1/customers", P.CustomerCreateParams, customers.create, _CUSTOMER),
    Route("GET", "/v1/customers", P.CustomerListParams, customers.listing, f"{LIST} email"),
    Route("GET", "/v1/customers/<id>", P.CustomerRetrieveParams, customers.retrieve),
    Route("POST", "/v1/customers/<id>", P.CustomerUpdateParams, customers.update, _CUSTOMER),
    Route("DELETE", "/v1/customers/<id>", P.CustomerDeleteParams, customers.delete),
    Route(
        "GET",
        "/v1/customers/<id>/payment_methods",
        P.CustomerPaymentMethodListParams,
        methods.listing,
        f"{LIST} type",
    ),
    Route(
        "GET",
        "/v1/customers/<id>/payment_methods/<method>",
        P.CustomerPaymentMethodRetrieveParams,
        methods.retrieve_of_customer,
    ),
    Route(
        "POST",
        "/v1/payment_methods",
        P.PaymentMethodCreateParams,
        methods.create,
        "type card billing_details allow_redisplay",
    ),
    Route("GET", "/v1/payment_methods", P.PaymentMethodListParams, methods.listing, f"{LIST} customer type"),
    Route("GET", "/v1/payment_methods/<id>", P.PaymentMethodRetrieveParams, methods.retrieve),
    Route(
        "POST",
        "/v1/payment_methods/<id>",
        P.PaymentMethodUpdateParams,
        methods.update,
        "billing_details allow_redisplay",
    ),
    Route("POST", "/v1/payment_methods/<id>/attach", P.PaymentMethodAttachParams, methods.attach, "customer"),
    Route("POST", "/v1/payment_methods/<id>/detach", P.PaymentMethodDetachParams, methods.detach),
    Route("POST", "/v1/payment_intents", P.PaymentIntentCreateParams, intents.create, _INTENT),
    Route("GET", "/v1/payment_intents", P.PaymentIntentListParams, intents.listing, f"{LIST} customer"),
    Route("GET", "/v1/payment_intents/<id>", P.PaymentIntentRetrieveParams, intents.retrieve),
    Route("POST", "/v1/payment_intents/<id>", P.PaymentIntentUpdateParams, intents.update, "description"),
    Route(
        "POST",
        "/v1/payment_intents/<id>/confirm",
        P.PaymentIntentConfirmParams,
        intents.confirm,
        "payment_method off_session return_url setup_future_usage",
    ),
    Route(
        "POST",
        "/v1/payment_intents/<id>/cancel",
        P.PaymentIntentCancelParams,
        intents.cancel,
        "cancellation_reason",
    ),
    Route(
        "POST",
        "/v1/setup_intents",
        P.SetupIntentCreateParams,
        setups.create,
        "customer description usage payment_method payment_method_types confirm return_url",
    ),
    Route(
        "GET", "/v1/setup_intents", P.SetupIntentListParams, setups.listing, f"{LIST} customer payment_method"
    ),
    Route("GET", "/v1/setup_intents/<id>", P.SetupIntentRetrieveParams, setups.retrieve),
    Route(
        "POST",
        "/v1/setup_intents/<id>/confirm",
        P.SetupIntentConfirmParams,
        setups.confirm,
        "payment_method return_url",
    ),
    Route(
        "POST",
        "/v1/setup_intents/<id>/cancel",
        P.SetupIntentCancelParams,
        setups.cancel,
        "cancellation_reason",
    ),
    Route("POST", "/v1/checkout/sessions", C.SessionCreateParams, checkout.create, _SESSION),
    Route(
        "GET",
        "/v1/checkout/sessions",
        C.SessionListParams,
        checkout.listing,
        f"{LIST} customer payment_intent status",
    ),
    Route("GET", "/v1/checkout/sessions/<id>", C.SessionRetrieveParams, checkout.retrieve),
    Route("POST", "/v1/checkout/sessions/<id>", C.SessionUpdateParams, checkout.update),
    Route("POST", "/v1/checkout/sessions/<id>/expire", C.SessionExpireParams, checkout.expire),
    Route(
        "GET",
        "/v1/checkout/sessions/<id>/line_items",
        C.SessionListLineItemsParams,
        checkout.line_items,
        LIST,
    ),
    Route("GET", "/v1/charges", P.ChargeListParams, charges.list_charges, f"{LIST} customer payment_intent"),
    Route("GET", "/v1/charges/<id>", P.ChargeRetrieveParams, charges.retrieve_charge),
    Route(
        "POST",
        "/v1/refunds",
        P.RefundCreateParams,
        charges.create_refund,
        "amount charge payment_intent reason",
    ),
    Route("GET", "/v1/refunds", P.RefundListParams, charges.list_refunds, f"{LIST} charge payment_intent"),
    Route("GET", "/v1/refunds/<id>", P.RefundRetrieveParams, charges.retrieve_refund),
    Route("POST", "/v1/refunds/<id>", P.RefundUpdateParams, charges.update_refund),
    Route(
        "GET", "/v1/disputes", P.DisputeListParams, disputes.list_disputes, f"{LIST} charge payment_intent"
    ),
    Route("GET", "/v1/disputes/<id>", P.DisputeRetrieveParams, disputes.retrieve_dispute),
    Route("GET", "/v1/balance", P.BalanceRetrieveParams, balance.retrieve_balance),
    Route(
        "GET",
        "/v1/balance_transactions",
        P.BalanceTransactionListParams,
        balance.list_transactions,
        f"{LIST} source type currency",
    ),
    Route(
        "GET",
        "/v1/balance_transactions/<id>",
        P.BalanceTransactionRetrieveParams,
        balance.retrieve_transaction,
    ),
    Route("GET", "/v1/events", P.EventListParams, platform.list_events, f"{LIST} type types"),
    Route("GET", "/v1/events/<id>", P.EventRetrieveParams, platform.retrieve_event),
    Route("GET", "/v1/account", P.AccountRetrieveCurrentParams, platform.own_account),
    Route("POST", "/v1/accounts", P.AccountCreateParams, platform.create_account, "type email country"),
    Route("GET", "/v1/accounts", P.AccountListParams, platform.list_accounts, LIST),
    Route("GET", "/v1/accounts/<id>", P.AccountRetrieveParams, platform.retrieve_account),
    Route(
        "POST",
        "/v1/account_links",
        P.AccountLinkCreateParams,
        platform.create_link,
        "account type refresh_url return_url",
    ),
    Route(
        "POST",
        "/v1/webhook_endpoints",
        P.WebhookEndpointCreateParams,
        platform.create_endpoint,
        "url enabled_events connect description",
    ),
    Route("GET", "/v1/webhook_endpoints", P.WebhookEndpointListParams, platform.list_endpoints, LIST),
    Route("GET", "/v1/webhook_endpoints/<id>", P.WebhookEndpointRetrieveParams, platform.retrieve_endpoint),
    Route(
        "POST",
        "/v1/webhook_endpoints/<id>",
        P.WebhookEndpointUpdateParams,
        platform.update_endpoint,
        "url enabled_events disabled",
    ),
    Route("DELETE", "/v1/webhook_endpoints/<id>", P.WebhookEndpointDeleteParams, platform.delete_endpoint),
)


def find_route(method: str, path: str) -> tuple[Route, list[str]]:
    for route in ROUTES:
        ids = route.match(method, path)
        if ids is not None:
            return route, ids
    message = f"Unrecognized request URL ({method}: {path}). Stripe may have it, this test double has not."
    raise StripeError(404, "invalid_request_error", message)
