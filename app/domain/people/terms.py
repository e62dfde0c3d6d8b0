"""The words that people's verbs share: what staff ask for, and every reason for a no."""

from dataclasses import dataclass
from enum import StrEnum

from app.kernel.errors import Refusal
from app.models.person import Role

SHORTEST_FIRST_NAME = 2
LONGEST_NAME = 80


class NameFault(StrEnum):
    TOO_SHORT = "too_short"
    NOT_LETTERS = "not_letters"


class BadName(Refusal):
    """A name that nobody has: too short, or with digits or symbols. `field` is `first_name` or `last_name`."""

    def __init__(self, field: str, fault: NameFault) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault


class EmailTaken(Refusal):
    """Somebody else of this tenant has that e-mail."""


class LastOwner(Refusal):
    """A tenant without an owner could never make another one."""


class NotOneself(Refusal):
    """Nobody may do this to their own account."""


class StaffIsOwnersBusiness(Refusal):
    """Only who may give staff roles may change a staff member's account: an e-mail is the way to its password."""


class MoreThanOneHas(Refusal):
    """Nobody gives what they may not do themselves, nor a place in which they do not work."""


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of somebody. Texts are clean; `location_id` and `locale` None mean no choice."""

    email: str
    first_name: str
    last_name: str
    company: str = ""
    location_id: int | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class GiveRole:
    """What somebody is to be of staff. `staff_role_id` names a role of the tenant's own, with Role.CUSTOM only."""

    role: Role
    staff_role_id: int | None = None
    location_ids: frozenset[int] = frozenset()
    """The locations that they are limited to; none at all means everywhere."""
