"""Somebody presses on many telephones at once: the day is charged once, the hours are, and there is one stay."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.credits.visiting import ask_for_passes
from app.domain.directory import check_in as doors
from app.domain.invoicing.rates import NewRate, create_rate
from app.domain.pay_as_you_go import visiting
from app.domain.pay_as_you_go.offering import offer_for
from app.domain.pay_as_you_go.setting import set_visit_price
from app.domain.pay_as_you_go.terms import VisitPrice
from app.models import Charge, CheckIn, PaidBy, PaidVisit, TaxCategory
from tests.races.conftest import NOW, race
from tests.support.sessions import OpenSession
from tests.support.tariffs import WORDS
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

LATER = NOW.replace(hour=10)


def _ask(open_session: OpenSession, tenant: TenantWorld, paid_by: PaidBy) -> str:
    """Have visits cost something; what the contact agrees to."""
    owner = tenant.actor("owner")
    with open_session(tenant.id) as session:
        ask_for_passes(session, owner, NOW, needed=True)
        rate = NewRate("VAT", TaxCategory.STANDARD, 2000, NOW.date())
        rate_id = create_rate(session, owner, rate, lambda: NOW).id
        price = VisitPrice(offered=True, paid_by=paid_by, price_minor=300, cap_minor=900, tax_rate_id=rate_id)
        set_visit_price(session, owner, price, NOW.date(), NOW)
        session.commit()
        offer = offer_for(session, tenant.people["contact"], NOW)
        assert offer is not None
        return offer.seen


def _come(open_session: OpenSession, tenant: TenantWorld, agreed: str) -> tuple[int, int, int]:
    """How many stays and visits there are when all have pressed, and how many charges."""

    def attempt(session: Session, _racer: int) -> str:
        who, place = tenant.actor("contact"), tenant.locations["Leith Walk"]
        doors.check_in(session, who, place, WORDS, lambda: NOW, agreed)
        session.commit()
        return "here"

    race(open_session, tenant.id, attempt)
    return _counted(open_session, tenant)


def _go(open_session: OpenSession, tenant: TenantWorld) -> tuple[int, int, int]:
    """The same when half of them have checked out and the others were the job."""

    def attempt(session: Session, racer: int) -> str:
        if racer % 2:
            doors.check_out(session, tenant.actor("contact"), WORDS, lambda: LATER)
        else:
            visiting.settle_visits(session, WORDS, LATER)
        session.commit()
        return "gone"

    race(open_session, tenant.id, attempt)
    return _counted(open_session, tenant)


def _counted(open_session: OpenSession, tenant: TenantWorld) -> tuple[int, int, int]:
    with open_session(tenant.id) as session:
        stays, visits, charges = (
            session.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (CheckIn, PaidVisit, Charge)
        )
        return stays, visits, charges


@pytest.mark.parametrize(("paid_by", "charged"), [(PaidBy.DAY, 1), (PaidBy.HOUR, 0)])
def test_many_telephones_come_in_once(
    racing: tuple[Engine, OpenSession], world: World, paid_by: PaidBy, charged: int
) -> None:
    _engine, open_session = racing
    agreed = _ask(open_session, world.northlight, paid_by)
    assert _come(open_session, world.northlight, agreed) == (1, 1, charged)
    assert _go(open_session, world.northlight) == (1, 1, 1)


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_lock_there_are_several_visits_and_the_key_still_charges_one_day(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; on SQLite the one write lock is behind it."""
    _engine, open_session = racing
    monkeypatch.setattr(doors, "hold_person", lambda *_who: None)
    agreed = _ask(open_session, world.northlight, PaidBy.DAY)
    stays, visits, charges = _come(open_session, world.northlight, agreed)
    assert stays > 1
    assert visits > 1
    assert charges == 1


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_key_too_the_day_is_charged_more_than_once(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine, open_session = racing
    monkeypatch.setattr(doors, "hold_person", lambda *_who: None)
    monkeypatch.setattr(visiting, "day_visit_key", lambda *_what: f"visit:{uuid4()}")
    agreed = _ask(open_session, world.northlight, PaidBy.DAY)
    assert _come(open_session, world.northlight, agreed)[2] > 1
