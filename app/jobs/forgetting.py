"""Letting go of rows with their files, a batch at a time."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.claiming import OpenSession
from app.kernel.clock import Clock
from app.ports import Files
from app.tenancy import begin_writing, tenant_session

ForgetBatch = Callable[[Session, datetime], tuple[int, list[str]]]
"""Forgets one batch; how many rows it was, and the digests of files that nothing shows any more."""


def forget_with_files(
    open_session: OpenSession, tenant_id: int, files: Files, clock: Clock, forget: ForgetBatch, batch: int
) -> int:
    """Forget until a batch is not full, each in a transaction of its own; returns how many rows.

    Files go once their rows are gone for good: what stops in between leaves a file too many, and none too few.
    """
    forgotten = 0
    while True:
        with tenant_session(open_session, tenant_id) as session:
            begin_writing(session)
            count, digests = forget(session, clock())
        for digest in digests:
            files.remove(tenant_id, digest)
        forgotten += count
        if count < batch:
            return forgotten
