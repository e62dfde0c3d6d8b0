"""Rates of tax: made, changed from a day on, retired; and what one amounts to on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record_row
from app.domain.invoicing.amounts import Tax
from app.domain.invoicing.terms import NoRateYet, RateBackwards
from app.domain.levels import hold_level
from app.domain.lookup import one
from app.domain.spaces.saving import flush
from app.kernel.clock import Clock
from app.models import TaxCategory, TaxRate, TaxRateVersion
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate with all of its versions, the latest first."""

    id: int
    name: str
    category: TaxCategory
    reason: str
    versions: tuple[tuple[date, int], ...]
    """From which day, and hundredths of a percent."""
    retired: bool

    def tax_on(self, day: date) -> Tax:
        """What it amounts to on a day. Raises NoRateYet."""
        for starts_on, percent in self.versions:
            if starts_on <= day:
                return Tax(self.name, self.category, percent, self.reason)
        raise NoRateYet(self.name, day)


@dataclass(frozen=True, slots=True)
class NewRate:
    name: str
    category: TaxCategory
    percent_hundredths: int
    starts_on: date
    reason: str = ""


def rates(session: Session, only: Collection[int] | None = None) -> list[RateRow]:
    """Every rate in the operator's order, or those of some ids; two statements."""
    wanted = select(TaxRate).order_by(TaxRate.position, TaxRate.name)
    found = session.scalars(wanted if only is None else wanted.where(TaxRate.id.in_(only))).all()
    versions: dict[int, list[tuple[date, int]]] = {}
    for row in session.execute(
        select(TaxRateVersion.tax_rate_id, TaxRateVersion.starts_on, TaxRateVersion.percent_hundredths)
        .where(TaxRateVersion.tax_rate_id.in_([each.id for each in found]))
        .order_by(TaxRateVersion.starts_on.desc())
    ):
        versions.setdefault(row.tax_rate_id, []).append((row.starts_on, row.percent_hundredths))
    return [
        RateRow(
            each.id,
            each.name,
            each.category,
            each.reason,
            tuple(versions.get(each.id, ())),
            each.retired_at is not None,
        )
        for each in found
    ]


def create_rate(session: Session, actor: Actor, command: NewRate, clock: Clock) -> TaxRate:
    """Add a rate with its first version. Raises NameTaken."""
    begin_writing(session)
    rate = TaxRate(name=command.name, category=command.category, reason=command.reason)
    session.add(rate)
    flush(session)
    session.add(_version(rate, command.starts_on, command.percent_hundredths))
    record_row(
        session,
        actor,
        clock(),
        rate,
        "created",
        after={"name": rate.name, "percent": command.percent_hundredths, "from": str(command.starts_on)},
    )
    session.flush()
    return rate


def change_rate(
    session: Session,
    actor: Actor,
    rate_id: int,
    percent_hundredths: int,
    starts_on: date,
    today: date,
    clock: Clock,
) -> None:
    """Have a rate amount to something else from today or a later day on. Raises NotFound and RateBackwards."""
    if starts_on < today:
        raise RateBackwards
    begin_writing(session)
    hold_level(session, None).touch()
    rate = one(session, TaxRate, rate_id, lock=True)
    session.query(TaxRateVersion).filter_by(tax_rate_id=rate.id, starts_on=starts_on).delete()
    session.add(_version(rate, starts_on, percent_hundredths))
    record_row(
        session,
        actor,
        clock(),
        rate,
        "edited",
        after={"percent": percent_hundredths, "from": str(starts_on)},
    )
    session.flush()


def retire_rate(session: Session, actor: Actor, rate_id: int, clock: Clock) -> None:
    """No new line takes it; those that have it keep it. Raises NotFound."""
    begin_writing(session)
    rate = one(session, TaxRate, rate_id, lock=True)
    if rate.retired_at is None:
        rate.retired_at = clock()
        record_row(session, actor, clock(), rate, "retired", before={"name": rate.name})
        session.flush()


def _version(rate: TaxRate, starts_on: date, percent_hundredths: int) -> TaxRateVersion:
    return TaxRateVersion(tax_rate_id=rate.id, starts_on=starts_on, percent_hundredths=percent_hundredths)
