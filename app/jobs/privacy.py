"""What privacy takes of the background: copies of people's data, accounts whose grace is over, what is kept no longer."""

import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messaging.sharing import forget_sharings
from app.domain.privacy.anonymise import Goner
from app.domain.privacy.archive import write_archive
from app.domain.privacy.copies import finish_copy, forget_copies, waiting_copies
from app.domain.privacy.deletion import end_due, remind_leaving
from app.domain.privacy.retention import BATCH, STEPS, forget_messages, prepare
from app.jobs.claiming import OpenSession
from app.jobs.forgetting import forget_with_files
from app.kernel.clock import Clock
from app.models import Person, Tenant
from app.ports import Files
from app.tenancy import begin_writing, tenant_of, tenant_session

_IN_MEMORY = 4_000_000
"""Bytes of an archive that is being made; a larger one is made on the disk."""
_MOST_REFUSED = 200
"""Accounts that are not ended in one call, at which it looks no further."""


class ReadmeWriter(Protocol):
    """Says in the person's language what is in their archive."""

    def write(self, tenant_name: str, locale: str, names: list[str], made_at: datetime) -> str:
        """The text of the file that is read first."""


def make_copies(
    open_session: OpenSession, tenant_id: int, files: Files, readme: ReadmeWriter, clock: Clock
) -> int:
    """Make the copies that were asked for; returns how many. Safe to run at the same time: one of two is thrown away.

    Read without a write lock, for everybody else goes on writing meanwhile.
    """
    made = 0
    with tenant_session(open_session, tenant_id) as session:
        waiting = waiting_copies(session)
    for copy_id, person_id in waiting:
        with tenant_session(open_session, tenant_id) as session:
            made += _make_copy(session, copy_id, person_id, files, readme, clock)
    return made


def _make_copy(
    session: Session, copy_id: int, person_id: int, files: Files, readme: ReadmeWriter, clock: Clock
) -> bool:
    tenant_id, now = tenant_of(session), clock()
    name, locale = session.execute(select(Tenant.name, Tenant.locale).where(Tenant.id == tenant_id)).one()
    own = session.scalars(select(Person.locale).where(Person.id == person_id)).one()
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as target:
        write_archive(
            session,
            person_id,
            target,
            lambda digest: files.get(tenant_id, digest),
            lambda names: readme.write(name, own or locale, names, now),
        )
        size = target.tell()
        target.seek(0)
        digest = files.put(tenant_id, target.read())
    session.rollback()
    if finish_copy(session, copy_id, digest, size, now):
        return True
    files.remove(tenant_id, digest)
    return False


def end_accounts(open_session: OpenSession, tenant_id: int, files: Files, clock: Clock) -> None:
    """Remind who leaves soon, make anonymous whose grace is over, and let go of what is kept for a day: copies of data,
    and what was shared and never sent. Whose end is refused is tried again with the next call, and keeps nobody else waiting.
    """
    now = clock()
    refused: set[int] = set()
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        remind_leaving(session, now)
        gone = end_due(session, now, refused)
        digests = [*forget_copies(session, now), *forget_sharings(session, now)]
    _remove(files, tenant_id, [*digests, *_digests(gone)])
    tried = 0
    while tried < len(refused) < _MOST_REFUSED:
        tried = len(refused)
        with tenant_session(open_session, tenant_id) as session:
            begin_writing(session)
            gone = end_due(session, now, refused)
        _remove(files, tenant_id, _digests(gone))


def _digests(gone: Iterable[Goner]) -> list[str]:
    return [digest for each in gone for digest in each.digests]


def _remove(files: Files, tenant_id: int, digests: Iterable[str]) -> None:
    for digest in digests:
        files.remove(tenant_id, digest)


def forget_old(open_session: OpenSession, tenant_id: int, clock: Clock) -> int:
    """Let go of what the tenant keeps no longer, each batch in a transaction of its own; returns how many rows."""
    forgotten = 0
    with tenant_session(open_session, tenant_id) as session:
        begin_writing(session)
        prepare(session)
    for step in STEPS:
        while True:
            with tenant_session(open_session, tenant_id) as session:
                begin_writing(session)
                count = step(session, clock())
            forgotten += count
            if count < BATCH:
                break
    return forgotten


def forget_conversations(open_session: OpenSession, tenant_id: int, files: Files, clock: Clock) -> int:
    """Let go of what people wrote to each other long ago, and of its files; returns how many messages it was."""
    return forget_with_files(open_session, tenant_id, files, clock, forget_messages, BATCH)
