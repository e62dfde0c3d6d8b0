"""Two taps on one button: what they ask for happens once."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.or_nothing import insert_or_nothing
from app.kernel.errors import Refusal
from app.models import FormPress

KEPT = timedelta(days=1)


class PressedTwice(Refusal):
    """The same form was acted on before."""


def only_once(session: Session, key: str, now: datetime) -> None:
    """Note that the form of this key was acted on, in the transaction that acts and after all that it writes.

    Raises PressedTwice when it was before, or is at this moment: then nothing of this transaction is to be kept.
    """
    if insert_or_nothing(session, FormPress, key=key, at=now) is None:
        raise PressedTwice


def forget_presses(session: Session, now: datetime) -> None:
    """Forget forms that nobody has open any more."""
    session.execute(delete(FormPress).where(FormPress.at < now - KEPT))
