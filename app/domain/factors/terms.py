"""The words of factors: what is refused, and the kinds of mail that tell of a change."""

from enum import StrEnum

from app.kernel.errors import Refusal

CHANGED = "factor.changed"


class FactorChange(StrEnum):
    """What became of somebody's factors; their mail says so."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    APP_ON = "app_on"
    APP_OFF = "app_off"
    CODES_NEW = "codes_new"
    RESET = "reset"
    """By staff, or by the host."""


class CodeRefused(Refusal):
    """The code is not one that this person can use now.

    `used` says that it was right and has been used; `minutes_off` by how much the app's clock seems to be wrong:
    positive when it runs ahead. Who has shown nothing else yet is told neither.
    """

    def __init__(self, *, used: bool = False, minutes_off: int | None = None) -> None:
        super().__init__(used, minutes_off)
        self.used, self.minutes_off = used, minutes_off


class PendingGone(Refusal):
    """There is no half sign-in to finish: too old, finished, or tried too often."""


class AppIsOn(Refusal):
    """There is a confirmed authenticator already: another one only takes its place once that is off."""


class NoApp(Refusal):
    """There is no authenticator waiting to be confirmed."""


class FactorNeeded(Refusal):
    """The tenant asks staff for a second factor, and this is the last one."""


class PasskeyRefused(Refusal):
    """The passkey's answer is not believed. `reason` is for the log, never for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
