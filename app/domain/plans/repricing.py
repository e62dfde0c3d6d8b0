"""What somebody pays instead of a plan's price, and how many of it they have: staff say so, with a reason."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_for_person
from app.domain.lookup import one
from app.domain.plans.calculating import ForecastInvoice, forecast, next_cycle
from app.domain.plans.changing import follow
from app.domain.plans.contracts import Held, going_on, held, in_hand, plan_in_hand
from app.domain.plans.pausing import refuse_paused
from app.domain.plans.showing import next_invoices
from app.domain.plans.telling import tell_changed
from app.domain.plans.terms import ReasonMissing, SamePlan
from app.domain.reach import person_in_reach
from app.kernel.errors import NotFound
from app.models import Contract, Plan
from app.tenancy import begin_writing

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reprice:
    """`price_minor` is of one for one cycle, as the tenant enters prices; None for what the plan's version says."""

    person_id: int
    contract_id: int
    price_minor: int | None
    quantity: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Repricing:
    """A contract with the invoices that would come as it is, and those with another price from its day on."""

    found: Held
    plan_name: str
    begins_on: date
    before: tuple[ForecastInvoice, ...]
    after: tuple[ForecastInvoice, ...]


def preview_reprice(session: Session, actor: Actor, wish: Reprice, today: date) -> Repricing:
    """What another price would come to. Raises NotFound, ContractOver, StillPending, Ending and PausedAlready."""
    person_in_reach(session, actor, wish.person_id)
    contract = one(session, Contract, wish.contract_id)
    if contract.person_id != wish.person_id:
        raise NotFound
    found = going_on(held(session, contract), today)
    refuse_paused(found, today)
    day = _begins_on(found, today)
    return Repricing(
        found,
        session.get_one(Plan, contract.plan_id).name,
        day,
        tuple(next_invoices(found, SHOWN)),
        tuple(_invoices(found, wish, day)),
    )


def reprice(session: Session, actor: Actor, wish: Reprice, today: date, now: datetime) -> Contract:
    """Have somebody pay another price, or have another number, from their next cycle on; from the first day, where nothing
    was billed yet. The contract in hand keeps its terms, and one that follows has the new ones.

    Staff may go beyond the plan's places. Raises ReasonMissing, NotFound, ContractOver, StillPending, Ending,
    PausedAlready, and SamePlan when it would change nothing.
    """
    if not wish.reason:
        raise ReasonMissing
    plan_id = one(session, Contract, wish.contract_id).plan_id
    begin_writing(session)
    plan_in_hand(session, plan_id)
    person_in_reach(session, actor, wish.person_id, lock=True)
    found = going_on(in_hand(session, wish.contract_id, wish.person_id), today)
    refuse_paused(found, today)
    contract = found.contract
    if (wish.price_minor, wish.quantity) == (contract.price_minor, contract.quantity):
        raise SamePlan
    before = _terms(contract)
    follower = contract
    if contract.billed_until is None:
        contract.price_minor, contract.quantity = wish.price_minor, wish.quantity
    else:
        day, agreed = _begins_on(found, today), contract.terms_accepted_at
        follower = follow(session, found, found.version, day, wish.quantity, agreed, wish.price_minor)
        # The plan is the same: a term that began with it does not begin again
        follower.minimum_until = contract.minimum_until
    session.flush()
    record_for_person(
        session,
        actor,
        now,
        "contract.repriced",
        contract.person_id,
        before=before,
        after={**_terms(follower), "starts_on": follower.starts_on.isoformat(), "reason": wish.reason},
    )
    tell_changed(session, held(session, follower), now)
    session.flush()
    return follower


def _begins_on(found: Held, today: date) -> date:
    contract = found.contract
    return contract.starts_on if contract.billed_until is None else next_cycle(found.rules(), today)


def _invoices(found: Held, wish: Reprice, day: date) -> list[ForecastInvoice]:
    """The first invoices with another price; what a contract asks for once stands in the first of one that is new."""
    contract, version = found.contract, found.version
    price = version.price_minor if wish.price_minor is None else wish.price_minor
    deal = replace(found.deal(), price_minor=price, quantity=wish.quantity, starts_on=day, billed_until=None)
    new = contract.billed_until is None and contract.follows_id is None
    return forecast(
        deal,
        SHOWN,
        signup_fee_minor=version.signup_fee_minor if new else 0,
        deposit_minor=version.deposit_minor if new else 0,
    )


def _terms(contract: Contract) -> dict[str, int | None]:
    return {
        "contract": contract.id,
        "price_minor": contract.price_minor,
        "quantity": contract.quantity,
    }
