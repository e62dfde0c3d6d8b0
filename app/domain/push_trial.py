"""A message that somebody asked for, to see that messages reach their device."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.push_devices import own_device
from app.domain.push_keys import PushKit, note_accepted, note_refusal, signing_keys
from app.domain.push_sending import forget_gone, note_refused, note_sent, receiver_of
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.ports import PushFault, PushGone, PushManner, PushRefused
from app.tenancy import begin_writing

_MANNER = PushManner(timedelta(minutes=5), "high", "trial")


def send_trial(
    session: Session, actor: Actor, kit: PushKit, device_id: int, payload: bytes, clock: Clock
) -> None:
    """Send it, and note what the push service said. Commits before it asks, for that may take seconds.

    Raises NotFound for a device of somebody else's, PushGone, having forgotten the device, PushRefused and SecretUnreadable.
    """
    receiver, keys = receiver_of(own_device(session, actor, device_id)), signing_keys(session, kit.box)
    if keys is None:
        raise NotFound
    session.commit()
    try:
        kit.client.send(receiver.target, payload, keys, _MANNER)
    except PushGone:
        begin_writing(session)
        forget_gone(session, device_id)
        session.commit()
        raise
    except PushRefused as refused:
        begin_writing(session)
        if refused.fault is PushFault.NOT_US:
            note_refusal(session, refused.detail, clock())
        else:
            note_refused(session, None, device_id, clock(), permanent=refused.permanent)
        session.commit()
        raise
    begin_writing(session)
    note_sent(session, None, device_id, clock())
    note_accepted(session)
    session.commit()
