"""What a charge says on an invoice; the sentences are the web's, in the payer's language."""

from enum import StrEnum
from typing import Protocol


class What(StrEnum):
    """What of a plan is charged for."""

    SIGNUP = "signup"
    DEPOSIT = "deposit"
    CYCLE = "cycle"
    UNUSED = "unused"
    """Days that were paid for and are not had, because of a change."""


class ChargeWords(Protocol):
    """Says what a charge is for."""

    def charge(self, locale: str, what: What, plan_name: str) -> str:
        """At most 200 characters, in that language; the days stand beside it on the invoice."""
