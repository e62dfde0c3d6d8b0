"""Who bills and how; and how one person is billed."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.invoicing.numbers import check_pattern
from app.domain.invoicing.terms import OnlyForward, PayerDetails, SellerDetails, SellerUnknown
from app.domain.levels import hold_level
from app.domain.lookup import one
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.models import InvoiceSetting, PayerSetting, Person
from app.tenancy import begin_writing


def seller(session: Session) -> InvoiceSetting:
    """What the tenant's documents say of itself. Raises SellerUnknown."""
    row = seller_if_known(session)
    if row is None:
        raise SellerUnknown
    return row


def seller_if_known(session: Session) -> InvoiceSetting | None:
    return session.scalars(select(InvoiceSetting)).one_or_none()


def prices_include_tax(session: Session) -> bool:
    """Whether the tenant enters prices with tax, as it does until it says otherwise."""
    known = session.scalars(select(InvoiceSetting.prices_include_tax)).one_or_none()
    return known is not False


def set_seller(session: Session, actor: Actor, details: SellerDetails, clock: Clock) -> None:
    """Say who bills from now on; what is issued keeps what was true then. Raises BadPattern. Audited."""
    check_pattern(details.invoice_pattern)
    check_pattern(details.credit_note_pattern)
    begin_writing(session)
    level = hold_level(session, None)
    row = seller_if_known(session)
    before = {} if row is None else {each.name: getattr(row, each.name) for each in fields(details)}
    row = row or InvoiceSetting()
    for name, value in asdict(details).items():
        setattr(row, name, value)
    session.add(row)
    level.touch()
    audit.record_tenant(
        session, actor, clock(), "invoice_setting.changed", *audit.changes(before, asdict(details))
    )
    session.flush()


def close_until(session: Session, actor: Actor, day: date, today: date, clock: Clock) -> None:
    """Nothing is issued or received with a date up to this day any more. Raises SellerUnknown and OnlyForward."""
    begin_writing(session)
    hold_level(session, None)
    row = seller(session)
    if day >= today or (row.closed_until is not None and day < row.closed_until):
        raise OnlyForward
    before, after = audit.changes({"closed_until": _iso(row.closed_until)}, {"closed_until": _iso(day)})
    row.closed_until = day
    audit.record_tenant(session, actor, clock(), "invoice_setting.closed", before, after)
    session.flush()


def payer_details(session: Session, person_id: int) -> PayerDetails:
    """How somebody is billed: the usual way until staff say otherwise."""
    return payers_details(session, [person_id])[person_id]


def payers_details(session: Session, person_ids: Collection[int]) -> dict[int, PayerDetails]:
    """The same of several, by their ids; one statement."""
    rows = session.scalars(select(PayerSetting).where(PayerSetting.person_id.in_(person_ids)))
    own = {row.person_id: PayerDetails(row.treatment, row.reason, row.due_days) for row in rows}
    return {person_id: own.get(person_id, PayerDetails()) for person_id in person_ids}


def set_payer(session: Session, actor: Actor, person_id: int, details: PayerDetails, clock: Clock) -> None:
    """Bill somebody in their own way. Raises NotFound, as for somebody whose data is gone. Audited."""
    begin_writing(session)
    person = one(session, Person, person_id, lock=True)
    if person.anonymised_at is not None:
        raise NotFound
    row = session.scalars(select(PayerSetting).where(PayerSetting.person_id == person_id)).one_or_none()
    old = PayerDetails() if row is None else PayerDetails(row.treatment, row.reason, row.due_days)
    row = row or PayerSetting(person_id=person.id)
    row.treatment, row.reason, row.due_days = details.treatment, details.reason, details.due_days
    session.add(row)
    before, after = audit.changes(asdict(old), asdict(details))
    if after:
        audit.record(
            session,
            clock(),
            actor.person_id,
            "payer.changed",
            subject="person",
            subject_id=person.id,
            before=before,
            after=after,
        )
    session.flush()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
