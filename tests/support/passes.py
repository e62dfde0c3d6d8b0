"""Passes in a test: kinds, what somebody has of them, and coming and going. Every verb commits."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.credits.granting import ChangeCredit, give
from app.domain.credits.terms import Holder, NoPass
from app.domain.credits.visiting import ask_for_passes
from app.domain.directory.check_in import check_in, check_out
from app.domain.passes.fitting import Window
from app.domain.passes.keeping import PassDetails, create_pass
from app.domain.pay_as_you_go.terms import PriceToAgree
from app.models import CheckIn, CreditKind, CreditLine
from tests.support.tariffs import WORDS, Tariffs

HERE, THERE = "Leith Walk", "Porto"


class Door:
    """A tenant that asks for passes; who comes is the contact, who is on no plan."""

    def __init__(self, tariffs: Tariffs) -> None:
        self.tariffs, self.session = tariffs, tariffs.session
        # What is given from six o’clock on can be used by who comes at nine
        tariffs.now -= timedelta(hours=3)
        ask_for_passes(self.session, tariffs.owner, tariffs.tick(), needed=True)
        self.session.commit()

    def pass_type(
        self,
        name: str,
        kind: CreditKind = CreditKind.DAYS,
        *windows: Window,
        priority: int = 0,
        places: tuple[str, ...] = (),
    ) -> int:
        ids = tuple(sorted(self.tariffs.tenant.locations[each] for each in places))
        details = PassDetails(name, kind, priority, windows, ids)
        row = create_pass(self.session, self.tariffs.owner, details, self.tariffs.tick())
        self.session.commit()
        return row.id

    def give(
        self,
        kind: CreditKind,
        amount: int,
        pass_type_id: int | None = None,
        until: datetime | None = None,
        who: str = "contact",
        team_id: int | None = None,
    ) -> int:
        holder = Holder(self.tariffs.tenant.people[who]) if team_id is None else Holder(team_id=team_id)
        wish = ChangeCredit(holder, kind, amount, (), "A present", until, pass_type_id=pass_type_id)
        grant_id = give(self.session, self.tariffs.owner, wish, self.tariffs.tick())
        self.session.commit()
        return grant_id

    def come(self, at: datetime, place: str = HERE, who: str = "contact", agreed: str = "") -> CheckIn:
        self.tariffs.now = at
        place_id = self.tariffs.tenant.locations[place]
        try:
            check_in(self.session, self.tariffs.who(who), place_id, WORDS, lambda: at, agreed)
            self.session.commit()
        except (NoPass, PriceToAgree):
            self.session.rollback()
            raise
        return self.session.scalars(select(CheckIn).order_by(CheckIn.id.desc()).limit(1)).one()

    def go(self, at: datetime, who: str = "contact") -> None:
        self.tariffs.now = at
        check_out(self.session, self.tariffs.who(who), WORDS, lambda: at)
        self.session.commit()

    def used(self, session: Session | None = None) -> list[tuple[int, int]]:
        """(grant, how much), in the order of lines."""
        rows = (session or self.session).execute(
            select(CreditLine.grant_id, CreditLine.amount)
            .where(CreditLine.amount < 0)
            .order_by(CreditLine.id)
        )
        return [(grant_id, -amount) for grant_id, amount in rows]
