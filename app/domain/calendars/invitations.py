"""Whether mails about bookings bring an entry for the reader's calendar: as somebody wishes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.lookup import hold_person
from app.models import NoticeSetting
from app.tenancy import begin_writing


def wants_invitations(session: Session, person_id: int | None) -> bool:
    """Who said nothing wants them."""
    found = session.scalars(
        select(NoticeSetting.invitations).where(NoticeSetting.person_id == person_id)
    ).one_or_none()
    return found is not False


def wish_invitations(session: Session, person_id: int, *, wanted: bool) -> None:
    """Keep the wish. Commits what the session had begun."""
    begin_writing(session)
    hold_person(session, person_id)
    row = session.scalars(select(NoticeSetting).where(NoticeSetting.person_id == person_id)).one_or_none()
    if row is None:
        row = NoticeSetting(person_id=person_id)
        session.add(row)
    row.invitations = wanted
    session.flush()
