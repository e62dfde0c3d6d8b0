"""A message of the provider: acted on once, by asking how what it is about stands now."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.cards.account import card_setting, look_at_account
from app.domain.cards.attempts import attempt_by_token
from app.domain.cards.disputes import hear_of_dispute
from app.domain.cards.looking import look
from app.domain.cards.outside import hear_of_payment
from app.domain.cards.refunding import refund_by_token, send_back
from app.domain.cards.terms import CardKit
from app.domain.or_nothing import insert_or_nothing
from app.kernel.clock import Clock
from app.models import CardEvent, CardMode
from app.ports import CardNews
from app.tenancy import begin_writing

KEPT = timedelta(days=40)
"""The provider repeats a message for three days; somebody at its dashboard may do so for thirty."""


def hear(session: Session, kit: CardKit, news: CardNews, clock: Clock) -> bool:
    """Act on a message that was signed; whether there was anything to do. Commits. Raises NoCards and CardsAway: then it is
    to be sent again, for nothing is noted of it.
    """
    if session.scalars(select(CardEvent.id).where(CardEvent.event == news.id)).first() is not None:
        return False
    acted = _act(session, kit, news, clock)
    begin_writing(session)
    insert_or_nothing(session, CardEvent, event=news.id[:100], kind=news.kind[:100], came_at=clock())
    session.commit()
    return acted


def hear_connected(session: Session, kit: CardKit, news: CardNews, clock: Clock) -> bool:
    """The same of a message about an account that the host speaks for: an account speaks for its own tenant only."""
    setting = card_setting(session)
    if setting is None or setting.mode is not CardMode.CONNECT or setting.account != news.account:
        return False
    return hear(session, kit, news, clock)


def forget_heard(session: Session, now: datetime) -> None:
    """Forget messages that nobody repeats any more."""
    session.execute(delete(CardEvent).where(CardEvent.came_at < now - KEPT))


def _act(session: Session, kit: CardKit, news: CardNews, clock: Clock) -> bool:
    if news.kind.startswith(("checkout.session.", "payment_intent.")):
        attempt = attempt_by_token(session, news.token) if news.token else None
        if attempt is None:
            return False  # not one of ours: the account may sell other things, too
        look(session, kit, attempt.id, clock)
        return True
    if news.kind.startswith("refund."):
        return _act_on_refund(session, kit, news, clock)
    if news.kind.startswith("charge.dispute."):
        return hear_of_dispute(session, kit, news.payment, clock)
    if news.kind == "account.updated":
        look_at_account(session, kit)
        return True
    return False


def _act_on_refund(session: Session, kit: CardKit, news: CardNews, clock: Clock) -> bool:
    refund = refund_by_token(session, news.token)
    if refund is None:
        return hear_of_payment(session, kit, news.payment, clock)
    send_back(session, kit, refund.id, clock)
    return True
