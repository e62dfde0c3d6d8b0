"""THE lists of what there is under Settings and under People: the tabs of their pages, in order."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.actor import Actor, Permission
from app.web.forms import Label


@dataclass(frozen=True, slots=True)
class Tab:
    """A page with a tab. `rooms` begin the endpoints that one reaches through it."""

    endpoint: str
    label: Label
    permission: Permission
    rooms: tuple[str, ...] = ()
    whole_house: bool = False
    """Not for who is limited to locations."""
    icon: str = ""
    """In the navigation, of those that some see without their neighbours."""
    key: str = ""
    """By which a page gives it a count."""
    of_level: bool = False
    """What it sets may differ by location: its neighbours keep the location in hand."""

    @property
    def href(self) -> str:
        return url_for(self.endpoint, location=_level_in_hand() if self.of_level else None)

    @property
    def current(self) -> bool:
        asked = request.endpoint or ""
        return asked == self.endpoint or asked.startswith(self.rooms)


SETTINGS = (
    Tab("admin.settings.show", _l("Look and sections"), Permission.SETTINGS, of_level=True),
    Tab("admin.settings.show_home", _l("Home page"), Permission.SETTINGS, of_level=True),
    Tab("admin.joining.show", _l("Joining"), Permission.SETTINGS, ("admin.joining.",), whole_house=True),
    Tab(
        "admin.invoice_settings.show",
        _l("Invoices"),
        Permission.ACCOUNTS,
        ("admin.invoice_settings.",),
        whole_house=True,
    ),
    Tab(
        "admin.card_settings.show",
        _l("Payments"),
        Permission.ACCOUNTS,
        ("admin.card_settings.",),
        whole_house=True,
    ),
    Tab("admin.dunning.show", _l("Overdue"), Permission.ACCOUNTS, ("admin.dunning.",), whole_house=True),
    Tab(
        "admin.sign_on.index",
        _l("Signing in"),
        Permission.SIGN_ON,
        ("admin.sign_on.",),
        whole_house=True,
    ),
    Tab(
        "admin.mail_server.show",
        _l("Mail"),
        Permission.SIGN_ON,
        ("admin.mail_server.",),
        whole_house=True,
    ),
    Tab("admin.privacy.show", _l("Privacy"), Permission.PRIVACY, ("admin.privacy.",), whole_house=True),
    Tab("admin.push.show", _l("Push messages"), Permission.SETTINGS, whole_house=True),
)

PEOPLE = (
    Tab("admin.people.index", _l("Everybody"), Permission.PEOPLE),
    Tab(
        "admin.sign_ups.index",
        _l("Waiting"),
        Permission.PEOPLE,
        ("admin.sign_ups.",),
        whole_house=True,
        key="waiting",
    ),
    Tab("admin.contracts.index", _l("Contracts"), Permission.PEOPLE, ("admin.contracts.",)),
    Tab(
        "admin.invitations.index",
        _l("Invitations"),
        Permission.PEOPLE,
        ("admin.invitations.", "admin.invitation_lists."),
        whole_house=True,
    ),
    Tab("admin.teams.index", _l("Teams"), Permission.PEOPLE, ("admin.teams.",), whole_house=True),
    Tab("admin.skills.index", _l("Skills"), Permission.PEOPLE, ("admin.skills.",), whole_house=True),
    Tab(
        "admin.reports.index",
        _l("Reports"),
        Permission.COMMUNITY,
        ("admin.reports.",),
        whole_house=True,
        icon="flag",
    ),
    Tab(
        "admin.roles.index",
        _l("Staff roles"),
        Permission.STAFF,
        ("admin.roles.",),
        whole_house=True,
        icon="lock",
    ),
    Tab(
        "admin.audit.index",
        _l("Audit log"),
        Permission.AUDIT,
        ("admin.audit.",),
        whole_house=True,
        icon="list",
    ),
)


def open_to(actor: Actor, tabs: tuple[Tab, ...]) -> tuple[Tab, ...]:
    """Those that the person may open."""
    return tuple(
        tab for tab in tabs if actor.may(tab.permission) and (actor.reaches(None) or not tab.whole_house)
    )


def _level_in_hand() -> str | None:
    """Only the pages of levels mean by `location` what the settings do."""
    if not (request.endpoint or "").startswith("admin.settings."):
        return None
    try:
        return request.values.get("location") or None
    except RequestEntityTooLarge:  # the page that says so has these tabs, too
        return request.args.get("location") or None
