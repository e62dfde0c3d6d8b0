"""The busy house: rooms that are parts of each other, units, buffers, shifts, approval, late fees, credit of one's own and of a
team, bookings that are paid at once, and extras of which there are few; on the weekend on which London's clocks go forward."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Rooms, Rule, Sets, Whom
from app.domain.booking.late_fees import Step as Fee
from app.domain.booking.late_fees import set_ladder
from app.domain.booking.no_shows import release_after
from app.domain.booking.shifts import Shift
from app.domain.booking.strikes import limit_strikes
from app.domain.credits.terms import Holder
from app.kernel.spans import Span
from app.models import (
    BookingExtraOffer,
    Contract,
    ExtraPricing,
    PayWhen,
    Resource,
    ResourcePart,
    ResourceType,
    Team,
    TeamMember,
)
from tests.support.credits import granted
from tests.support.rundir import run_dir
from tests.support.sessions import walled_sessions
from tests.support.tariffs import Tariffs
from tests.support.world import TenantWorld, read_world

SATURDAY = date(2026, 3, 28)
OPENS = datetime(2026, 3, 28, 8, tzinfo=UTC)
NOW = OPENS - timedelta(hours=1)
ROOMS = ("Fern", "Cedar", "Rowan", "Lark", "Alder", "Tejo")
PEOPLE = ("member", "colleague", "contact", "desk")
NIGHT = 24
"""Of `when`: from here on it is over the hour that the clocks skip, and only staff may."""
PAY_WITHIN = 30
"""Minutes, for those without a plan: they pay at once. The others pay when it is over."""
STRIKES = 2
"""So many dates in a row to which nobody comes end a series."""
SHIFTS = ((540, 600), (600, 720), (780, 900))
"""In Cedar, for who is on a plan of which one of the people is; minutes after midnight by the clock on the wall."""
MOST_UNITS = 4
"""Of Tejo, which has two at first."""
_HALF_HOUR = timedelta(minutes=30)


class RunningClock:
    """Stands where it is put, but for a microsecond with each look: no two moments are the same, in whichever thread."""

    def __init__(self) -> None:
        self.at = NOW
        self._looks = count()

    def __call__(self) -> datetime:
        return self.at + timedelta(microseconds=next(self._looks))

    def advance(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)


def when(at: int, long: int) -> Span:
    """A time of that weekend by a small number, and for how many half hours: eight starts a day, so that people meet."""
    if at >= NIGHT:
        start = OPENS + timedelta(hours=14 + at - NIGHT)
        return Span(start, start + long * timedelta(hours=2))
    start = OPENS + timedelta(days=at // 8) + at % 8 * 2 * _HALF_HOUR
    return Span(start, start + long * _HALF_HOUR)


def fill_house(database_url: str) -> None:
    """Furnish Northlight in a database that holds the named world."""
    tenant = read_world(run_dir() / "world.json").northlight
    with walled_sessions(database_url) as (_engine, open_session), open_session(tenant.id) as session:
        _limits(session, tenant)
        _rules(session, tenant)
        office = _money(session, tenant)
        _extras(session, office.rates[20])
        session.commit()


def _limits(session: Session, tenant: TenantWorld) -> None:
    changes: dict[str, dict[str, object]] = {
        "Fern": {"cancel_cutoff_minutes": 120},
        "Rowan": {"buffer_before": 15},
        "Lark": {"cooldown_minutes": 15},
        "Alder": {"for_plans_only": False, "needs_approval": True},
        "Tejo": {"units": 2, "unit_names": ["Ria"]},
    }
    for name, values in changes.items():
        session.execute(
            update(Resource).where(Resource.id == tenant.rooms[name]).values(values),
            execution_options={"synchronize_session": False},
        )
    hall = tenant.rooms["Rowan"]
    session.add_all(ResourcePart(whole_id=hall, part_id=tenant.rooms[each]) for each in ("Fern", "Cedar"))
    session.commit()
    manager = tenant.actor("manager")
    set_ladder(session, manager, None, (Fee(1, 100), Fee(3, 33)), lambda: NOW)
    session.commit()
    release_after(session, manager, 15, lambda: NOW)
    session.commit()
    limit_strikes(session, manager, STRIKES, lambda: NOW)
    session.commit()


def _rules(session: Session, tenant: TenantWorld) -> None:
    plan = tenant.plans["Residents"]
    contract = select(Contract).where(Contract.person_id == tenant.people["colleague"])
    session.scalars(contract).one().plan_id = plan
    session.commit()
    rule = Rule(
        id=0,
        number=0,
        name="Residents by the shift",
        sets=Sets(shifts=tuple(Shift(*each) for each in SHIFTS)),
        rooms=Rooms.RESOURCES,
        room_ids=frozenset({tenant.rooms["Cedar"]}),
        whom=Whom.PLANS,
        whom_ids=frozenset({plan}),
    )
    create_rule(session, tenant.actor("manager"), rule, NOW)
    session.commit()


def _money(session: Session, tenant: TenantWorld) -> Tariffs:
    office = Tariffs(session, tenant, SATURDAY - timedelta(days=1))
    meeting = tenant.types["Meeting room"]
    session.get_one(ResourceType, meeting).tax_rate_id = office.rates[20]
    crew = Team(name="Crew", created_at=NOW)
    session.add(crew)
    session.flush()
    session.add_all(
        TeamMember(
            team_id=crew.id,
            person_id=tenant.people[who],
            joined_at=NOW,
            administrator=who == "member",
            may_book_for_team=who == "member",
        )
        for who in ("member", "colleague", "contact")
    )
    session.commit()
    granted(session, Holder(team_id=crew.id), 120, meeting, key="crew")
    for who in ("member", "colleague"):
        until = OPENS + timedelta(days=1)
        granted(session, Holder(tenant.people[who]), 75, meeting, key=f"time:{who}", until=until)
        granted(session, Holder(tenant.people[who]), 2000, key=f"money:{who}", until=until)
    choice = BillingChoice(members_pay=PayWhen.END, contacts_pay=PayWhen.NOW, pay_within_minutes=PAY_WITHIN)
    choose_billing(session, office.owner, choice, lambda: NOW)
    session.commit()
    return office


def _extras(session: Session, rate_id: int) -> None:
    """Lunch is billed, and half of it is owed where it is prepared; the projector is billed to nobody."""
    lunch: dict[str, object] = {"stock": 4, "lead_hours": 2, "tax_rate_id": rate_id, "cancel_percent": 50}
    session.add_all(
        BookingExtraOffer(name=name, price_minor=500, pricing=pricing, **more)
        for name, pricing, more in (
            ("Lunch", ExtraPricing.PERSON, lunch),
            ("Projector", ExtraPricing.HOUR, {"stock": 1, "lead_hours": 0}),
        )
    )
