"""Billing in the background: each day at the tenant's hour, and when staff ask for it."""

from app.domain.billing.running import RunInHand, day_to_run, run_billing
from app.domain.billing.words import ChargeWords
from app.jobs.claiming import OpenSession
from app.kernel.clock import Clock
from app.tenancy import tenant_session


def bill_due(open_session: OpenSession, tenant_id: int, words: ChargeWords, clock: Clock) -> bool:
    """Run if a run is due; whether it did. Safe at any time, any number of times, and to be stopped anywhere."""
    with tenant_session(open_session, tenant_id) as session:
        day = day_to_run(session, clock())
        if day is None:
            return False
        try:
            run_billing(session, day, words, clock)
        except RunInHand:
            return False
    return True
