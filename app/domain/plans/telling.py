"""Who hears what of contracts: staff of what waits for them and of who leaves, and whoever a contract is of what became of it."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Permission
from app.domain.live import changed
from app.domain.notices import tell, tell_all
from app.domain.notices.reading import forget_about
from app.domain.people.staff import staff_of_the_house
from app.domain.plans.contracts import Held
from app.models import Contract, Notice, Person, Plan, Tenant

WAITING = "contract.waiting"
LEAVING = "contract.leaving"
ENQUIRED = "plan.enquired"
STARTS = "contract.started"
APPROVED = "contract.approved"
REFUSED = "contract.refused"
CANCELLED = "contract.cancelled"
CHANGED = "contract.changed"
PAUSED = "contract.paused"


def tell_staff(session: Session, kind: str, contract: Contract, now: datetime, **more: Any) -> None:
    """Tell everybody who looks after people, but whose contract it is."""
    person = session.get_one(Person, contract.person_id)
    facts = _facts(session, contract) | {
        "about": about(contract.person_id, contract.id),
        "person_id": person.id,
        "name": person.name,
    }
    tell_all(session, now, desk_for(session, person.id), kind, facts | more)


def tell_person(session: Session, kind: str, contract: Contract, now: datetime, **more: Any) -> None:
    """Tell somebody about their contract; days as ISO dates."""
    tell(session, now, contract.person_id, kind, _facts(session, contract) | more)


def tell_changed(session: Session, found: Held, now: datetime) -> None:
    """Tell somebody what they go on with, and what it costs for a cycle."""
    contract = found.contract
    costs = {
        "price_minor": found.price_minor * contract.quantity,
        "currency": session.get_one(Tenant, contract.tenant_id).currency,
    }
    tell(session, now, contract.person_id, CHANGED, _facts(session, contract) | costs)


def tell_taken_along(
    session: Session, plan: Plan, people: Mapping[date, Collection[int]], now: datetime
) -> None:
    """Tell everybody whose contract goes along to new terms, by the first day of these."""
    for day, person_ids in people.items():
        facts = {"plan": plan.name, "starts_on": day.isoformat()}
        tell_all(session, now, person_ids, CHANGED, facts)


def desk_for(session: Session, person_id: int) -> set[int]:
    """Who looks after somebody: nobody after themselves."""
    return set(staff_of_the_house(session, Permission.PEOPLE)) - {person_id}


def about(person_id: int, thing: object) -> str:
    """What a notice to staff is about: led by the person, so that it goes when they do."""
    return f"{person_id}:{thing}"


def take_back_told(session: Session, kind: str, contract: Contract) -> None:
    """Take back from staff what is decided."""
    forget_about(session, kind, about(contract.person_id, contract.id))


def forget_told_of(session: Session, person_id: int) -> None:
    """Take back from staff everything that names somebody who is nobody from now on, and what they wrote."""
    session.flush()
    theirs = Notice.kind.in_((WAITING, LEAVING, ENQUIRED)) & Notice.about.startswith(f"{person_id}:")
    told = select(Notice.id).where(theirs)
    taken = delete(Notice).where(Notice.id.in_(told)).returning(Notice.person_id)
    people = session.scalars(taken, execution_options={"synchronize_session": False})
    changed(session, "inbox", people={each for each in people if each is not None})


def _facts(session: Session, contract: Contract) -> dict[str, Any]:
    return {
        "contract_id": contract.id,
        "plan": session.get_one(Plan, contract.plan_id).name,
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": None if contract.ends_on is None else contract.ends_on.isoformat(),
    }
