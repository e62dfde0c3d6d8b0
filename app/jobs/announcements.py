"""Announcements in the background: people are told a batch at a time, each in a transaction of its own."""

from app.domain.announcements.forgetting import BATCH, forget_announcements
from app.domain.announcements.sending import anything_due, tell_next
from app.jobs.claiming import OpenSession
from app.jobs.forgetting import forget_with_files
from app.kernel.clock import Clock
from app.ports import Files
from app.tenancy import begin_writing, tenant_session


def tell_announced(open_session: OpenSession, tenant_id: int, clock: Clock) -> int:
    """Tell everybody whom an announcement is for whose moment has come; returns how many batches that took.

    Safe to run any number of times, at the same time, and to stop anywhere: what one batch wrote is whole.
    """
    batches = 0
    while True:
        with tenant_session(open_session, tenant_id) as session:
            if not anything_due(session, clock()):
                return batches
            begin_writing(session)
            if not tell_next(session, clock()):
                return batches  # another worker has it in hand
        batches += 1


def forget_announced(open_session: OpenSession, tenant_id: int, files: Files, clock: Clock) -> int:
    """Let go of announcements that are long over, and of their pictures; returns how many."""
    return forget_with_files(open_session, tenant_id, files, clock, forget_announcements, BATCH)
