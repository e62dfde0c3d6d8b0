"""Errors in the shape that Stripe gives them."""

from typing import Any


class StripeError(Exception):
    """An answer that is not a success. `executed` says whether something happened, so that a replay must repeat it."""

    def __init__(self, status: int, kind: str, message: str, *, executed: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        known = {name: value for name, value in more.items() if value is not None}
        self.body = {"error": {"message": message, "type": kind, **known}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that cannot be understood, or that the present state forbids."""
    return StripeError(400, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, wanted: str, param: str = "id") -> StripeError:
    """An object that this account has not. As a parameter it is a bad request, as an address it is not found."""
    status = 404 if param == "id" else 400
    message = f"No such {kind.replace('.', ' ')}: '{wanted}'"
    return StripeError(status, "invalid_request_error", message, param=param, code="resource_missing")


def unsupported(name: str) -> StripeError:
    """Stripe would do something here that this double cannot: better loud than wrong."""
    message = f"This test double of Stripe does not know what {name} does."
    return StripeError(501, "api_error", message, param=name, code="double_unsupported")
