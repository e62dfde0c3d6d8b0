"""THE list of what there is under "My account": the overview's rows and the inner pages' tabs."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.web.forms import Label


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the account area. `below` names the endpoints that one reaches through it."""

    endpoint: str
    icon: str
    label: Label
    detail: Label = ""
    below: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        return request.endpoint in (self.endpoint, *self.below)


TABS = (
    Tab(
        "account.edit_profile",
        "user",
        _l("Profile"),
        _l("Name, work, skills"),
        below=(
            "account.update_profile",
            "account.update_photo",
            "account.edit_email",
            "account.update_email",
        ),
    ),
    Tab(
        "account.edit_privacy",
        "eye",
        _l("Privacy"),
        _l("Who sees what"),
        below=("account.update_privacy", "account.show_preview"),
    ),
    Tab(
        "account.edit_notifications",
        "bell",
        _l("Notifications"),
        _l("What reaches you, and how"),
        below=("account.update_notifications", "account.index_push_devices"),
    ),
    Tab(
        "team.index",
        "users",
        _l("Teams"),
        _l("Who you work with"),
        below=(
            "team.show",
            "team.edit_member",
            "team.index_bookings",
            "team.show_booking",
            "team.edit_booking",
            "team.new_cancellation",
        ),
    ),
    Tab(
        "account.show_data",
        "download",
        _l("My data"),
        _l("Take it along, or leave"),
        below=("account.create_copy", "account.show_deletion", "account.create_deletion"),
    ),
    Tab(
        "account.show_security",
        "shield",
        _l("Security"),
        _l("How you sign in"),
        below=(
            "account.edit_password",
            "account.update_password",
            "account.index_sessions",
            "account.edit_passkey",
            "account.update_passkey",
            "account.show_authenticator",
            "account.update_authenticator",
            "account.create_recovery_codes",
            "account.new_proof",
            "account.create_proof",
            "account.index_linked_accounts",
        ),
    ),
    Tab("account.show_activity", "list", _l("Activity"), _l("What staff did for you")),
)
"""In the order of the overview. A page of another room joins with a line here."""
