"""Paying as one goes in a test: a price, and people who come and go for it. Every verb commits."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.credits.visiting import ask_for_passes
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.pay_as_you_go.offering import offer_for
from app.domain.pay_as_you_go.setting import set_visit_price
from app.domain.pay_as_you_go.terms import VisitPrice
from app.domain.pay_as_you_go.visiting import settle_visits
from app.models import Charge, CheckIn, PaidBy, TaxCategory, Team, TeamMember
from tests.support.passes import HERE, Door
from tests.support.tariffs import WORDS
from tests.support.world import TenantWorld

DAY_MINOR, HOUR_MINOR, CAP_MINOR = 1800, 300, 1500
"""A day, an hour, and the most that the hours of a day come to."""


class Gate(Door):
    """A tenant that asks for passes, and for money of who has none."""

    def ask(
        self,
        paid_by: PaidBy = PaidBy.DAY,
        price_minor: int | None = None,
        cap_minor: int | None = CAP_MINOR,
        *,
        offered: bool = True,
    ) -> None:
        minor = price_minor or (DAY_MINOR if paid_by is PaidBy.DAY else HOUR_MINOR)
        price = VisitPrice(offered, paid_by, minor, cap_minor, self.tariffs.rates[20])
        set_visit_price(self.session, self.tariffs.owner, price, self.tariffs.today, self.tariffs.tick())
        self.session.commit()

    def seen(self, who: str = "contact") -> str:
        """What somebody agrees to who is shown the price now."""
        offer = offer_for(self.session, self.tariffs.tenant.people[who], self.tariffs.now)
        assert offer is not None
        return offer.seen

    def pay(self, at: datetime, place: str = HERE, who: str = "contact") -> CheckIn:
        """Come in for the price of the moment."""
        return self.come(at, place, who, self.seen(who))

    def settle(self, at: datetime) -> int:
        found = settle_visits(self.session, WORDS, at)
        self.session.commit()
        return found

    def owed(self, who: str = "contact", session: Session | None = None) -> list[tuple[str, int]]:
        """What somebody's charges say and come to, in their order."""
        rows = (session or self.session).execute(
            select(Charge.description, Charge.unit_minor * Charge.quantity_thousandths / 1000)
            .where(Charge.payer_id == self.tariffs.tenant.people[who])
            .order_by(Charge.id)
        )
        return [(description, int(minor)) for description, minor in rows]

    def team(self, payer: str, buyer: str, *, may_buy: bool = True) -> int:
        """Two people of one team, one of whom pays."""
        people = self.tariffs.tenant.people
        team = Team(name=f"Crew of {payer}", created_at=self.tariffs.tick())
        self.session.add(team)
        self.session.flush()
        self.session.add_all(
            [
                TeamMember(team_id=team.id, person_id=people[payer], pays=True, joined_at=self.tariffs.now),
                TeamMember(
                    team_id=team.id, person_id=people[buyer], may_buy=may_buy, joined_at=self.tariffs.now
                ),
            ]
        )
        self.session.commit()
        return team.id


def said(day: date, place: str = HERE, hours: str = "") -> str:
    """What a charge says in these tests."""
    return f"{place} {day}{hours and f' {hours}'} (en)"


def visits_cost(session: Session, tenant: TenantWorld, minor: int, now: datetime) -> None:
    """Have whoever is on no plan pay so much for a day; commits."""
    owner = tenant.actor("owner")
    ask_for_passes(session, owner, now, needed=True)
    session.commit()
    rate = NewRate("Tax on visits", TaxCategory.STANDARD, 2000, date(2020, 1, 1))
    rate_id = create_rate(session, owner, rate, lambda: now).id
    session.commit()
    price = VisitPrice(
        offered=True, paid_by=PaidBy.DAY, price_minor=minor, cap_minor=None, tax_rate_id=rate_id
    )
    set_visit_price(session, owner, price, now.date(), now)
    session.commit()
