"""Coming in for a price: agreed to before, charged once, never more than was said."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.billing.previewing import coming_invoices, preview_billing
from app.domain.credits.terms import NoPass
from app.domain.invoicing.issuing import lines_of
from app.domain.invoicing.seller import set_payer
from app.domain.invoicing.terms import PayerDetails
from app.domain.pay_as_you_go.history import visits_of
from app.domain.pay_as_you_go.offering import offer_for
from app.domain.pay_as_you_go.terms import PriceToAgree
from app.domain.privacy.retention import forget_check_ins, forget_paid_visits
from app.models import Charge, CheckIn, CreditKind, PaidBy, PaidVisit, Team, TeamMember
from app.models.invoice import TaxTreatment
from tests.support.passes import HERE, THERE
from tests.support.tariffs import Tariffs
from tests.support.visits import CAP_MINOR, DAY_MINOR, HOUR_MINOR, Gate, said

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NINE.date()
HOUR = timedelta(hours=1)
_EXAMPLES = count()


# --- before the button -----------------------------------------------------------------------------------------------


def test_off_it_is_refused_as_before(gate: Gate) -> None:
    with pytest.raises(NoPass):
        gate.come(NINE)
    gate.ask(offered=False)
    with pytest.raises(NoPass):
        gate.come(NINE)


def test_nobody_comes_in_for_a_price_that_they_were_not_shown(gate: Gate, session: Session) -> None:
    gate.ask()
    with pytest.raises(PriceToAgree) as refused:
        gate.come(NINE)
    assert not refused.value.changed
    assert refused.value.offer.amounts.gross_minor == DAY_MINOR
    assert refused.value.offer.amounts.net_minor == 1500
    for model in (CheckIn, PaidVisit, Charge):
        assert session.scalars(select(func.count()).select_from(model)).one() == 0


@pytest.mark.parametrize("change", ["price", "hours", "team"])
def test_what_changed_meanwhile_is_shown_again(gate: Gate, session: Session, change: str) -> None:
    gate.ask()
    agreed = gate.seen()
    if change == "team":
        gate.team("member", "contact")
    else:
        gate.ask(PaidBy.DAY if change == "price" else PaidBy.HOUR, price_minor=1200)
    with pytest.raises(PriceToAgree) as refused:
        gate.come(NINE, agreed=agreed)
    assert refused.value.changed
    assert gate.owed() == []
    assert session.scalars(select(CheckIn)).all() == []
    gate.come(NINE, agreed=refused.value.offer.seen)


def test_who_owes_no_tax_is_shown_none(gate: Gate, tariffs: Tariffs) -> None:
    gate.ask()
    exempt = PayerDetails(TaxTreatment.EXEMPT, "A charity")
    set_payer(gate.session, tariffs.owner, tariffs.tenant.people["contact"], exempt, tariffs.tick)
    gate.session.commit()
    offer = offer_for(gate.session, tariffs.tenant.people["contact"], NINE)
    assert offer is not None
    assert (offer.amounts.tax_minor, offer.amounts.gross_minor) == (0, 1500)


def test_a_pass_that_holds_goes_first_and_a_plan_needs_nothing(gate: Gate) -> None:
    gate.ask()
    gate.give(CreditKind.DAYS, 1)
    gate.come(NINE)
    gate.come(NINE, who="member")
    gate.come(NINE, who="desk")
    assert len(gate.used()) == 1
    assert gate.owed() == gate.owed("member") == []


# --- by the day ------------------------------------------------------------------------------------------------------


def test_a_day_is_charged_once_wherever_one_goes(gate: Gate, session: Session) -> None:
    gate.ask()
    gate.pay(NINE)
    gate.go(NINE + HOUR)
    gate.come(NINE + 2 * HOUR)
    gate.come(NINE + 3 * HOUR, THERE)
    # Before the cut-off, at which that stay ends
    assert gate.come(NINE.replace(day=3, hour=2)).ends_at == NINE.replace(day=3, hour=3)
    assert gate.owed() == [(said(TODAY), DAY_MINOR)]
    charge = session.scalars(select(Charge)).one()
    assert (charge.from_day, charge.until_day, charge.tax_rate_id) == (TODAY, TODAY, gate.tariffs.rates[20])
    assert charge.location_id == gate.tariffs.tenant.locations[HERE]
    with pytest.raises(PriceToAgree):
        gate.come(NINE.replace(day=3, hour=4))
    gate.pay(NINE.replace(day=3, hour=4))
    assert gate.owed() == [
        (said(TODAY), DAY_MINOR),
        (said(TODAY + timedelta(days=1)), DAY_MINOR),
    ]


def test_a_day_that_is_paid_holds_when_it_is_offered_no_more(gate: Gate) -> None:
    gate.ask()
    gate.pay(NINE)
    gate.go(NINE + HOUR)
    gate.ask(offered=False)
    gate.come(NINE + 2 * HOUR)
    assert len(gate.owed()) == 1


def test_pressing_twice_is_being_there_once(gate: Gate, session: Session) -> None:
    gate.ask(PaidBy.HOUR)
    stay = gate.pay(NINE)
    assert gate.pay(NINE + timedelta(seconds=2)).id == stay.id
    gate.go(NINE + HOUR)
    gate.go(NINE + HOUR)
    assert gate.owed() == [(said(TODAY, hours="09:00-10:00"), HOUR_MINOR)]
    assert len(session.scalars(select(CheckIn)).all()) == 1


# --- by the hour -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stays", "charged"),
    [
        ([(9, 0, 1)], [300]),
        ([(9, 0, 60)], [300]),
        ([(9, 0, 61)], [600]),
        ([(9, 0, 60), (11, 0, 60)], [300, 300]),
        ([(9, 0, 280)], [1500]),
        ([(9, 0, 600)], [1500]),
        ([(9, 0, 240), (14, 0, 240)], [1200, 300]),
        ([(9, 0, 300), (15, 0, 30)], [1500]),
    ],
)
def test_hours_that_began_are_charged_up_to_the_cap(
    gate: Gate, stays: list[tuple[int, int, int]], charged: list[int]
) -> None:
    gate.ask(PaidBy.HOUR)
    for hour, minute, minutes in stays:
        start = NINE.replace(hour=hour, minute=minute)
        gate.pay(start)
        gate.go(start + timedelta(minutes=minutes))
    assert [minor for _words, minor in gate.owed()] == charged


def test_hours_stand_on_the_line_as_hours(gate: Gate, session: Session) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    gate.go(NINE + 2 * HOUR)
    charge = session.scalars(select(Charge)).one()
    assert (charge.quantity_thousandths, charge.unit_minor) == (2000, HOUR_MINOR)
    visit = session.scalars(select(PaidVisit)).one()
    assert charge.reason_key == f"visit:{visit.id}"
    assert (visit.minutes, visit.charged_minor) == (120, 600)


def test_the_night_before_the_cut_off_is_the_same_day(gate: Gate) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    gate.go(NINE + 4 * HOUR)
    night = NINE.replace(day=3, hour=1)
    gate.pay(night)
    gate.go(night + HOUR + timedelta(minutes=30))
    gate.pay(NINE.replace(day=3, hour=4))
    gate.go(NINE.replace(day=3, hour=5))
    assert [minor for _words, minor in gate.owed()] == [1200, 300, 300]


def test_who_goes_elsewhere_has_left(gate: Gate) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    gate.pay(NINE + HOUR, THERE)
    assert gate.owed() == [(said(TODAY, hours="09:00-10:00"), HOUR_MINOR)]


def test_a_forgotten_stay_ends_with_the_house_and_costs_the_cap_at_most(gate: Gate) -> None:
    gate.ask(PaidBy.HOUR)
    stay = gate.pay(NINE)
    assert gate.settle(NINE + HOUR) == 0
    assert gate.owed() == []
    late = stay.ends_at + timedelta(days=3)
    assert gate.settle(late) == 1
    assert gate.settle(late) == 0
    assert [minor for _words, minor in gate.owed()] == [CAP_MINOR]


def test_the_price_of_a_stay_is_that_of_its_beginning(gate: Gate) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    gate.ask(PaidBy.HOUR, price_minor=700)
    gate.go(NINE + HOUR)
    assert [minor for _words, minor in gate.owed()] == [HOUR_MINOR]


def test_hours_count_towards_a_day_of_the_same_day(gate: Gate) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    gate.go(NINE + 2 * HOUR)
    gate.ask()
    gate.pay(NINE + 3 * HOUR)
    gate.ask(PaidBy.HOUR)
    gate.come(NINE + 4 * HOUR, THERE)
    assert [minor for _words, minor in gate.owed()] == [600, DAY_MINOR - 600]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["come", "there", "go", "job", "tap"]), st.integers(0, 150)),
        min_size=2,
        max_size=12,
    )
)
def test_however_one_comes_and_goes_a_day_costs_its_hours_or_the_cap(gate: Gate, steps: Any) -> None:
    """Compared with a sum over the stays, which knows nothing of how they were charged."""
    session, at = gate.session, NINE + timedelta(days=10 * next(_EXAMPLES), hours=-4)
    first, day = at, at.date()
    gate.ask(PaidBy.HOUR)
    for what, minutes in steps:
        # All of them on one day, before its cut-off
        at = min(at + timedelta(minutes=minutes), first.replace(hour=22))
        if what in ("come", "there", "tap"):
            gate.pay(at, THERE if what == "there" else HERE)
        elif what == "go":
            gate.go(at)
        else:
            gate.settle(at)
    gate.settle(first + timedelta(days=2))
    rows = session.execute(
        select(CheckIn.starts_at, CheckIn.ends_at, PaidVisit.charged_minor)
        .join(PaidVisit, PaidVisit.id == CheckIn.paid_visit_id)
        .where(PaidVisit.day == day)
    ).all()
    hours = sum(-((row.starts_at - row.ends_at) // HOUR) for row in rows)
    expected = min(hours * HOUR_MINOR, CAP_MINOR)
    assert sum(row.charged_minor for row in rows) == expected
    charged = session.scalars(select(Charge).where(Charge.from_day == day)).all()
    assert sum(each.unit_minor * each.quantity_thousandths // 1000 for each in charged) == expected


# --- who pays --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paid_by", list(PaidBy))
def test_the_teams_payer_is_billed_for_who_may_buy_for_it(gate: Gate, paid_by: PaidBy) -> None:
    gate.ask(paid_by)
    gate.team("member", "contact")
    gate.pay(NINE)
    gate.go(NINE + HOUR)
    minor = DAY_MINOR if paid_by is PaidBy.DAY else HOUR_MINOR
    assert [owed for _words, owed in gate.owed("member")] == [minor]
    assert gate.owed() == []
    (shown,) = visits_of(gate.session, gate.tariffs.tenant.people["contact"])
    assert (shown.team, shown.charged_minor, shown.place) == ("Crew of member", minor, HERE)


@pytest.mark.parametrize("why", ["may not", "retired", "oneself"])
def test_otherwise_it_is_whoever_comes(gate: Gate, session: Session, why: str) -> None:
    gate.ask()
    team_id = gate.team("member", "contact", may_buy=why != "may not")
    if why == "retired":
        session.get_one(Team, team_id).retired_at = NINE
    if why == "oneself":
        for row in session.scalars(select(TeamMember)):
            row.pays, row.may_buy = False, True
        session.flush()
        mine = TeamMember.person_id == gate.tariffs.tenant.people["contact"]
        session.scalars(select(TeamMember).where(mine)).one().pays = True
    session.commit()
    gate.pay(NINE)
    assert gate.owed() == [(said(TODAY), DAY_MINOR)]
    assert gate.owed("member") == []


def test_a_team_that_nobody_pays_for_any_more_leaves_it_to_who_came(gate: Gate, session: Session) -> None:
    gate.ask(PaidBy.HOUR)
    team_id = gate.team("member", "contact")
    gate.pay(NINE)
    session.scalars(
        select(TeamMember).where(TeamMember.team_id == team_id, TeamMember.pays)
    ).one().pays = False
    session.commit()
    gate.go(NINE + HOUR)
    assert [minor for _words, minor in gate.owed()] == [HOUR_MINOR]


# --- on the invoice --------------------------------------------------------------------------------------------------


def test_it_is_billed_the_day_after_to_who_has_no_contract(gate: Gate, session: Session) -> None:
    gate.ask()
    gate.pay(NINE)
    tariffs, person_id = gate.tariffs, gate.tariffs.tenant.people["contact"]
    tariffs.set_day(TODAY)
    (coming,) = coming_invoices(session, person_id, [], TODAY, 3)
    assert (coming.day, coming.amount_minor) == (TODAY + timedelta(days=1), DAY_MINOR)
    assert [(line.text, line.days) for line in coming.lines] == [(said(TODAY), None)]
    assert [each.payer_id for each in preview_billing(session, coming.day)] == [person_id]
    tariffs.run()
    assert tariffs.invoices() == []
    tariffs.ahead(1)
    tariffs.run()
    tariffs.run()
    (invoice,) = tariffs.invoices()
    assert (invoice.total_minor, invoice.tax_minor) == (DAY_MINOR, 300)
    assert [line.description for line in lines_of(session, invoice.id)] == [said(TODAY)]


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_what_is_long_over_is_forgotten_once_it_is_charged(gate: Gate, session: Session) -> None:
    gate.ask(PaidBy.HOUR)
    gate.pay(NINE)
    late = NINE + timedelta(days=40)
    assert forget_check_ins(session, late) == 0
    assert forget_paid_visits(session, late) == 0
    gate.settle(late)
    assert forget_paid_visits(session, late) == 0
    assert forget_check_ins(session, late) == 1
    assert forget_paid_visits(session, NINE + timedelta(days=29)) == 0
    assert forget_paid_visits(session, late) == 1
    session.commit()
    assert [minor for _words, minor in gate.owed()] == [CAP_MINOR]
