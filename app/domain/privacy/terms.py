"""The words that the verbs of privacy share: commands, and every reason for a no."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.errors import Refusal


class Reason(StrEnum):
    """Why staff made somebody anonymous. A choice and no free text, which would stay in the audit trail."""

    ASKED = "asked"
    UNUSED = "unused"
    MISTAKE = "mistake"


class ProofNeeded(Refusal):
    """It takes the password, or a sign-in of the last minutes."""


class DeletionAsked(Refusal):
    """It was asked for before, and is under way."""


class CopyUnderWay(Refusal):
    """A copy was asked for before, and is not finished yet."""


class SamePerson(Refusal):
    """Somebody cannot be merged with themselves."""


class WeakerProtection(Refusal):
    """Merged, somebody of staff could come in with less than the one that goes has to show."""


class BadDays(Refusal):
    """A number of days that is not to be had. `field` names the setting."""

    def __init__(self, field: str, least: int, most: int) -> None:
        super().__init__(field)
        self.field, self.least, self.most = field, least, most


@dataclass(frozen=True, slots=True)
class AskDeletion:
    """`password` is the proof that it is not only an unlocked device that asks; empty after a fresh sign-in."""

    password: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two rows are one person: `gone_id` is emptied into `kept_id`. The two switches say whose words survive."""

    kept_id: int
    gone_id: int
    take_email: bool = False
    take_name: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """What somebody hears before they ask to be deleted, or after."""

    due_at: datetime | None
    """Empty before it was asked for."""
    grace_days: int
    upcoming: int
    """Bookings that are cancelled with the asking."""
    fresh: bool
    """Whether the last sign-in is proof enough."""
    has_password: bool
    last_owner: bool
