"""Card payments in the background: what the provider did not tell is asked for, refunds are brought to it, invoices of
those who allowed it are paid as they come, and whoever is nobody any more is forgotten there too.
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from app.domain.cards.automatic import due_automatically, pay_automatically
from app.domain.cards.disputes import look_for_disputes
from app.domain.cards.forgetting import due_farewells, forget_at_provider
from app.domain.cards.looking import clear_the_way, due_to_look, is_stale, look
from app.domain.cards.outside import due_accounts, look_for_refunds
from app.domain.cards.refunding import due_refunds, send_back
from app.domain.cards.terms import CardKit, CardsAway, NoCards
from app.domain.lookup import one
from app.jobs.claiming import OpenSession
from app.kernel.clock import Clock
from app.kernel.errors import Refusal
from app.models import AttemptKind, AttemptState, CardAttempt
from app.tenancy import tenant_session

Due = TypeVar("Due")
_AT_ONCE = 50
"""Of each kind and minute; what is left is next."""

_log = logging.getLogger(__name__)


def settle_cards(open_session: OpenSession, tenant_id: int, kit: CardKit, clock: Clock) -> None:
    """Do all that is due for one tenant. Safe at any time, any number of times, and to be stopped anywhere."""
    now = clock()
    with tenant_session(open_session, tenant_id) as session:
        looks = due_to_look(session, now, _AT_ONCE)
        refunds = due_refunds(session, now, _AT_ONCE)
        dues = due_automatically(session, now, _AT_ONCE)
        farewells = due_farewells(session, now, _AT_ONCE)
        accounts = due_accounts(session, now)
    _each(open_session, tenant_id, looks, lambda session, each: _look(session, kit, each, clock))
    _each(open_session, tenant_id, refunds, lambda session, each: send_back(session, kit, each, clock))
    _each(open_session, tenant_id, dues, lambda session, each: pay_automatically(session, kit, each, clock))
    _each(
        open_session,
        tenant_id,
        farewells,
        lambda session, each: forget_at_provider(session, kit, each, clock),
    )
    _each(open_session, tenant_id, accounts, lambda session, _each: _look_for_losses(session, kit, clock))


def _each(
    open_session: OpenSession, tenant_id: int, found: Iterable[Due], act: Callable[[Session, Due], object]
) -> None:
    """One after the other, each in a session of its own; a provider that is away ends it until the next minute."""
    for each in found:
        try:
            with tenant_session(open_session, tenant_id) as session:
                act(session, each)
        except (CardsAway, NoCards) as refusal:
            _log.info("cards of tenant %s: %r", tenant_id, refusal)
            return
        except Refusal as refusal:
            _log.info("cards of tenant %s: %r about %r", tenant_id, refusal, each)


def _look_for_losses(session: Session, kit: CardKit, clock: Clock) -> None:
    """The refunds last: they note that the account was asked."""
    look_for_disputes(session, kit, clock)
    look_for_refunds(session, kit, clock)


def _look(session: Session, kit: CardKit, attempt_id: int, clock: Clock) -> None:
    attempt = look(session, kit, attempt_id, clock)
    if attempt.state is not AttemptState.OPEN:
        return
    # Nobody types a card for an automatic payment: what the provider never began, it is not to begin later
    if attempt.kind is AttemptKind.AUTOMATIC or is_stale(session, one(session, CardAttempt, attempt_id)):
        clear_the_way(session, kit, attempt_id, clock)
