"""The audit trail in plain words: what was done, and what was before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.audit_log import NamedEntry
from app.kernel.money import Money
from app.kernel.walltime import zone
from app.web import wording
from app.web.audit_actions import ACTIONS
from app.web.audit_fields import FIELDS, MONEY, NOT_SHOWN
from app.web.language import LANGUAGES
from app.web.rate_words import UNITS
from app.web.staff_words import PERMISSIONS, ROLES

_TO_YOU: Mapping[str, Any] = {
    "person.edited": _l("Changed your details"),
    "person.suspended": _l("Suspended your account"),
    "person.reinstated": _l("Let you in again"),
    "person.invited": _l("Sent you an invitation"),
    "person.reset_sent": _l("Sent you a password mail"),
    "person.role_changed": _l("Changed your staff role"),
    "person.billing_edited": _l("Changed your billing details"),
    "person.took_over": _l("Merged another account into yours"),
    "contract.started": _l("Started a contract for you"),
    "contract.ended": _l("Set your contract’s last day"),
    "contract.repriced": _l("Changed what you pay for a plan"),
    "credit.given": _l("Gave you credit"),
    "credit.taken": _l("Took some of your credit"),
    "purchase.sold": _l("Sold something to you"),
    "booking.created": _l("Booked a room for you"),
    "series.created": _l("Booked a room for you again and again"),
    "series.extended": _l("Added dates to a repeating booking of yours"),
    "series.moved": _l("Moved dates of a repeating booking of yours"),
    "series.cancelled": _l("Cancelled dates of a repeating booking of yours"),
    "series.struck_off": _l("Cancelled the rest of a repeating booking of yours, since nobody came"),
    "series.strikes_forgiven": _l("Forgave that nobody came to a repeating booking of yours"),
    "booking.cancelled": _l("Cancelled your booking"),
    "booking.moved": _l("Changed your booking"),
    "booking.extended": _l("Extended your booking"),
    "booking.ended_early": _l("Ended your booking early"),
    "booking.checked_in": _l("Checked you in to your booking"),
    "booking.released": _l("Freed your room, since nobody had checked in"),
}
"""The same to whom it was done; what is not among them reads alike."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an entry changed: either side is empty where there was nothing."""

    label: str
    before: str
    after: str


def deed(entry: NamedEntry) -> str:
    """What was done: `Booked a room`."""
    known = ACTIONS.get(entry.action)
    # A version that is gone may have written what this one has no words for.
    return str(known[1]) if known else wording.capital(entry.action.replace(".", " ").replace("_", " "))


def deed_to_you(entry: NamedEntry) -> str:
    """The same to the person whom it concerns: `Booked a room for you`."""
    return str(_TO_YOU.get(entry.action) or deed(entry))


def moment(at: datetime, tz: ZoneInfo) -> str:
    """`Tue 24 Nov 2026, 10:05`."""
    local = at.astimezone(tz)
    return _("%(day)s, %(time)s", day=wording.full_day(local.date()), time=wording.clock_time(at, tz))


def changes_of(entry: NamedEntry, tz: ZoneInfo, currency: str) -> list[Change]:
    """What was before and after, in the order in which it was written. A room's times are told by the clock there, others
    by `tz`.
    """
    say = _Say(entry, zone(entry.zone) if entry.zone else tz, currency)
    keys = [key for key in dict.fromkeys((*entry.before, *entry.after)) if key not in NOT_SHOWN]
    found = [
        Change(_label(key), say.value(key, entry.before.get(key)), say.value(key, entry.after.get(key)))
        for key in keys
    ]
    return [change for change in found if change.before or change.after]


def change_sentence(change: Change) -> str:
    """`E-mail: ann@example.com → anna@example.com`."""
    if change.before and change.after:
        return _(
            "%(what)s: %(before)s → %(after)s", what=change.label, before=change.before, after=change.after
        )
    if change.before:
        return _("%(what)s: %(before)s → nothing", what=change.label, before=change.before)
    return _("%(what)s: %(after)s", what=change.label, after=change.after)


def _label(key: str) -> str:
    known = FIELDS.get(key)
    return str(known) if known else wording.capital(key.replace("_", " "))


@dataclass(frozen=True, slots=True)
class _Say:
    """Values as the reader says them."""

    entry: NamedEntry
    tz: ZoneInfo
    currency: str

    def value(self, key: str, value: Any) -> str:  # noqa: PLR0911 - one line for each sort of value
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return ", ".join(filter(None, (self.value(key, each) for each in value)))
        if key in MONEY and isinstance(value, int):
            return wording.money(Money(value, self.currency))
        if key == "location_id":
            return self.entry.places.get(value, "")
        if isinstance(value, str):
            return self._text(key, value)
        return str(value)

    def _text(self, key: str, text: str) -> str:
        if key in _NAMED:
            return str(_NAMED[key].get(text, text))
        if key.endswith("_at"):
            return moment(datetime.fromisoformat(text), self.tz)
        if key.endswith(("_on", "_day")):
            return wording.full_day(date.fromisoformat(text))
        return text


_NAMED: Mapping[str, Mapping[str, Any]] = {
    "role": {str(role): words for role, words in ROLES.items()},
    "permissions": {str(permission): words for permission, words in PERMISSIONS.items()},
    "locale": LANGUAGES,
    "unit": {str(unit): words for unit, words in UNITS.items()},
    "status": {"confirmed": _l("Booked"), "held": _l("Being booked"), "cancelled": _l("Called off")},
}
"""Facts of which each value has a name."""
