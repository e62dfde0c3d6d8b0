"""The words that joining's verbs share: what is asked for, and every reason for a no."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.kernel.errors import Refusal

INVITED = "invitation.sent"
"""Staff ask somebody in."""
ASKED = "sign_up.asked"
"""An e-mail wants to join: the link that shows it is theirs."""
KNOWN = "sign_up.known"
"""The same for who is a person already: they may simply sign in."""
APPROVED = "sign_up.approved"
WAITING = "sign_up.waiting"
"""Tells staff."""
DECLINED = "sign_up.declined"

INVITATION_LIFETIME = timedelta(days=7)
SIGN_UP_LIFETIME = timedelta(days=2)
DECIDED_LIFETIME = timedelta(days=30)
"""How long the mailed link says what became of a sign-up."""
LIST_LIFETIME = timedelta(hours=2)
MOST_ROWS = 5000
"""How many people one spreadsheet may invite."""


class Wish(StrEnum):
    """Whether the sign-up form asks for a field."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    HIDDEN = "hidden"


class JoiningClosed(Refusal):
    """The operator lets nobody join that way at the moment."""


class AlreadyKnown(Refusal):
    """The e-mail belongs to a person who can sign in."""


class AlreadyInvited(Refusal):
    """An invitation to that e-mail is open; it can be sent again."""


class StillWaiting(Refusal):
    """Staff have not decided yet."""


class WasDeclined(Refusal):
    """Staff said no."""


class TermsNotAccepted(Refusal):
    """There are terms, and they were not accepted, or others hold by now."""


class SignsInElsewhere(Refusal):
    """Passwords are forbidden to who would join: an account at a provider is what they come in with."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says of themselves. `terms_id` is the version they were shown and accepted, None for none."""

    first_name: str
    last_name: str
    password: str
    terms_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """Further fields by key (`joining.fields`)."""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """Whom staff ask in. Texts are clean; the names may be left for the invited to fill in."""

    email: str
    first_name: str = ""
    last_name: str = ""
    location_id: int | None = None
    plan_id: int | None = None
    message: str = ""
