"""A tenant that bills, and a contact who looks at what it has on offer."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.domain.plans.terms import VersionDetails
from app.domain.plans.versions import renew_link, set_terms
from app.domain.profile.billing import BillingDetails, give_billing
from app.models import Contract, Notice, Plan, TaxRate
from tests.support.invoices import SELLER_FORM
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World


class Shop:
    """A contact who looks at what a tenant that bills has on offer."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.tenant = app, world.northlight
        owner = Desk(app, self.tenant, "owner")
        assert owner.send("/admin/settings/invoices", SELLER_FORM).status_code == 303
        rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
        assert owner.send("/admin/settings/invoices/rates", rate).status_code == 303
        self.visitor = Visitor(app, self.tenant)
        sign_in_client(app, self.visitor.client, self.tenant, "contact")
        self.give_address()

    def give_address(self) -> None:
        """What invoices need, so that joining does not ask for it."""
        details = BillingDetails("Contact & Sons", "", "", "1 Leith Walk", "EH6 8LN", "Edinburgh", "GB")
        with inside(self.app, self.tenant) as session:
            give_billing(session, self.tenant.actor("contact"), details, datetime.now(UTC))
            session.commit()

    def plan(self, name: str = "Residents", price_minor: int = 18600, **details: Any) -> tuple[int, int]:
        """The ids of a plan and of its new version."""
        with inside(self.app, self.tenant) as session:
            plan = session.scalars(select(Plan).where(Plan.name == name)).one()
            (rate,) = session.scalars(select(TaxRate)).all()
            wish = VersionDetails(price_minor, rate.id, **details)
            version = set_terms(session, self.tenant.actor("owner"), plan.id, wish, datetime.now(UTC))
            session.commit()
            return plan.id, version.id

    def another(self, name: str, price_minor: int, **details: Any) -> tuple[int, int]:
        """A plan that the cast does not have."""
        with inside(self.app, self.tenant) as session:
            session.add(Plan(name=name))
            session.commit()
        return self.plan(name, price_minor, **details)

    def join(self, plan_id: int, version_id: int, day: str | None = None, **more: str) -> Any:
        starts_on = day or datetime.now(UTC).date().isoformat()
        asked = {"starts_on": starts_on, "version_id": str(version_id), **more}
        return self.visitor.post(
            f"/plans/{plan_id}/join",
            asked,
            form=f"/plans/{plan_id}/join/review?starts_on={datetime.now(UTC).date()}",
        )

    def contracts(self) -> list[Contract]:
        who = self.tenant.people["contact"]
        return [each for each in rows(self.app, self.tenant, Contract) if each.person_id == who]

    def link(self, plan_id: int) -> str:
        """A new secret link to a plan; the one before leads nowhere."""
        with inside(self.app, self.tenant) as session:
            token = renew_link(session, self.tenant.actor("owner"), plan_id, datetime.now(UTC))
            session.commit()
            return token

    def told(self, who: str, kind: str) -> list[Notice]:
        """What somebody was told of a kind."""
        person = self.tenant.people[who]
        return [each for each in rows(self.app, self.tenant, Notice, kind=kind) if each.person_id == person]
