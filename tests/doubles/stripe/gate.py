"""What every call of the API passes: faults that were ordered, the key, the version, the idempotency key."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.stripe.api import Route, find_route
from tests.doubles.stripe.call import Call, render
from tests.doubles.stripe.errors import StripeError, invalid
from tests.doubles.stripe.params import decode
from tests.doubles.stripe.world import VERSION, Account, Obj, World, new_id

FAULTS = {"error_before", "error_after", "timeout_after", "close_before", "slow", "rate_limit"}


@dataclass
class Fault:
    """A bad day: what befalls the next `times` calls whose method and address begin like this."""

    kind: str
    method: str = ""
    path: str = "/v1/"
    times: int = 1
    seconds: float = 1.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: str


@dataclass
class Answer:
    """What is sent; `hang_s` leaves the caller waiting and then closes the line without a word."""

    status: int
    body: Obj
    headers: dict[str, str] = field(default_factory=dict)
    hang_s: float | None = None


class Gate:
    def __init__(self, world: World) -> None:
        self.world = world
        self.faults: list[Fault] = []
        self.calls: list[Obj] = []
        self.busy: set[tuple[str, str]] = set()

    def answer(self, request: Request) -> Answer:
        """One call, from the first byte to the last."""
        request_id = new_id("req")[:18]
        with self.world.lock:
            fault = self._fault(request)
            note: Obj = {
                "method": request.method,
                "path": request.path,
                "key": request.headers.get("idempotency-key"),
            }
            self.calls.append(note)
        if fault is not None and fault.kind in ("error_before", "rate_limit", "close_before"):
            answer = _refuse(fault)
        else:
            try:
                answer = self._pass(request, request_id, fault)
            except StripeError as error:
                answer = Answer(error.status, error.body)
        if fault is not None and fault.kind == "timeout_after":
            answer.hang_s = fault.seconds
        note["status"] = answer.status if answer.hang_s is None else None
        answer.headers |= {"Request-Id": request_id, "Stripe-Version": VERSION}
        return answer

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if request.path.startswith(fault.path) and fault.method in ("", request.method):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _pass(self, request: Request, request_id: str, fault: Fault | None) -> Answer:
        account = self._account(request)
        route, ids = find_route(request.method, request.path)
        given = decode(request.body if request.method == "POST" else request.query)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            return self._run(
                request, route, Call(self.world, account, given, ids, request.path), request_id, fault
            )
        print_ = json.dumps([request.method, request.path, given], sort_keys=True)
        stored = self._claim(account, key, print_)
        if stored is not None:
            replay = {
                "Idempotent-Replayed": "true",
                "Original-Request": stored["request"],
                "Idempotency-Key": key,
            }
            return Answer(stored["status"], stored["body"], replay)
        try:
            call = Call(self.world, account, given, ids, request.path)
            answer = self._run(request, route, call, request_id, fault)
            with self.world.lock:
                account.replies[key] = {
                    "print": print_,
                    "status": answer.status,
                    "body": answer.body,
                    "request": request_id,
                }
        finally:
            with self.world.lock:
                self.busy.discard((account.id, key))
        answer.headers["Idempotency-Key"] = key
        return answer

    def _account(self, request: Request) -> Account:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        with self.world.lock:
            account = self.world.behind(
                key if scheme == "Bearer" else None,
                request.headers.get("stripe-account"),
            )
        version = request.headers.get("stripe-version")
        if version != VERSION:
            raise invalid(f"Invalid Stripe API version: {version}. This test double speaks {VERSION} only.")
        kind = request.headers.get("content-type", "")
        if request.method == "POST" and request.body and "application/x-www-form-urlencoded" not in kind:
            raise invalid(f"Invalid request (unsupported Content-Type {kind}).")
        return account

    def _claim(self, account: Account, key: str, print_: str) -> Obj | None:
        """The stored answer, or none and the key is this call's; raise when it is another's."""
        if len(key) > 255:
            raise invalid("Idempotency keys have up to 255 characters.")
        with self.world.lock:
            stored = account.replies.get(key)
            if stored is None:
                if (account.id, key) in self.busy:
                    message = (
                        f"There is currently another in-progress request using this Idempotent Key: {key}. "
                        "Please try again later."
                    )
                    raise StripeError(409, "idempotency_error", message, code="idempotency_key_in_use")
                self.busy.add((account.id, key))
                return None
        if stored["print"] != print_:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise StripeError(400, "idempotency_error", message)
        return stored

    def _run(
        self, request: Request, route: Route, call: Call, request_id: str, fault: Fault | None
    ) -> Answer:
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        with self.world.lock:
            call.params = route.check(call.params)
            self.world.request = {"id": request_id, "idempotency_key": request.headers.get("idempotency-key")}
            try:
                answer = Answer(200, render(call.account, route.handler(call), call.get("expand", [])))
            except StripeError as error:
                if not error.executed:
                    raise
                answer = Answer(error.status, error.body)
            finally:
                self.world.request = {"id": None, "idempotency_key": None}
        if fault is not None and fault.kind == "error_after":
            return _sorry()
        return answer


def _refuse(fault: Fault) -> Answer:
    if fault.kind == "rate_limit":
        message = "Request rate limit exceeded. Learn more about rate limits at https://docs.stripe.com/rate-limits."
        error = {"code": "rate_limit", "message": message, "type": "invalid_request_error"}
        return Answer(429, {"error": error}, {"Stripe-Rate-Limited-Reason": "global-rate"})
    answer = _sorry()
    if fault.kind == "close_before":
        answer.hang_s = fault.seconds
    return answer


def _sorry() -> Answer:
    return Answer(500, {"error": {"message": "An unknown error occurred.", "type": "api_error"}})


def order(gate: Gate, wanted: dict[str, Any]) -> None:
    """Order a fault; a kind that does not exist is the test's own mistake."""
    fault = Fault(**wanted)
    if fault.kind not in FAULTS:
        raise ValueError(f"there is no fault {fault.kind!r}")
    gate.faults.append(fault)
