"""Being in the house: until it closes, at one place at a time, and for nobody to know who was not let know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.directory.at_the_desk import people_at
from app.domain.directory.check_in import check_in, check_out
from app.domain.directory.here import around, presences
from app.domain.privacy.merge import merge_people
from app.domain.privacy.retention import forget_check_ins
from app.domain.privacy.settings import Days, write_days
from app.domain.privacy.terms import Merge
from app.domain.profile.terms import ProfileField, Visibility
from app.kernel.errors import NotFound
from app.models import CheckIn, Closure, Location, OpeningHours, Person
from app.tenancy import tenant_session
from tests.support.directory import WIDE, OpenSession, describe
from tests.support.tariffs import WORDS
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
HERE = str(ProfileField.HERE)


def _ends(session: Session, tenant: TenantWorld, place: str, now: datetime = NOW) -> datetime:
    check_in(session, tenant.actor("member"), tenant.locations[place], WORDS, lambda: now)
    return session.scalars(select(CheckIn.ends_at).order_by(CheckIn.id.desc())).first() or now


def test_it_lasts_until_the_location_closes_by_its_own_clock(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        assert _ends(session, north, "Leith Walk") == NOW.replace(hour=20, minute=0)
        # Porto's clock is New York's: open from 8 to 20 there.
        noon = NOW.replace(hour=17)
        assert _ends(session, north, "Porto", noon) == datetime(2026, 11, 25, 1, tzinfo=UTC)


def test_where_it_is_closed_or_never_closes_it_lasts_until_midnight(
    open_session: OpenSession, world: World
) -> None:
    north = world.northlight
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    with tenant_session(open_session, north.id) as session:
        assert _ends(session, north, "Leith Walk", NOW.replace(hour=21)) == midnight
        session.add(
            Closure(
                location_id=north.locations["Leith Walk"],
                first_day=date(2026, 11, 24),
                last_day=date(2026, 11, 24),
            )
        )
        session.commit()
        assert _ends(session, north, "Leith Walk") == midnight
        session.execute(delete(Closure))
        session.execute(delete(OpeningHours))
        session.commit()
        assert _ends(session, north, "Leith Walk") == midnight


def test_one_is_at_one_place_at_a_time_and_leaves(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    member = north.people["member"]
    with tenant_session(open_session, north.id) as session:
        check_in(session, north.actor("member"), north.locations["Leith Walk"], WORDS, lambda: NOW)
        later = NOW + timedelta(hours=4)
        check_in(session, north.actor("member"), north.locations["Porto"], WORDS, lambda: later)
        assert presences(session, [member], NOW)[member].location == "Leith Walk"
        assert presences(session, [member], later)[member].location == "Porto"
        gone = later + timedelta(minutes=1)
        check_out(session, north.actor("member"), WORDS, lambda: gone)
        assert presences(session, [member], gone) == {}
        check_out(session, north.actor("member"), WORDS, lambda: gone)
        assert len(session.scalars(select(CheckIn.id)).all()) == 2


def test_a_location_that_is_not_there_is_refused(open_session: OpenSession, world: World) -> None:
    north, harbour = world.northlight, world.harbour
    with tenant_session(open_session, north.id) as session:
        session.get_one(Location, north.locations["Porto"]).retired_at = NOW
        session.commit()
        for location_id in (harbour.locations["Porto"], north.locations["Porto"], 0, 2**63):
            with pytest.raises(NotFound):
                check_in(session, north.actor("member"), location_id, WORDS, lambda: NOW)
        assert session.scalars(select(CheckIn.id)).all() == []


def test_others_know_only_of_who_lets_them(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        for who, choice in (
            ("colleague", Visibility.MEMBERS),
            ("contact", Visibility.ONLY_ME),
            ("desk", Visibility.SIGNED_IN),
        ):
            describe(session, north, who, visibility=WIDE | {HERE: str(choice)})
            check_in(session, north.actor(who), north.locations["Leith Walk"], WORDS, lambda: NOW)
        check_in(session, north.actor("manager"), north.locations["Leith Walk"], WORDS, lambda: NOW)

        def known(who: str) -> list[str]:
            found = around(session, north.actor(who), NOW, 6)
            assert found.count == len(found.people)
            return [each.name for each in found.people]

        assert known("member") == ["Colin Colleague", "Dora Desk"]
        assert known("contact") == ["Dora Desk"]
        one = around(session, north.actor("colleague"), NOW, 1)
        assert (one.count, len(one.people), one.mine and one.mine.shown) == (2, 1, True)
        mine = around(session, north.actor("contact"), NOW, 1).mine
        assert mine is not None
        assert not mine.shown


def test_the_front_desk_sees_everybody_in_its_reach(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        for who in ("colleague", "contact"):
            check_in(session, north.actor(who), north.locations["Leith Walk"], WORDS, lambda: NOW)
        session.get_one(Person, north.people["contact"]).suspended_at = NOW
        session.flush()
        desk, place = north.actor("desk"), north.locations["Leith Walk"]
        assert [each.name for each in people_at(session, desk, place, NOW)] == ["Colin Colleague"]
        assert people_at(session, desk, north.locations["Porto"], NOW) == []
        assert people_at(session, desk, place, NOW.replace(hour=20, minute=0)) == []


def test_what_is_long_over_is_forgotten(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        check_in(session, north.actor("member"), north.locations["Porto"], WORDS, lambda: NOW)
        soon, late = NOW + timedelta(days=29), NOW + timedelta(days=32)
        assert forget_check_ins(session, soon) == 0
        write_days(session, Days(check_in_days=None))
        assert forget_check_ins(session, late) == 0
        write_days(session, Days())
        assert forget_check_ins(session, late) == 1
        assert session.scalars(select(CheckIn.id)).all() == []


def test_two_records_of_one_person_that_are_both_here_become_one(
    open_session: OpenSession, world: World
) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        for who, place in (("member", "Porto"), ("colleague", "Leith Walk")):
            describe(session, north, who)
            check_in(session, north.actor(who), north.locations[place], WORDS, lambda: NOW)
        command = Merge(north.people["member"], north.people["colleague"])
        merge_people(session, north.actor("owner"), command, lambda: NOW)
        found = around(session, north.actor("manager"), NOW, 6)
        assert [each.person_id for each in found.people] == [north.people["member"]]
        check_out(session, north.actor("member"), WORDS, lambda: NOW)
        assert around(session, north.actor("manager"), NOW, 6).people == []
