"""Asking what a booking would cost somebody, without booking anything."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.paying import ByCredit, would_pay
from app.domain.booking.quotes import Quote
from app.domain.booking.rules import Asker, check_reach
from app.kernel.errors import NotFound, Refusal
from app.kernel.spans import Span
from app.models import Person, Resource


class NobodyOfThatEmail(Refusal):
    """No person that staff can reach has this address."""


@dataclass(frozen=True, slots=True)
class TrialWish:
    """Which room when, for somebody with an e-mail address, or for anybody who is a member or not, or on that plan or in
    that team. Who is on a plan is a member."""

    resource_id: int
    span: Span
    is_member: bool
    email: str = ""
    plan_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What it would cost; `quote` None is no price."""

    quote: Quote | None
    paid: ByCredit


def try_price(session: Session, actor: Actor, wish: TrialWish, now: datetime) -> Trial:
    """What the room would cost, booked now. Raises NotFound, OutOfReach and NobodyOfThatEmail."""
    check_reach(wish.span, now)
    location_id = session.scalar(select(Resource.location_id).where(Resource.id == wish.resource_id))
    if location_id is None:
        raise NotFound
    person_id = _person(session, wish.email) if wish.email else _NOBODY
    catalogue = load_catalogue(session, location_id, person_id, now)
    asker = Asker(_NOBODY, wish.is_member or wish.plan_id is not None, _ids(wish.plan_id), _ids(wish.team_id))
    if person_id:
        try:
            asker = asker_for(session, actor, person_id, catalogue, now)
        except NotFound:
            raise NobodyOfThatEmail from None
    quote = catalogue.price(catalogue.room(wish.resource_id), wish.span, asker, now)
    if quote is None or not person_id:
        return Trial(quote, ByCredit())
    return Trial(quote, would_pay(session, person_id, wish.resource_id, quote.as_json(), now))


_NOBODY = 0
"""The id of no person."""


def _ids(one_or_none: int | None) -> frozenset[int]:
    return frozenset() if one_or_none is None else frozenset({one_or_none})


def _person(session: Session, email: str) -> int:
    found = session.scalar(select(Person.id).where(Person.email_key == email.casefold()))
    if found is None:
        raise NobodyOfThatEmail
    return found
