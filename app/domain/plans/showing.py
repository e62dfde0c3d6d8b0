"""Plans on offer, and somebody's contracts, as pages show them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.plans.benefits import Given, given_by
from app.domain.plans.calculating import ForecastInvoice, forecast
from app.domain.plans.contracts import Held, state, taken
from app.domain.plans.discounts import Off, off_by
from app.domain.plans.joining import is_for, opens
from app.domain.plans.terms import ContractState
from app.kernel.errors import NotFound
from app.models import Contract, ContractPause, Plan, PlanVersion, PlanVisibility

_CHANGEABLE = (ContractState.ACTIVE, ContractState.COMING)
"""A pause is ended first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it is now, for whoever looks at it."""

    plan: Plan
    version: PlanVersion
    left: int | None
    """How many places are left; None for any number."""
    own: bool
    """They are on it already."""
    gives: tuple[Given, ...] = ()
    """With each cycle."""
    off: Off | None = None
    """From bookings and products; None where that is nothing."""

    @property
    def sold_out(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def only_by_enquiry(self) -> bool:
        return self.version.visibility is PlanVisibility.ENQUIRE

    @property
    def takes_over(self) -> bool:
        """Who is on another plan can go on with this one by themselves."""
        return not (self.own or self.only_by_enquiry or self.sold_out or self.version.needs_approval)


@dataclass(frozen=True, slots=True)
class ContractShown:
    """A contract with its plan and where it stands. `held` is None for one that is not billed."""

    contract: Contract
    plan_name: str
    state: ContractState
    held: Held | None
    pauses: tuple[ContractPause, ...]
    next_invoice: ForecastInvoice | None
    """What is billed next, and when; as the tenant enters prices."""


def offers(session: Session, actor: Actor, today: date, link_token: str | None = None) -> list[Offer]:
    """The plans that somebody may see, in the operator's order: those for them, the one that their link leads to, and
    those that they are on. Four statements at most."""
    rows = session.execute(present(actor.person_id, today)).all()
    own = {plan.id for plan, _version, theirs in rows if theirs}
    places = taken(session, today)
    gives = given_by(session, [version.id for _plan, version, _own in rows])
    off = off_by(session, [version for _plan, version, _own in rows])
    return [
        _offer(plan, version, places, own, gives, off)
        for plan, version, _own in rows
        if plan.id in own or may_see(actor, plan, version, link_token)
    ]


def offer(session: Session, actor: Actor, plan_id: int, today: date, link_token: str | None) -> Offer | None:
    """One of them; None for a plan that somebody may not see."""
    found = offers(session, actor, today, link_token)
    return next((each for each in found if each.plan.id == plan_id), None)


def linked_offer(session: Session, link_token: str, person_id: int | None, today: date) -> Offer:
    """The plan that a secret link leads to, for whoever asks: None for who is not signed in. Four statements at most.

    Raises NotFound for a link that is wrong or was renewed, and while the plan is not by link.
    """
    # What no database takes for a text is no link either
    made = link_token.isascii() and link_token.isprintable()
    linked = present(person_id, today).where(Plan.link_token == link_token)
    found = (
        [row for row in session.execute(linked) if row[1].visibility is PlanVisibility.LINK] if made else []
    )
    if not found:
        raise NotFound
    plan, version, theirs = found[0]
    own = {plan.id} if theirs else set()
    gives, off = given_by(session, [version.id]), off_by(session, [version])
    return _offer(plan, version, taken(session, today, plan_id=plan.id), own, gives, off)


def contracts_shown(session: Session, person_id: int, today: date) -> list[ContractShown]:
    """Somebody's contracts, the latest first. Two statements."""
    rows = session.execute(
        select(Contract, Plan.name, PlanVersion)
        .join(Plan, (Plan.tenant_id == Contract.tenant_id) & (Plan.id == Contract.plan_id))
        .outerjoin(
            PlanVersion,
            (PlanVersion.tenant_id == Contract.tenant_id) & (PlanVersion.id == Contract.version_id),
        )
        .where(Contract.person_id == person_id)
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
    ).all()
    pauses = pauses_of(session, [contract.id for contract, *_rest in rows])
    return [
        _shown(contract, name, version, pauses.get(contract.id, ()), today)
        for contract, name, version in rows
    ]


def changeable(session: Session, person_id: int, today: date) -> list[ContractShown]:
    """Somebody's contracts that they can go on from with another plan, the latest first. Two statements."""
    return [
        each
        for each in contracts_shown(session, person_id, today)
        if each.held is not None and each.state in _CHANGEABLE and each.contract.ends_on is None
    ]


def pauses_of(session: Session, contract_ids: Iterable[int]) -> dict[int, tuple[ContractPause, ...]]:
    """The pauses of contracts by their ids, in the order of days. No statement for no contract."""
    found: dict[int, list[ContractPause]] = {}
    ids = list(contract_ids)
    if not ids:
        return {}
    query = select(ContractPause).where(ContractPause.contract_id.in_(ids))
    for row in session.scalars(query.order_by(ContractPause.from_day)):
        found.setdefault(row.contract_id, []).append(row)
    return {contract_id: tuple(rows) for contract_id, rows in found.items()}


def next_invoices(found: Held, count: int) -> list[ForecastInvoice]:
    """The next invoices of a contract, as the tenant enters prices."""
    version, contract = found.version, found.contract
    goes_on = contract.follows_id is not None
    return forecast(
        found.deal(),
        count,
        signup_fee_minor=0 if goes_on else version.signup_fee_minor,
        deposit_minor=0 if goes_on else version.deposit_minor,
    )


def _offer(
    plan: Plan,
    version: PlanVersion,
    places: Mapping[int, int],
    own: Collection[int],
    gives: Mapping[int, tuple[Given, ...]],
    off: Mapping[int, Off],
) -> Offer:
    left = None if version.capacity is None else max(version.capacity - places.get(plan.id, 0), 0)
    return Offer(plan, version, left, plan.id in own, gives.get(version.id, ()), off.get(version.id))


def _shown(
    contract: Contract,
    plan_name: str,
    version: PlanVersion | None,
    pauses: tuple[ContractPause, ...],
    today: date,
) -> ContractShown:
    found = None if version is None else Held(contract, version, pauses)
    stands = state(contract, pauses, today)
    ahead = [] if found is None or stands is ContractState.ENDED else next_invoices(found, 1)
    return ContractShown(contract, plan_name, stands, found, pauses, ahead[0] if ahead else None)


def present(person_id: int | None, today: date) -> Select[Plan, PlanVersion, bool]:
    """Every plan that somebody can join, in the operator's order, with what it is now, and whether they are on it or will be."""
    theirs = exists().where(
        Contract.tenant_id == Plan.tenant_id,
        Contract.plan_id == Plan.id,
        Contract.person_id == person_id,
        or_(Contract.ends_on.is_(None), Contract.ends_on >= today),
    )
    latest = (
        select(PlanVersion.plan_id, func.max(PlanVersion.number).label("number"))
        .group_by(PlanVersion.plan_id)
        .subquery()
    )
    return (
        select(Plan, PlanVersion, theirs if person_id is not None else false())
        .join(PlanVersion, (PlanVersion.tenant_id == Plan.tenant_id) & (PlanVersion.plan_id == Plan.id))
        .join(latest, (latest.c.plan_id == Plan.id) & (latest.c.number == PlanVersion.number))
        .where(Plan.retired_at.is_(None))
        .order_by(Plan.position, Plan.name)
    )


def may_see(actor: Actor, plan: Plan, version: PlanVersion, link_token: str | None = None) -> bool:
    """Whether it is for somebody, or the link that they come by leads to it."""
    if version.visibility is PlanVisibility.LINK:
        return opens(plan, link_token)
    return is_for(actor, version.audience)
