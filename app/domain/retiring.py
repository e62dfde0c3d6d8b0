"""What is offered no longer, and stays for those who have it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.models import BookingExtraOffer, Location, PassType, Plan, Product, Resource


def set_retired(
    session: Session,
    actor: Actor,
    row: Location | Resource | Plan | Product | PassType | BookingExtraOffer,
    now: datetime,
    *,
    retired: bool,
) -> None:
    """Retire a locked row or bring it back, audited; nothing when that is how it is."""
    if (row.retired_at is not None) is not retired:
        row.retired_at = now if retired else None
        verb = "retired" if retired else "restored"
        record_row(
            session, actor, now, row, verb, before={"retired": not retired}, after={"retired": retired}
        )
