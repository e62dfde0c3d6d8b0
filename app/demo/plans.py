"""What the demo's plans cost and ask for, and contracts with a past: running, paused, ending, waiting."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.demo.spaces import DemoSpace
from app.domain.credits.cycles import grant_cycles
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.plans.calculating import earliest_end, next_cycle, pause_days
from app.domain.plans.contracts import held, put_contract, set_version
from app.domain.plans.terms import Benefit, VersionDetails
from app.domain.plans.versions import renew_link, set_terms
from app.kernel.walltime import local_date, zone
from app.models import (
    Contract,
    ContractPause,
    CreditKind,
    Person,
    Plan,
    PlanVersion,
    PlanVisibility,
    ResourceType,
    TaxCategory,
    TaxRate,
)
from app.tenancy import begin_writing

_LONG: dict[str, Any] = {"min_cycles": 3, "notice_days": 30, "prorate_last": True}
_PAUSES: dict[str, Any] = {"pauses_a_year": 2, "pause_cycles": 2}
_TERMS = {
    "northlight": (
        "The desk is yours from Monday to Sunday. Leave it as you would like to find it. Guests are welcome for as long as "
        "there is a chair. What you leave behind after your last day we keep for 30 days."
    ),
    "harbour": (
        "La mesa es tuya de lunes a domingo. Déjala como te gustaría encontrarla. Las visitas son bienvenidas mientras haya "
        "una silla libre. Lo que dejes después de tu último día lo guardamos 30 días."
    ),
}
_PLANS: dict[str, dict[str, dict[str, Any]]] = {
    "northlight": {
        "Studio": {
            "price_minor": 18600,
            "billing_day": 1,
            "signup_fee_minor": 3500,
            "description": "A desk in the open studio, whenever you like, with some hours of meeting rooms.",
            **_LONG,
            **_PAUSES,
        },
        "Residents": {
            "price_minor": 32500,
            "deposit_minor": 32500,
            "capacity": 24,
            "description": "A desk of your own with a locker, and the residents’ rooms.",
            **_LONG,
            **_PAUSES,
        },
        "Flex": {
            "price_minor": 4800,
            "cycle_count": 4,
            "cycle_unit": "week",
            "notice_days": 7,
            "description": "Any free desk, four weeks at a time.",
        },
        "Team office": {
            "price_minor": 140000,
            "deposit_minor": 280000,
            "min_cycles": 12,
            "notice_days": 90,
            "visibility": PlanVisibility.ENQUIRE,
            "description": "A room with a door for four to eight people.",
        },
        "Founding member": {
            "price_minor": 14900,
            "billing_day": 1,
            "visibility": PlanVisibility.LINK,
            "description": "For those who were here when there was only one kettle.",
        },
    },
    "harbour": {
        "Tripulación": {
            "price_minor": 14500,
            "billing_day": 1,
            "description": "Una mesa en la sala común, cuando quieras.",
            **_LONG,
            **_PAUSES,
        },
        "Faro": {
            "price_minor": 26000,
            "deposit_minor": 26000,
            "capacity": 12,
            "description": "Mesa propia con taquilla y vistas al puerto.",
            **_LONG,
            **_PAUSES,
        },
        "Despacho": {
            "price_minor": 95000,
            "deposit_minor": 190000,
            "min_cycles": 12,
            "notice_days": 90,
            "visibility": PlanVisibility.ENQUIRE,
            "description": "Un despacho con puerta para cuatro a seis personas.",
        },
    },
}
_CREDITS: dict[str, tuple[int, tuple[str, ...], int]] = {
    "Studio": (5, ("Meeting room",), 0),
    "Residents": (10, ("Meeting room", "Event space"), 2000),
    "Team office": (30, ("Meeting room", "Event space"), 10000),
    "Tripulación": (4, ("Sala",), 0),
    "Faro": (8, ("Sala", "Terraza"), 1500),
    "Despacho": (25, ("Sala", "Terraza"), 8000),
}
"""Of a plan: hours for each of its cycles, for which types of resource, and money, in minor units."""
_DEPOSIT = {"northlight": ("Deposit", "No supply"), "harbour": ("Fianza", "Operación no sujeta")}


def price_plans(session: Session, space: DemoSpace, now: datetime) -> None:
    """Give the plans their prices, and the contracts what belongs to them, unless somebody did before."""
    if session.scalars(select(PlanVersion.id).limit(1)).first() is not None:
        return
    slug, owner = space.tenant.slug, demo_owner(session)
    rate_id = session.scalars(select(TaxRate.id).where(TaxRate.retired_at.is_(None)).limit(1)).one()
    name, reason = _DEPOSIT[slug]
    deposit = NewRate(name, TaxCategory.OUTSIDE, 0, date(2020, 1, 1), reason)
    deposit_id = create_rate(session, owner, deposit, lambda: now).id
    for kind in session.scalars(select(ResourceType)):
        kind.tax_rate_id = rate_id
    session.commit()
    for position, (plan_name, about) in enumerate(_PLANS[slug].items()):
        plan_id = _plan(session, plan_name, position)
        wish = VersionDetails(
            tax_rate_id=rate_id,
            deposit_rate_id=deposit_id if "deposit_minor" in about else None,
            terms=_TERMS[slug],
            benefits=tuple(_benefits(session, plan_name)),
            **about,
        )
        set_terms(session, owner, plan_id, wish, now)
        session.commit()
        if wish.visibility is PlanVisibility.LINK:
            renew_link(session, owner, plan_id, now)
            session.commit()
    _contracts(session, local_date(now, zone(space.tenant.zone)), now)


def _benefits(session: Session, plan_name: str) -> Iterator[Benefit]:
    hours, names, minor = _CREDITS.get(plan_name, (0, (), 0))
    if hours:
        types = session.scalars(
            select(ResourceType.id).where(ResourceType.name.in_(names)).order_by(ResourceType.id)
        )
        yield Benefit(CreditKind.TIME, hours * 60, tuple(types))
    if minor:
        yield Benefit(CreditKind.MONEY, minor)


def _plan(session: Session, name: str, position: int) -> int:
    plan = session.scalars(select(Plan).where(Plan.name == name)).one_or_none()
    plan = plan or Plan(name=name, position=position)
    session.add(plan)
    session.commit()
    return plan.id


def _contracts(session: Session, today: date, now: datetime) -> None:
    """Everybody's contract has the price of its plan and is paid for until its cycle ends. The second last of them pauses
    with the next one, and the last has cancelled."""
    begin_writing(session)
    versions = {row.plan_id: row for row in session.scalars(select(PlanVersion))}
    contracts = session.scalars(
        select(Contract).where(Contract.ends_on.is_(None), Contract.starts_on <= today).order_by(Contract.id)
    ).all()
    for contract in contracts:
        set_version(contract, versions[contract.plan_id])
        contract.terms_accepted_at = now
        found = held(session, contract)
        grant_cycles(session, [found], today, now)
        contract.billed_until = found.cycles.containing(today).last
    *_others, pausing, leaving = [each for each in contracts if versions[each.plan_id].pauses_a_year]
    rules = held(session, pausing).rules()
    days = pause_days(rules, next_cycle(rules, today), 1)
    session.add(ContractPause(contract_id=pausing.id, from_day=days.first, until_day=days.last, asked_at=now))
    leaving.ends_on, leaving.cancelled_at = earliest_end(held(session, leaving).rules(), today), now
    _waiting(session, today)
    session.commit()


def _waiting(session: Session, today: date) -> None:
    """The contact would like to have an office, which staff decide about."""
    contact = session.scalars(select(Person.id).where(Person.email_key.like("contact@%"))).one()
    office = session.scalars(
        select(PlanVersion.plan_id).where(PlanVersion.visibility == PlanVisibility.ENQUIRE)
    ).one()
    put_contract(session, contact, office, today, pending=True)
