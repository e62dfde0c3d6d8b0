"""A tenant whose plans cost something: plans with versions, people who join them, runs of billing. Every verb commits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.billing.running import run_billing
from app.domain.billing.words import Stay, VisitLine, What
from app.domain.plans import changing, ending, joining, pausing, versions
from app.domain.plans.contracts import set_version
from app.domain.plans.terms import ChangePlan, JoinPlan, VersionDetails
from app.kernel.clock import Clock
from app.models import BillingRun, Charge, Contract, Invoice, Plan, PlanVersion
from tests.support.office import Office
from tests.support.world import TenantWorld


class PlainWords:
    """Says what a charge is for without a language."""

    def charge(self, locale: str, what: What, plan_name: str) -> str:
        return f"{plan_name}: {what} ({locale})"

    def booking(self, locale: str, stay: Stay) -> str:
        return f"{stay.room} {stay.span.start:%d %H:%M}-{stay.span.end:%H:%M} ({locale})"

    def visit(self, locale: str, visit: VisitLine) -> str:
        hours = "" if visit.span is None else f" {visit.span.start:%H:%M}-{visit.span.end:%H:%M}"
        return f"{visit.place} {visit.day}{hours} ({locale})"


WORDS = PlainWords()


class Tariffs(Office):
    """An office with plans that cost something; `today` is what a test sets it to."""

    def __init__(self, session: Session, tenant: TenantWorld, today: date) -> None:
        super().__init__(session, tenant)
        self.set_day(today)

    @classmethod
    def reopened(cls, session: Session, tenant: TenantWorld, today: date) -> "Tariffs":
        """The same office in another session, which is not set up again."""
        found = cls.__new__(cls)
        found.session, found.tenant, found.owner = session, tenant, tenant.actor("owner")
        found.set_day(today)
        return found

    @staticmethod
    def now_of(today: date) -> datetime:
        return datetime(today.year, today.month, today.day, 9, tzinfo=UTC)

    def set_day(self, today: date) -> None:
        self.today, self.now = today, self.now_of(today)

    def ahead(self, days: int) -> None:
        self.set_day(self.today + timedelta(days=days))

    @property
    def clock(self) -> Clock:
        return self.tick

    def plan(self, name: str, price_minor: int, **details: Any) -> PlanVersion:
        """A new plan, or a new version of one, with that price."""
        found = self.session.scalars(select(Plan).where(Plan.name == name)).one_or_none()
        plan = found or Plan(name=name)
        self.session.add(plan)
        self.session.commit()
        wish = VersionDetails(price_minor, self.rates[20], **details)
        version = versions.set_terms(self.session, self.owner, plan.id, wish, self.tick())
        self.session.commit()
        return version

    def who(self, name: str) -> Actor:
        return self.tenant.actor(name)

    def join(self, name: str, version: PlanVersion, starts_on: date | None = None, **more: Any) -> Contract:
        wish = JoinPlan(version.plan_id, version.id, starts_on or self.today, agreed=True, **more)
        contract = joining.join(self.session, self.who(name), wish, WORDS, self.today, self.tick())
        self.session.commit()
        return contract

    def change(self, name: str, contract: Contract, version: PlanVersion, **more: Any) -> Contract:
        wish = ChangePlan(contract.id, version.plan_id, version.id, agreed=True, **more)
        follower = changing.change(self.session, self.who(name), wish, WORDS, self.today, self.tick())
        self.session.commit()
        return follower

    def cancel(self, name: str, contract: Contract, on: date | None = None) -> date | None:
        ended = ending.cancel(self.session, self.who(name), contract.id, on, "", self.today, self.tick())
        self.session.commit()
        return ended.ends_on

    def withdraw(self, name: str, contract: Contract) -> None:
        ending.withdraw_cancellation(self.session, self.who(name), contract.id, self.today, self.tick())
        self.session.commit()

    def pause(self, name: str, contract: Contract, cycles: int = 1) -> tuple[date, date]:
        row = pausing.pause(self.session, self.who(name), contract.id, cycles, self.today, self.tick())
        self.session.commit()
        return row.from_day, row.until_day

    def resume(self, name: str, contract: Contract) -> date:
        runs_on = pausing.resume(self.session, self.who(name), contract.id, self.today, self.tick())
        self.session.commit()
        return runs_on

    def run(self) -> BillingRun:
        return run_billing(self.session, self.today, WORDS, self.clock)

    def charges(self, contract: Contract) -> list[tuple[date | None, date | None, int]]:
        """First day, last day, and price of one, in the order of the days."""
        key = f"contract:{contract.id}:%"
        rows = self.session.scalars(select(Charge).where(Charge.reason_key.like(key)).order_by(Charge.id))
        return [(row.from_day, row.until_day, row.unit_minor) for row in rows]

    def invoices(self, name: str = "contact") -> list[Invoice]:
        payer = self.tenant.people[name]
        return list(
            self.session.scalars(select(Invoice).where(Invoice.payer_id == payer).order_by(Invoice.id))
        )


def give_prices(session: Session, tenant: TenantWorld, contract_id: int, rate_id: int, now: datetime) -> None:
    """Let every plan cost something, and a contract be billed by what its plan costs."""
    for plan_id in tenant.plans.values():
        session.add(
            PlanVersion(
                plan_id=plan_id,
                number=1,
                made_at=now,
                price_minor=18600,
                tax_rate_id=rate_id,
                pauses_a_year=1,
                pause_cycles=1,
            )
        )
    session.flush()
    contract = session.get_one(Contract, contract_id)
    version = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == contract.plan_id)).one()
    set_version(contract, version)
    session.flush()
