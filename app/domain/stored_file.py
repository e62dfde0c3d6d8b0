"""Files that are kept with the Files port: the rows that say whose they are."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import StoredFile


def keep_file(
    session: Session,
    now: datetime,
    digest: str,
    *,
    mime: str,
    size: int,
    width: int | None = None,
    height: int | None = None,
) -> int:
    """Note that the Files port keeps these bytes for the tenant, once however often; returns the row's id.

    `size` in bytes, `width` and `height` in pixels.
    """
    stored = session.scalars(select(StoredFile).where(StoredFile.digest == digest)).one_or_none()
    if stored is None:
        stored = StoredFile(digest=digest, mime=mime, size=size, width=width, height=height, created_at=now)
        session.add(stored)
        session.flush()
    return stored.id


def digest_of(session: Session, file_id: int | None) -> str | None:
    """The digest of the tenant's file of that id; None for no file."""
    if file_id is None:
        return None
    return session.scalars(select(StoredFile.digest).where(StoredFile.id == file_id)).one()


def mime_of(session: Session, digest: str) -> str | None:
    """What sort of file the tenant keeps under that digest; None when it keeps none."""
    return session.scalars(select(StoredFile.mime).where(StoredFile.digest == digest)).one_or_none()
