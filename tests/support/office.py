"""Who writes invoices at one tenant: who sells is known, and there is a rate of 20 % and one of 5 %."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.invoicing.drafting import add_line, start_draft
from app.domain.invoicing.issuing import issue
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.invoicing.seller import set_seller
from app.domain.invoicing.terms import NewLine, SellerDetails
from app.models import Invoice, TaxCategory
from tests.support.invoices import SELLER
from tests.support.world import TenantWorld


class Office:
    """Who writes invoices at one tenant, on a clock that moves a second with each verb; every verb commits."""

    def __init__(self, session: Session, tenant: TenantWorld, seller: SellerDetails = SELLER) -> None:
        self.session, self.tenant = session, tenant
        self.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
        self.today = date(2026, 11, 24)
        self.owner = tenant.actor("owner")
        set_seller(session, self.owner, seller, self.tick)
        self.rates = {
            percent: create_rate(
                session,
                self.owner,
                NewRate(name, TaxCategory.STANDARD, percent * 100, date(2020, 1, 1)),
                self.tick,
            ).id
            for name, percent in (("VAT", 20), ("Reduced", 5))
        }
        session.commit()

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def line(
        self, minor: int, *, percent: int = 20, quantity: int = 1000, what: str = "Studio plan"
    ) -> NewLine:
        return NewLine(what, quantity, minor, self.rates[percent])

    def draft(self, *lines: NewLine, payer: str = "member") -> int:
        drafted = start_draft(self.session, self.owner, self.tenant.people[payer], None, self.tick()).id
        self.session.commit()
        for line in lines:
            add_line(self.session, drafted, line)
            self.session.commit()
        return drafted

    def issued(self, *lines: NewLine, payer: str = "member") -> Invoice:
        invoice = issue(self.session, self.owner, self.draft(*lines, payer=payer), self.tick())
        self.session.commit()
        return invoice
