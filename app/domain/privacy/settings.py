"""How long this tenant keeps what it knows of people."""

from dataclasses import asdict, dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.levels import hold_level
from app.domain.privacy.terms import BadDays
from app.kernel.clock import Clock
from app.models import PrivacySetting
from app.tenancy import begin_writing

LONGEST_GRACE = 90
LONGEST = 36_500
LEAST = {
    "grace_days": 1,
    "audit_days": 30,
    "notice_days": 1,
    "session_days": 1,
    "booking_days": 1,
    "check_in_days": 1,
    "message_days": 1,
}
"""The trail's least stands in the database's own guard of it as well."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days for each kind; None keeps it for good."""

    grace_days: int = 14
    audit_days: int | None = 730
    notice_days: int | None = 365
    session_days: int | None = 60
    booking_days: int | None = 365
    check_in_days: int | None = 30
    message_days: int | None = 730


DEFAULTS = Days()


def days_kept(session: Session) -> Days:
    """What holds for the session's tenant."""
    row = session.scalars(select(PrivacySetting)).one_or_none()
    return DEFAULTS if row is None else Days(*(getattr(row, each.name) for each in fields(Days)))


def keep_for(session: Session, actor: Actor, wanted: Days, clock: Clock) -> None:
    """Set them. Audited. Raises BadDays."""
    for name, days in asdict(wanted).items():
        most = LONGEST_GRACE if name == "grace_days" else LONGEST
        if days is not None and not LEAST[name] <= days <= most:
            raise BadDays(name, LEAST[name], most)
    begin_writing(session)
    # Two at once would both find no row.
    hold_level(session, None)
    before = asdict(days_kept(session))
    write_days(session, wanted)
    old, new = audit.changes(before, asdict(wanted))
    audit.record_tenant(session, actor, clock(), "privacy.changed", old, new)
    session.flush()


def write_days(session: Session, wanted: Days) -> None:
    """Write the tenant's row into the transaction in hand; the trail's guard reads it there."""
    row = session.scalars(select(PrivacySetting)).one_or_none()
    if row is None:
        session.add(PrivacySetting(**asdict(wanted)))
    else:
        for name, days in asdict(wanted).items():
            setattr(row, name, days)
    session.flush()
