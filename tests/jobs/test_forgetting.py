"""Letting go of rows with their files, a batch at a time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.integrations.disk_files import DiskFiles
from app.jobs.forgetting import forget_with_files
from tests.support.world import World

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_it_goes_on_until_a_batch_is_not_full_and_takes_the_files_along(
    open_session: Callable[[], Session], world: World, tmp_path: Path
) -> None:
    files, tenant = DiskFiles(tmp_path), world.northlight
    gone, kept = (files.put(tenant.id, data) for data in (b"gone", b"kept"))
    batches: Iterator[tuple[int, list[str]]] = iter([(2, []), (2, [gone]), (1, []), (1, [kept])])

    def forget(_session: Session, now: datetime) -> tuple[int, list[str]]:
        assert now == NOW
        return next(batches)

    assert forget_with_files(open_session, tenant.id, files, lambda: NOW, forget, 2) == 5
    assert files.get(tenant.id, gone) is None
    assert files.get(tenant.id, kept) == b"kept", "after the first batch that is not full there is no other"
