"""Files that are kept with the Files port: the rows that say whose they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Announcement,
    Attachment,
    FloorPlan,
    Person,
    PersonProfile,
    Product,
    Resource,
    SharedFile,
    StoredFile,
    ThemeSetting,
)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that is stored with the Files port already: digest of its bytes, type, size and pixels."""

    digest: str
    mime: str
    size: int
    width: int
    height: int
    created_at: datetime


def keep_photo(session: Session, photo: Photo) -> int:
    """`keep_file` for a picture."""
    return keep_file(
        session,
        photo.created_at,
        photo.digest,
        mime=photo.mime,
        size=photo.size,
        width=photo.width,
        height=photo.height,
    )


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


def without_row(session: Session, digests: Collection[str]) -> set[str]:
    """Which of these nothing of the tenant names."""
    return set(digests) - set(
        session.scalars(select(StoredFile.digest).where(StoredFile.digest.in_(digests)))
    )


def digest_of(session: Session, file_id: int | None) -> str | None:
    """The digest of the tenant's file of that id; None for no file."""
    if file_id is None:
        return None
    return session.scalars(select(StoredFile.digest).where(StoredFile.id == file_id)).one()


def shown_mime(session: Session, digest: str) -> str | None:
    """What sort of file the tenant shows to its people under that digest; None for a file that it does not.

    What hangs on a message alone is for who may read the message (`messaging.thread.attachment_of`).
    """
    stored = select(StoredFile.mime).where(
        StoredFile.digest == digest, or_(*(use.exists() for use in _shown_to_all()))
    )
    return session.scalars(stored).one_or_none()


def picture_facts(session: Session, file_id: int | None) -> tuple[str | None, int | None, int | None]:
    """Digest, width and height in pixels of the tenant's picture of that id; three times None for none."""
    if file_id is None:
        return None, None, None
    row = session.execute(
        select(StoredFile.digest, StoredFile.width, StoredFile.height).where(StoredFile.id == file_id)
    ).one()
    return row.digest, row.width, row.height


def forget_file(session: Session, digest: str) -> bool:
    """Let nobody fetch these bytes any more, unless something else of the tenant shows the very same.

    Whether nothing does: then the bytes may go once this is committed.
    """
    stored = session.scalars(select(StoredFile).where(StoredFile.digest == digest)).one_or_none()
    if stored is None:
        return False
    used = or_(*(use.exists() for use in (*_shown_to_some(), *_shown_to_all())))
    if session.scalar(select(StoredFile.id).where(StoredFile.id == stored.id, used)) is not None:
        return False
    session.delete(stored)
    session.flush()
    return True


def _shown_to_all() -> tuple[Select[Any], ...]:
    """The rows that show a file to everybody of the tenant: what stands on few comes first, for the first decides."""
    return (
        _same_tenant(ThemeSetting).where(ThemeSetting.logo_id == StoredFile.id),
        _same_tenant(Resource).where(Resource.photo_id == StoredFile.id),
        _same_tenant(Product).where(Product.photo_id == StoredFile.id),
        _same_tenant(FloorPlan).where(FloorPlan.file_id == StoredFile.id),
        _same_tenant(PersonProfile).where(PersonProfile.photo_id == StoredFile.id),
        _same_tenant(Person).where(Person.face_digest == StoredFile.digest),
    )


def _shown_to_some() -> tuple[Select[Any], ...]:
    """The rows that show a file to those alone who may see them: what is written, shared and not sent yet, announced."""
    return (
        _same_tenant(Attachment).where(Attachment.file_id == StoredFile.id),
        _same_tenant(SharedFile).where(SharedFile.file_id == StoredFile.id),
        _same_tenant(Announcement).where(Announcement.photo_id == StoredFile.id),
    )


def _same_tenant(user: Any) -> Select[Any]:
    return select(user.id).where(user.tenant_id == StoredFile.tenant_id).correlate(StoredFile)
