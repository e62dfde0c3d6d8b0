"""The words that the verbs of announcements share: commands, limits, and every reason for a no."""

from dataclasses import dataclass, field
from datetime import date

from app.domain.stored_file import Photo
from app.kernel.errors import Refusal
from app.sections import Audience

LONGEST_TITLE = 120
LONGEST_BODY = 6000
BATCH = 200
"""People who are told in one transaction."""
PUBLISHED = "announcement.published"
TRIED = "announcement.tried"
SECTION = "announcements"
_LONGEST_BEGINNING = 160


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom an announcement is for. Of each kind any will do, an empty one asks nothing; of the kinds, all are asked."""

    audience: Audience = Audience.SIGNED_IN
    here_now: bool = False
    """Only who is checked in; where locations are chosen, at one of those."""
    location_ids: frozenset[int] = frozenset()
    """Who calls one of these home."""
    plan_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class WriteAnnouncement:
    """What staff want to tell. `home_until` is the last day on which the home page shows it."""

    title: str
    body: str
    aim: Aim = field(default_factory=Aim)
    home_until: date | None = None
    photo: Photo | None = None
    drop_photo: bool = False
    """Take away the picture that it has."""


class AlreadyBegun(Refusal):
    """It is being sent, was sent or was withdrawn: nothing about it can be changed any more."""


class NeverSent(Refusal):
    """Nobody was told, so there is nothing to withdraw."""


class NotAhead(Refusal):
    """The moment to send it at has passed."""


class NobodyToTell(Refusal):
    """Nobody belongs to the audience at this moment."""


class HomeOver(Refusal):
    """The home page would stop showing it before anybody was told."""


class LocationNeeded(Refusal):
    """Who works in some locations only tells only people of these."""


def beginning(body: str) -> str:
    """The first words of a text, in one line, as lists and banners show them."""
    text = " ".join(body.split())
    return text if len(text) <= _LONGEST_BEGINNING else f"{text[: _LONGEST_BEGINNING - 1]}…"
