"""What Stripe shows of a thing, in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.ports import Disputed, DisputeStand

_STANDS = {
    "warning_needs_response": DisputeStand.ASKS,
    "needs_response": DisputeStand.ASKS,
    "won": DisputeStand.WON,
    "warning_closed": DisputeStand.WON,
    "prevented": DisputeStand.WON,
    "lost": DisputeStand.LOST,
}
"""Whatever else it says, somebody is still at work on it."""


def disputed(facts: Mapping[str, Any]) -> Disputed:
    """A dispute, or a bank's question before there is one."""
    until = (facts.get("evidence_details") or {}).get("due_by")
    return Disputed(
        facts["id"],
        _STANDS.get(facts["status"], DisputeStand.REVIEW),
        id_of(facts.get("payment_intent")),
        facts["amount"],
        str(facts["currency"]).upper(),
        facts.get("reason") or "",
        datetime.fromtimestamp(until, UTC) if until else None,
    )


def id_of(found: Any) -> str:
    """Stripe names an object by its id, or shows all of it."""
    return str(found["id"] if isinstance(found, Mapping) else found or "")
