"""Kinds of pass as staff keep them: made, edited, and retired once nobody is to be given one any more."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.lookup import all_of, one
from app.domain.passes.fitting import Terms, Window, overlap, terms_of
from app.domain.reach import check_within_reach
from app.domain.retiring import set_retired
from app.domain.spaces.saving import flush
from app.domain.spaces.terms import HoursOverlap
from app.models import CreditKind, Location, PassPlace, PassType, PassWindow
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class PassDetails:
    """What staff decide about a kind of pass; see `models.PassType`."""

    name: str
    kind: CreditKind = CreditKind.DAYS
    priority: int = 0
    windows: tuple[Window, ...] = ()
    place_ids: tuple[int, ...] = ()
    """In their order."""


def pass_types_of(session: Session) -> list[PassType]:
    """Every kind in the order in which they are used, retired ones last."""
    order = (PassType.retired_at.is_not(None), PassType.priority, PassType.name)
    return list(session.scalars(select(PassType).order_by(*order)))


def pass_details(session: Session, row: PassType) -> PassDetails:
    """A kind of pass as its editor shows it. One statement."""
    terms = terms_of(session, [row.id])[row.id]
    return PassDetails(row.name, row.kind, row.priority, terms.windows, tuple(sorted(terms.places)))


def create_pass(session: Session, actor: Actor, details: PassDetails, now: datetime) -> PassType:
    """Make a kind of pass. Raises NotFound for a location that is unknown, NameTaken and HoursOverlap."""
    _check(details)
    check_within_reach(actor, None)
    begin_writing(session)
    row = PassType(name=details.name, kind=details.kind, priority=details.priority)
    session.add(row)
    flush(session)
    _put_terms(session, row, details)
    record_row(session, actor, now, row, "created", after=_facts(details))
    session.flush()
    return row


def edit_pass(session: Session, actor: Actor, pass_id: int, details: PassDetails, now: datetime) -> PassType:
    """Change a kind of pass, but not whether it is of days or minutes; who has one has it by the new terms from now on.

    Raises as `create_pass`.
    """
    _check(details)
    check_within_reach(actor, None)
    begin_writing(session)
    row = one(session, PassType, pass_id, lock=True)
    before = _facts(pass_details(session, row))
    old, new = changes(before, {**_facts(details), "kind": row.kind.value})
    if not new:
        return row
    row.name, row.priority = details.name, details.priority
    flush(session)
    for part in (PassWindow, PassPlace):
        session.execute(delete(part).where(part.pass_type_id == row.id))
    _put_terms(session, row, details)
    record_row(session, actor, now, row, "edited", before=old, after=new)
    session.flush()
    return row


def retire_pass(session: Session, actor: Actor, pass_id: int, now: datetime, *, retired: bool) -> None:
    """Have no plan, product or person be given it any more by hand, or let them again; who has one uses it. Raises NotFound."""
    check_within_reach(actor, None)
    begin_writing(session)
    set_retired(session, actor, one(session, PassType, pass_id, lock=True), now, retired=retired)
    session.flush()


def terms_by_type(session: Session, rows: Iterable[PassType]) -> dict[int, Terms]:
    """When and where each holds."""
    return terms_of(session, [each.id for each in rows])


def _check(details: PassDetails) -> None:
    wrong = overlap(details.windows)
    if wrong is not None:
        raise HoursOverlap(wrong.weekday)


def _put_terms(session: Session, row: PassType, details: PassDetails) -> None:
    all_of(session, Location, frozenset(details.place_ids))
    session.add_all(PassWindow(pass_type_id=row.id, **asdict(each)) for each in details.windows)
    session.add_all(PassPlace(pass_type_id=row.id, location_id=each) for each in details.place_ids)
    session.flush()


def _facts(details: PassDetails) -> dict[str, Any]:
    return {
        "name": details.name,
        "kind": details.kind.value,
        "priority": details.priority,
        "windows": [f"{each.weekday} {each.opens}-{each.closes}" for each in sorted(details.windows)],
        "places": list(details.place_ids),
    }
