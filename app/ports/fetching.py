"""Fetching an address that somebody typed."""

from enum import StrEnum


class FetchFault(StrEnum):
    """Why an address that somebody typed could not be fetched."""

    NO_ADDRESS = "no_address"
    """It is no web address."""
    NOT_HTTPS = "not_https"
    UNKNOWN_NAME = "unknown_name"
    PRIVATE_ADDRESS = "private_address"
    """It leads into a network that is nobody's business from outside."""
    TLS = "tls"
    """The connection could not be made secure: a certificate that is not trusted, expired, or of another name."""
    NO_ANSWER = "no_answer"
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REDIRECTED = "redirected"
    """It sends on to another host."""


class FetchRefused(Exception):
    """Nothing was fetched. `detail` names the host or the reason, for the log and for who typed the address."""

    def __init__(self, fault: FetchFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail
