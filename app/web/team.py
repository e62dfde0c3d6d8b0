"""What the two rooms of teams share, the members' and the front desk's: forms about people of a team, and sentences."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.team.listing import MemberRow
from app.domain.team.terms import (
    LONGEST_ABOUT,
    PERMISSIONS,
    AlreadyInTeam,
    AlreadyInvited,
    LastAdministrator,
    NobodyLikeThat,
    PaysForTeam,
    SeatsTaken,
    Showing,
    TeamFull,
    TeamNameTaken,
    TeamPermissions,
)
from app.web.attempts import Words, say
from app.web.forms import CheckField, EmailField, Form, TextField
from app.web.wording import capital

PERMISSION_WORDS = {
    "may_book": _l("Books for themselves"),
    "may_book_for_team": _l("Books for others in the team"),
    "may_buy": _l("Buys for the team"),
    "may_see_invoices": _l("Sees the team's invoices"),
}


_IN_A_LIST = {
    "may_book": _l("books"),
    "may_book_for_team": _l("books for others"),
    "may_buy": _l("buys"),
    "may_see_invoices": _l("sees invoices"),
}


class PermissionsForm(Form):
    """What somebody may do for a team."""

    may_book = CheckField(PERMISSION_WORDS["may_book"], default=True)
    may_book_for_team = CheckField(PERMISSION_WORDS["may_book_for_team"])
    may_buy = CheckField(PERMISSION_WORDS["may_buy"])
    may_see_invoices = CheckField(PERMISSION_WORDS["may_see_invoices"])

    def permissions(self) -> TeamPermissions:
        return TeamPermissions(**{name: bool(self[name].data) for name in PERMISSIONS})


class AddressForm(PermissionsForm):
    """Somebody by e-mail, with what they may do: added by staff, invited by an administrator of the team."""

    email = EmailField(_l("E-mail"))


class ShowingForm(Form):
    """Whether the directory shows the team, and what it says of itself there."""

    listed = CheckField(_l("Show the team in the directory"))
    about = TextField(_l("About the team"), longest=LONGEST_ABOUT, required=False, multiline=True)

    def showing(self) -> Showing:
        return Showing(bool(self.listed.data), self.about.data or "")


class MemberForm(PermissionsForm):
    """Somebody who is in the team."""

    administrator = CheckField(_l("Administrator"))

    def __init__(self, member: MemberRow, **kwargs: Any) -> None:
        given = {name: getattr(member.permissions, name) for name in PERMISSIONS}
        super().__init__(data={"administrator": member.administrator, **given}, **kwargs)


def last_administrator() -> str:
    return _("A team needs an administrator who can sign in. Make somebody else one first.")


def pays_for_team() -> str:
    return _("This person pays for the team. Choose somebody else to pay first.")


def permission_words(permissions: TeamPermissions) -> str:
    """`Books, sees invoices`, or that there is nothing."""
    granted = [str(words) for name, words in _IN_A_LIST.items() if getattr(permissions, name)]
    return capital(", ".join(granted)) or _("Is in the team, no more")


def seats_words(people: int, limit: int | None) -> str:
    """`4 people`, or `4 of 6 seats taken`."""
    if limit is None:
        return ngettext("%(num)s person", "%(num)s people", people)
    return ngettext(
        "%(num)s of %(limit)s seat taken", "%(num)s of %(limit)s seats taken", people, limit=limit
    )


def _full(refusal: TeamFull) -> tuple[str, str]:
    return "email", ngettext(
        "The team's %(num)s seat is taken, or kept for somebody who is invited.",
        "All %(num)s seats are taken, or kept for people who are invited.",
        refusal.seats,
    )


def _too_few(refusal: SeatsTaken) -> tuple[str, str]:
    return "seat_limit", ngettext(
        "%(num)s person is in the team, so there cannot be fewer seats.",
        "%(num)s people are in the team, so there cannot be fewer seats.",
        refusal.people,
    )


REFUSALS: Words = {
    TeamNameTaken: say("name", lambda: _("Another team has this name.")),
    SeatsTaken: _too_few,
    TeamFull: _full,
    AlreadyInTeam: say("email", lambda: _("They are in the team already.")),
    AlreadyInvited: say("email", lambda: _("They are invited already. You can send it again below.")),
    NobodyLikeThat: say(
        "email",
        lambda: _("Nobody here has this e-mail. Add them to People first, or let the team invite them."),
    ),
    LastAdministrator: say("administrator", last_administrator),
    PaysForTeam: say("", pays_for_team),
}
