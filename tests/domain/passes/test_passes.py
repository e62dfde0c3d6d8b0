"""Which pass is used, when and where; and the minutes of a time pass."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.credits.balance import funds_of
from app.domain.credits.granting import ChangeCredit, take
from app.domain.credits.history import history
from app.domain.credits.staying import settle_stays
from app.domain.credits.terms import BadCredit, Holder, NoPass, NotEnoughCredit
from app.domain.passes.fitting import Window
from app.domain.passes.keeping import PassDetails, edit_pass, retire_pass
from app.domain.plans.terms import Benefit
from app.domain.spaces.terms import HoursOverlap, NameTaken
from app.domain.team.manage import create_team
from app.domain.team.members import add_member
from app.domain.team.terms import TeamDetails, TeamPermissions
from app.kernel.errors import NotFound
from app.models import CheckIn, CreditKind, Location
from tests.support.passes import HERE, THERE, Door
from tests.support.tariffs import Tariffs

DAYS, MINUTES = CreditKind.DAYS, CreditKind.MINUTES
MORNING = Window(0, 8 * 60, 13 * 60)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _left(door: Door) -> dict[int, int]:
    holder = Holder(door.tariffs.tenant.people["contact"])
    return {each.grant_id: each.left for each in funds_of(door.session, holder, door.tariffs.now)}


# --- which one -------------------------------------------------------------------------------------------------------


def test_a_pass_holds_in_its_window_and_until_it_closes(door: Door) -> None:
    door.give(DAYS, 3, door.pass_type("Mornings", DAYS, MORNING))
    assert door.come(NINE).ends_at == NINE.replace(hour=13)
    with pytest.raises(NoPass) as refused:
        door.come(NINE.replace(hour=14))
    assert refused.value.others == ("Mornings",)
    assert len(door.used()) == 1


def test_a_pass_holds_at_its_places(door: Door) -> None:
    door.give(DAYS, 3, door.pass_type("Leith", places=(HERE,)))
    with pytest.raises(NoPass):
        door.come(NINE, THERE)
    door.come(NINE, HERE)


def test_the_lowest_priority_goes_first_and_what_expires_sooner(door: Door) -> None:
    late, soon = NINE + timedelta(days=60), NINE + timedelta(days=30)
    plain = door.give(DAYS, 9)
    second = door.give(DAYS, 1, door.pass_type("Second", priority=2), soon)
    first = door.pass_type("First", priority=1)
    later, sooner = door.give(DAYS, 1, first, late), door.give(DAYS, 1, first, soon)
    for day in range(4):
        door.come(NINE + timedelta(days=day))
    assert door.used() == [(sooner, 1), (later, 1), (second, 1), (plain, 1)]


def test_what_does_not_hold_is_passed_over(door: Door) -> None:
    door.give(DAYS, 1, door.pass_type("Evenings", DAYS, Window(0, 1080, 1320)))
    plain = door.give(DAYS, 1)
    door.come(NINE)
    assert door.used() == [(plain, 1)]


def test_a_day_that_was_spent_lets_in_where_it_holds_and_costs_another_elsewhere(door: Door) -> None:
    here = door.give(DAYS, 2, door.pass_type("Leith", places=(HERE,)))
    door.come(NINE)
    door.come(NINE.replace(hour=10))
    assert door.used() == [(here, 1)]
    there = door.give(DAYS, 2, door.pass_type("Porto", places=(THERE,)))
    door.come(NINE.replace(hour=11), THERE)
    door.come(NINE.replace(hour=12), THERE)
    door.come(NINE.replace(hour=13))
    assert door.used() == [(here, 1), (there, 1)]


def test_the_cut_off_is_the_locations(door: Door) -> None:
    grant = door.give(DAYS, 2)
    place = door.session.get_one(Location, door.tariffs.tenant.locations[HERE])
    place.day_ends = 6 * 60
    door.session.commit()
    door.come(NINE)
    door.come(NINE.replace(day=3, hour=5))
    assert door.used() == [(grant, 1)]
    door.come(NINE.replace(day=3, hour=6))
    assert door.used() == [(grant, 1), (grant, 1)]


def test_who_is_on_a_plan_with_passes_uses_them(door: Door, tariffs: Tariffs) -> None:
    tariffs.join("contact", tariffs.plan("Five days", 9000, benefits=(Benefit(DAYS, 1),)))
    door.come(NINE)
    assert len(door.used()) == 1
    with pytest.raises(NoPass):
        door.come(NINE + timedelta(days=1))
    tariffs.join("contact", tariffs.plan("Desk", 30000), tariffs.today)
    door.come(NINE + timedelta(days=1))
    assert len(door.used()) == 1


# --- minutes ---------------------------------------------------------------------------------------------------------


def test_minutes_are_held_while_somebody_is_there_and_used_when_they_leave(
    door: Door, session: Session
) -> None:
    grant = door.give(MINUTES, 600)
    door.come(NINE + timedelta(minutes=10))
    assert _left(door) == {}
    door.go(NINE + timedelta(minutes=105, seconds=-20))
    assert door.used() == [(grant, 95)]
    assert _left(door) == {grant: 505}
    (step, *_rest) = history(session, Holder(door.tariffs.tenant.people["contact"]))
    assert (step.amount, step.place) == (-95, HERE)
    assert step.stayed_from == NINE + timedelta(minutes=10)


def test_a_stay_ends_when_its_minutes_do(door: Door) -> None:
    grant = door.give(MINUTES, 30)
    stay = door.come(NINE)
    assert (stay.ends_at, stay.held_minutes) == (NINE + timedelta(minutes=30), 30)
    later = NINE + timedelta(hours=2)
    assert settle_stays(door.session, later) == 1
    assert settle_stays(door.session, later) == 0
    door.session.commit()
    assert door.used() == [(grant, 30)]
    with pytest.raises(NoPass):
        door.come(later)


def test_who_did_not_check_out_has_used_the_day(door: Door) -> None:
    grant = door.give(MINUTES, 6000)
    stay = door.come(NINE)
    held = stay.held_minutes
    assert stay.ends_at == NINE + timedelta(minutes=held)
    door.come(NINE + timedelta(days=1))
    assert door.used() == [(grant, held)]


def test_two_who_share_a_pass_cannot_use_the_same_minutes(door: Door, tariffs: Tariffs) -> None:
    session, tenant = door.session, tariffs.tenant
    team_id = create_team(session, tariffs.owner, TeamDetails("Crew", None), tariffs.clock).id
    add_member(session, tariffs.owner, team_id, tenant.email("contact"), TeamPermissions(), tariffs.clock)
    session.commit()
    grant = door.give(MINUTES, 60, team_id=team_id)
    session.add(
        CheckIn(
            person_id=tenant.people["member"],
            location_id=tenant.locations[HERE],
            starts_at=NINE,
            ends_at=NINE + timedelta(minutes=40),
            grant_id=grant,
            held_minutes=40,
        )
    )
    session.commit()
    assert door.come(NINE).held_minutes == 20


def test_staff_cannot_take_what_a_stay_holds(door: Door, tariffs: Tariffs) -> None:
    door.give(MINUTES, 60)
    door.come(NINE)
    wish = ChangeCredit(Holder(tariffs.tenant.people["contact"]), MINUTES, 30, (), "A mistake")
    with pytest.raises(NotEnoughCredit):
        take(door.session, tariffs.owner, wish, NINE)
    door.session.rollback()
    door.go(NINE + timedelta(minutes=20))
    take(door.session, tariffs.owner, wish, NINE + timedelta(minutes=21))
    door.session.commit()
    assert list(_left(door).values()) == [10]


def test_who_turns_round_at_the_door_uses_nothing(door: Door) -> None:
    grant = door.give(MINUTES, 60)
    door.come(NINE)
    door.go(NINE)
    assert door.used() == []
    assert _left(door) == {grant: 60}
    assert door.session.scalars(select(CheckIn.held_minutes)).all() == [0]


# --- kinds of pass ---------------------------------------------------------------------------------------------------


def test_an_edit_keeps_what_it_is_of(door: Door, tariffs: Tariffs) -> None:
    pass_id = door.pass_type("Mornings", MINUTES, MORNING)
    row = edit_pass(door.session, tariffs.owner, pass_id, PassDetails("Later", DAYS, 4), tariffs.tick())
    door.session.commit()
    assert (row.name, row.kind, row.priority) == ("Later", MINUTES, 4)


def test_what_makes_no_sense_is_refused(door: Door, tariffs: Tariffs) -> None:
    pass_id = door.pass_type("Mornings")
    with pytest.raises(NameTaken):
        door.pass_type("Mornings")
    door.session.rollback()
    with pytest.raises(HoursOverlap):
        door.pass_type("Twice", DAYS, MORNING, Window(0, 700, 800))
    with pytest.raises(BadCredit) as refused:
        door.give(MINUTES, 60, pass_id)
    assert refused.value.field == "pass_type_id"
    door.session.rollback()
    retire_pass(door.session, tariffs.owner, pass_id, tariffs.tick(), retired=True)
    door.session.commit()
    with pytest.raises(NotFound):
        door.give(DAYS, 1, pass_id)
