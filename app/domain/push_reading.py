"""Reading what a banner tells without opening it: the press on its button counts as having looked."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.messaging.news import RECEIVED
from app.domain.messaging.reading import mark_read
from app.domain.notices.reading import count_unread, find_notice, open_notice
from app.domain.push_devices import check_own_endpoint
from app.kernel.errors import NotFound
from app.models.base import LARGEST_ID
from app.tenancy import begin_writing


def read_on_device(session: Session, actor: Actor, endpoint: str, notice_id: int, now: datetime) -> int:
    """Read a notice, and the conversation as far as it tells of it; returns how much is still new.

    The browser shows no form's token but the device's secret address. Raises NotFound where that, or the notice, is not
    the person's.
    """
    begin_writing(session)
    check_own_endpoint(session, actor, endpoint)
    if notice_id > LARGEST_ID:
        raise NotFound
    told = find_notice(session, actor.person_id, notice_id)
    if told.kind == RECEIVED:
        mark_read(session, actor, told.data["conversation_id"], told.data["message_id"], now)
    open_notice(session, actor.person_id, notice_id, now)
    return count_unread(session, actor.person_id)
