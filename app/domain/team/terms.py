"""The words that verbs of teams share: what people ask for, and every reason for a no."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from app.kernel.errors import NotFound, Refusal
from app.models import TeamInvitation, TeamMember

LONGEST_TEAM_NAME = 80
LONGEST_ABOUT = 400
MOST_SEATS = 10_000
INVITATION_LIFETIME = timedelta(days=7)

Holder = TypeVar("Holder", TeamMember, TeamInvitation)


class TeamNameTaken(Refusal):
    """Another team of this tenant has that name."""


class TeamFull(Refusal):
    """Every seat is taken, or kept for somebody who is invited. Carries the number of seats."""

    def __init__(self, seats: int) -> None:
        super().__init__(seats)
        self.seats = seats


class SeatsTaken(Refusal):
    """The limit would be below the number of people who are in the team. Carries that number."""

    def __init__(self, people: int) -> None:
        super().__init__(people)
        self.people = people


class AlreadyInTeam(Refusal):
    """The person is in the team."""


class AlreadyInvited(Refusal):
    """An open invitation into this team goes to that address."""


class LastAdministrator(Refusal):
    """A team with people in it would be left without an administrator who can sign in."""


class PaysForTeam(Refusal):
    """The person pays for a team that others are in; somebody else must pay first."""


class NobodyLikeThat(Refusal):
    """Nobody of this tenant has that e-mail."""


class InvitationGone(NotFound):
    """The invitation was used, taken back, has expired, or never was."""


class ForSomebodyElse(Refusal):
    """The invitation went to another address than the one of who is signed in."""


class HasAccount(Refusal):
    """Somebody here has the invitation's address: they sign in to join, they do not start anew."""


@dataclass(frozen=True, slots=True)
class TeamDetails:
    """What staff say of a team. The name is clean; no `seat_limit` means any number of people."""

    name: str
    seat_limit: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class Showing:
    """Whether the directory shows a team, and what it says of itself there; the text is clean."""

    listed: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class TeamPermissions:
    """What somebody may do for a team."""

    may_book: bool = True
    may_book_for_team: bool = False
    may_buy: bool = False
    may_see_invoices: bool = False


PERMISSIONS = ("may_book", "may_book_for_team", "may_buy", "may_see_invoices")


def give(row: Holder, permissions: TeamPermissions) -> Holder:
    """Write the permissions into a membership, or into the invitation that will make one."""
    for name in PERMISSIONS:
        setattr(row, name, getattr(permissions, name))
    return row


def held(row: TeamMember | TeamInvitation) -> TeamPermissions:
    """The permissions that a membership gives, or that an invitation will."""
    return TeamPermissions(**{name: getattr(row, name) for name in PERMISSIONS})
