"""What the provider is given to know things of ours by: the tenant's id first, so that a message says whose it is."""

import secrets

from app.models.base import LARGEST_ID

_REFUND = "refund"
_ACCOUNT = "account"


def attempt_token(tenant_id: int) -> str:
    """Of an attempt; it is in the address that the provider's page leads back to, so nobody guesses it."""
    return f"{tenant_id}.{secrets.token_urlsafe(24)}"


def refund_token(tenant_id: int, refund_id: int) -> str:
    return f"{tenant_id}.{_REFUND}.{refund_id}"


def account_token(tenant_id: int) -> str:
    return f"{tenant_id}.{_ACCOUNT}"


def tenant_in(token: str) -> int | None:
    """Whose it is; None for what is no token of ours."""
    head, dot, _rest = token.partition(".")
    return _id(head) if dot else None


def refund_in(token: str, tenant_id: int) -> int | None:
    """The refund of this tenant that it is about, if it is about one."""
    begin = f"{tenant_id}.{_REFUND}."
    return _id(token.removeprefix(begin)) if token.startswith(begin) else None


def _id(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID))
    return int(text) if plain and int(text) > 0 else None
