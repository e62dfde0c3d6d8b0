"""Push services, which wake devices."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class PushFault(StrEnum):
    """Why a push message was not taken, or a device is not written to."""

    NOT_HTTPS = "not_https"
    NO_ADDRESS = "no_address"
    """The endpoint is no web address."""
    PRIVATE_ADDRESS = "private_address"
    UNKNOWN_SERVICE = "unknown_service"
    """The endpoint is at no push service that this server writes to."""
    BAD_KEYS = "bad_keys"
    """The device's keys are none."""
    TOO_LARGE = "too_large"
    BUSY = "busy"
    NOT_US = "not_us"
    """The service does not accept this server: its key, its subject or its clock."""
    BAD_MESSAGE = "bad_message"
    AWAY = "away"
    """The service did not answer, or only with a fault of its own."""


class PushGone(Exception):
    """The device's subscription has ended: forget it."""


class PushRefused(Exception):
    """The message was not taken, or the device may not be written to. `detail` names a host or what the service said."""

    def __init__(self, fault: PushFault, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail
        self.retry_after = retry_after
        """For how long the service wants to be left alone."""

    @property
    def permanent(self) -> bool:
        """Whether trying the same again cannot help."""
        return self.fault not in {PushFault.BUSY, PushFault.AWAY, PushFault.NOT_US}


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser's subscription as its PushManager gave it out; keys in base64url without padding."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class PushKeys:
    """Both halves of the key that push services know a sender by, in base64url without padding."""

    public: str
    private: str


@dataclass(frozen=True, slots=True)
class PushManner:
    """How a push service is to treat a message."""

    ttl: timedelta
    """For how long it is kept for a device that is away."""
    urgency: str = "normal"
    """`very-low`, `low`, `normal` or `high`."""
    topic: str = ""
    """A later message with the same one takes the place of one that still waits."""


class Push(Protocol):
    def new_keys(self) -> PushKeys:
        """A fresh pair."""

    def check(self, target: PushTarget) -> None:
        """Raises PushRefused for a device that this server does not write to."""

    def send(self, target: PushTarget, payload: bytes, keys: PushKeys, manner: PushManner) -> None:
        """Hand a message over to the device's push service. Raises PushGone and PushRefused."""
